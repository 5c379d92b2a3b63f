"""Set-up cells and the code of figures are folded in the notebooks, in Jupyter and in Colab; everything else is open."""

from __future__ import annotations

import pytest

from grader.authoring.build import build_assignment
from grader.authoring.folding import title_of
from grader.authoring.script import Kind, read_script
from grader.core.errors import AuthoringErrors
from tests.conftest import DOUBLING

ALT = "A line that rises from 0 to 1. It is straight."
FIGURE = f'# %% tags=["demo"]\nfig = start\nshow(fig, "{ALT}")\n'
TITLES = {
    "the first sentence": (f'show(fig, "{ALT}")', "Figure: A line that rises from 0 to 1"),
    "by keyword": (f'show(fig, alt="{ALT}")', "Figure: A line that rises from 0 to 1"),
    "a print behind it": (f'show(fig, "{ALT}")\nprint("largest:", 1)', "Figure: A line that rises from 0 to 1"),
    "numbers with a point": ('show(fig, "Bars at 0.5 and 2.5. One is red.")', "Figure: Bars at 0.5 and 2.5"),
    "a value later on": ('show(fig, f"A rising line, twice. It ends at {end}.")', "Figure: A rising line, twice"),
    "a value in the first sentence": (
        'show(fig, f"A line that rises steadily from the left, up to {end}.")',
        "Figure: A line that rises steadily from the left",
    ),
    "a long sentence, cut at a colon": (
        'show(fig, "Three tables from left to right, each two rows high: the first with two columns, the second with '
        'three, the third with four.")',
        "Figure: Three tables from left to right, each two rows high",
    ),
    "a long sentence without commas": (
        f'show(fig, "A {"very " * 20}long line.")',
        f"Figure: A {'very ' * 17}…",
    ),
    "a text that cannot be read": ("show(fig, text)", "Figure"),
    "nothing but a value": ('show(fig, f"{text}")', "Figure"),
}


@pytest.mark.parametrize("code, title", TITLES.values(), ids=TITLES)
def test_a_figure_is_titled_by_the_beginning_of_its_alternative_text(code, title):
    assert title_of(f"x = 1\n{code}", "") == title


@pytest.mark.parametrize("code", ["x = 1", "print(1)", "", "show(fig, 'A.')\nx = 1", "fig.show()", "def show(): pass"])
def test_a_demo_that_does_not_end_by_showing_a_figure_is_not_folded(code):
    assert title_of(code, "") is None


def test_the_author_s_title_comes_first_and_folds_any_demo():
    assert title_of(f'show(fig, "{ALT}")', "Two lines") == "Figure: Two lines"
    assert title_of("train()", "A long training") == "A long training"


def build(make_course, cells):
    course = make_course(cells + "\n" + DOUBLING)
    course.setup.mkdir()
    (course.setup / "figures.py").write_text("import math\n")
    return build_assignment(course, read_script(course.lectures()[0]))


def test_jupyter_and_colab_show_the_title_in_place_of_the_code(make_course):
    built = build(make_course, f'# %% setup="figures" seed=1\n\n{FIGURE}')
    for version in (built.source, built.with_stubs, built.release):
        setup, figure, *others = version.cells
        for cell, first in ((setup, "# @title Set-up: run this cell first"), (figure, f"# @title Figure: {ALT[:29]}")):
            assert cell.source.splitlines()[0] == first
            assert cell.metadata["jupyter"] == {"source_hidden": True}
            assert cell.metadata["cellView"] == "form"
        assert figure.metadata["tags"] == ["demo"]
        assert "nbgrader" in setup.metadata and "nbgrader" not in figure.metadata
        assert not any({"jupyter", "cellView"} & set(cell.metadata) for cell in others)
        assert not any("@title" in cell.source for cell in others)


def test_a_title_is_refused_on_a_cell_that_is_no_demo(make_course):
    with pytest.raises(AuthoringErrors, match="in a given cell, the option `title` is unknown"):
        build(make_course, '# %% title="Two lines"\nx = 1\n')


def test_in_the_lectures_every_figure_is_folded_and_says_what_it_is(real_course):
    for path in real_course.lectures():
        for cell in read_script(path).of_kind(Kind.DEMO):
            if "show(" in cell.source:
                title = title_of(cell.source, cell.title)
                assert title and len(title) > 20 and "…" not in title, f"{path.name}:{cell.line}: {title}"
