"""When an author builds or validates, `show` refuses a figure that says too little. No notebook holds anything of it."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure
from typer.testing import CliRunner

from grader.authoring.build import build_assignment, notebook_bytes
from grader.authoring.script import read_script
from grader.authoring.strict_figures import FigureError, refuse, with_strict_figures, without_strict_figures
from grader.authoring.validate import validate_lecture
from grader.cli.main import app
from tests.conftest import DOUBLING, says_how_to_fix

ALT = "A line that rises evenly from 0 at the left to 1 at the right."
NAMED = 'ax.set(title="It rises", xlabel="time (s)", ylabel="way (m)")\n'
ONE = "fig, ax = subplots()\nax.plot([0, 1])\n"
TWO = "fig, (ax, other) = subplots(1, 2)\n"

GOOD = {
    "a plain figure": ONE + NAMED,
    "a title at the left": ONE + 'ax.set_title("It rises", loc="left")\nax.set(xlabel="x", ylabel="y")',
    "one title for all panels": TWO
    + 'fig.suptitle("Both rise")\nfor each in fig.axes: each.set(xlabel="x", ylabel="y")',
    "labels for all panels": TWO + 'fig.suptitle("Both rise")\nfig.supxlabel("x")\nfig.supylabel("y")',
    "a shared axis, labelled once": "fig, (ax, other) = subplots(1, 2, sharey=True)\n"
    + NAMED
    + 'other.set(title="So does this", xlabel="time (s)")',
    "twin axes under one title": ONE + NAMED + 'ax.twinx().set_ylabel("speed (m/s)")',
    "a drawing without axes": 'fig, ax = subplots()\nax.axis("off")\nax.set_title("Three boxes in a row")',
    "an axis without ticks": ONE + 'ax.set(title="It rises", xlabel="x", yticks=[])',
    "an image": 'fig, ax = subplots()\nax.imshow([[0, 1]])\nax.set_title("Two pixels")',
    "a colour bar with its label": 'fig, ax = subplots()\nfig.colorbar(ax.imshow([[0, 1]]), label="ink")\nax.set_title("Ink")',
    "three dimensions": 'fig = figure()\nax = fig.add_subplot(projection="3d")\n'
    + NAMED
    + 'ax.set_zlabel("height (m)")',
}

BAD = {
    "no title": (ONE + 'ax.set(xlabel="x", ylabel="y")', "The figure has no title. State its point"),
    "a blank title": (ONE + NAMED + 'ax.set_title(" ")', "has no title"),
    "a panel without a title": (TWO + NAMED + 'other.set(xlabel="x", ylabel="y")', "no title above panel 2"),
    "an inset's title is not the panel's": (
        ONE + 'ax.set(xlabel="x", ylabel="y")\nax.inset_axes([0.5, 0.5, 0.4, 0.4]).set_title("closer")',
        "has no title",
    ),
    "no label below": (
        ONE + 'ax.set(title="It rises", ylabel="y")',
        "The figure “It rises” has no label on its x axis",
    ),
    "no label beside": (ONE + NAMED + 'ax.set_ylabel("")', "no label on its y axis. Say with `set_ylabel`"),
    "one panel without a label": (
        TWO + NAMED + 'other.set(title="So does this", ylabel="way (m)")',
        "no label on its x axis in the panel “So does this”",
    ),
    "a drawing beside a plot": (
        TWO + 'fig.suptitle("Both")\nother.axis("off")\nax.set_xlabel("x")',
        "no label on its y axis",
    ),
    "three dimensions, two labels": (
        'fig = figure()\nax = fig.add_subplot(projection="3d")\n' + NAMED,
        "no label on its z axis",
    ),
    "a colour bar without a label": (
        'fig, ax = subplots()\nfig.colorbar(ax.imshow([[0, 1]]))\nax.set_title("Ink")',
        "has a colour bar without a label",
    ),
}

POOR_TEXTS = {
    "": "has no alternative text",
    "   ": "has no alternative text",
    "A rising line.": "that says little: “A rising line.”",
    "A figure of a line that rises evenly from 0 to 1.": "begin with what it shows",
    "The picture shows a line that rises evenly from 0.": "begin with what it shows",
    "A line that rises evenly from 0 to 1, and falls": "End it with a full stop",
    "a line that rises evenly from 0 to 1, and falls.": "Begin it with a capital letter",
}


def drawn(code: str) -> Figure:
    names: dict = {"subplots": plt.subplots, "figure": plt.figure}
    try:
        exec(code, names)
        return names["fig"]
    finally:
        plt.close("all")


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    plt.switch_backend("agg")


@pytest.mark.parametrize("code", GOOD.values(), ids=GOOD)
def test_a_figure_that_says_enough_passes(code):
    refuse(drawn(code), ALT)


@pytest.mark.parametrize("code, what", BAD.values(), ids=BAD)
def test_a_figure_that_lacks_something_is_refused(code, what):
    with pytest.raises(FigureError) as caught:
        refuse(drawn(code), ALT)
    assert what in str(caught.value) and says_how_to_fix(str(caught.value))


@pytest.mark.parametrize("alt, what", POOR_TEXTS.items(), ids=lambda value: value[:20])
def test_a_poor_alternative_text_is_refused(alt, what):
    with pytest.raises(FigureError, match=re.escape(what)) as caught:
        refuse(drawn(ONE + NAMED), alt)
    assert "The figure “It rises”" in str(caught.value) and says_how_to_fix(str(caught.value))


@pytest.mark.parametrize(
    "alt", [f"  {ALT}\n", "2 lines rise evenly from 0 at the left to 1.", "Is it rising, from 0 up to 1 at the right?"]
)
def test_a_full_sentence_is_enough(alt):
    refuse(drawn(ONE + NAMED), alt)


# ---------------------------------------------------------------------------------------------------------------------
# In a lecture

SHOWING = """\
# %%
import matplotlib.pyplot as plt
from IPython.display import display


def show(fig, alt):
    display(fig, metadata={"image/png": {"alt": alt}})
    plt.close(fig)

"""


def figure(code: str, tags: str = ' tags=["demo"]') -> str:
    return f"# %%{tags}\nfig, ax = plt.subplots()\n{code}\n\n"


def errors_of(course) -> list[str]:
    return [str(error) for error in validate_lecture(course, course.lectures()[0]).errors]


def line_of(course, text: str) -> int:
    return next(n for n, line in enumerate(course.lectures()[0].read_text().splitlines(), start=1) if text in line)


@pytest.mark.slow
def test_validate_reports_each_refused_figure_with_its_line_and_accepts_a_good_one(make_course):
    cells = SHOWING
    cells += figure(NAMED + f'show(fig, "{ALT}")')
    cells += figure(f'ax.set(xlabel="first", ylabel="y")\nshow(fig, "{ALT}")')
    cells += figure(NAMED + "second = 2\nplt.show()")
    cells += figure(NAMED + "third = 3")
    cells += figure(NAMED + 'fourth = 4\nshow(fig, "A line.")', tags="")
    course = make_course(cells + DOUBLING)
    found = errors_of(course)
    wanted = {
        'xlabel="first"': "the figure has no title. State its point",
        "second": "`plt.show()` gives a figure no alternative text. Use `show(fig, alt)`.",
        "third": "a figure is left open, so it is shown without an alternative text. Use `show(fig, alt)`.",
        "fourth": "the figure “It rises” has an alternative text that says little",
    }
    assert len(found) == len(wanted), found
    starts = [n for n, line in enumerate(course.lectures()[0].read_text().splitlines(), 1) if line.startswith("# %%")]
    for text, what in wanted.items():
        line = max(start for start in starts if start < line_of(course, text))
        assert any(f"01_doubling.py:{line}: " in each and what in each for each in found), (line, what, found)


@pytest.mark.slow
def test_build_with_solutions_refuses_too_and_writes_nothing_of_the_check(make_course, tmp_path):
    course = make_course(SHOWING + figure(NAMED + f'show(fig, "{ALT}")') + DOUBLING)
    command = ["build", "--solutions", str(tmp_path / "good"), "--course", str(course.root)]
    assert CliRunner().invoke(app, command).exit_code == 0
    text = (tmp_path / "good" / "01_doubling.ipynb").read_text()
    assert '"alt": "A line that rises' in text and "image/png" in text
    assert "strict" not in text and "FigureError" not in text
    course = make_course(SHOWING + figure(f'show(fig, "{ALT}")') + DOUBLING)
    result = CliRunner().invoke(app, ["build", "--solutions", str(tmp_path / "bad"), "--course", str(course.root)])
    assert result.exit_code == 1
    assert "the figure has no title" in result.output.lower() and "grader validate 01_doubling" in result.output
    assert not (tmp_path / "bad").exists()


def test_nothing_of_the_check_is_in_any_version_of_a_lecture(make_course):
    course = make_course(SHOWING + DOUBLING)
    built = build_assignment(course, read_script(course.lectures()[0]))
    before = notebook_bytes(built.source)
    strict = with_strict_figures(built.source)
    assert sum("FigureError" in cell.source for cell in strict.cells) == 1
    assert [cell.id for cell in strict.cells] == [cell.id for cell in built.source.cells]
    assert notebook_bytes(built.source) == before and b"FigureError" not in before
    assert notebook_bytes(without_strict_figures(strict)) == before
    assert b"FigureError" not in notebook_bytes(built.release) + notebook_bytes(built.with_stubs)


def test_a_lecture_without_show_is_run_as_it_is(doubling):
    assert notebook_bytes(with_strict_figures(doubling.source)) == notebook_bytes(doubling.source)
