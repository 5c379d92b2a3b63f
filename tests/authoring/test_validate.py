"""`grader validate`: a sound lecture passes, and each way to be unsound is told with its line."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from grader.authoring.course import Course
from grader.authoring.validate import validate_lecture
from grader.cli.main import app
from tests.conftest import DOUBLING, says_how_to_fix


def validate(course: Course):
    return validate_lecture(course, course.solutions / "01_doubling.py")


def test_a_sound_lecture_passes(make_course):
    report = validate(make_course())
    assert report.errors == []
    assert report.summary == "01_doubling: sound. 9 points, 2 checks; 2 wrong answers fail, each with its sentence."


UNSOUND = {
    "points that do not add up": (DOUBLING, 10, "the header says 10 points, the cells add up to 9"),
    "an exercise without a hidden test": (
        DOUBLING.replace('assert double(-5) == -10, "Negative numbers are doubled, too."', "# to do"),
        9,
        "`double` has no hidden test",
    ),
    "an exercise without a wrong answer": (
        DOUBLING.replace('# %% wrong="double" says="twice"\ndef double(x):\n    return x\n', ""),
        9,
        "`double` lists no wrong answer",
    ),
    "a mark scheme that does not add up": (DOUBLING.replace("- 3 points", "- 2 points"), 9, "adds up to 3 points"),
    "a check that leaves a name behind": (DOUBLING.replace("_got", "got"), 9, "the check binds `got`"),
    "a hidden line that is shown": (
        DOUBLING.replace("# Twice as much.", '# assert double(-5) == -10, "Negative numbers are doubled, too."'),
        9,
        "a hidden line of `double_check` is also in the release",
    ),
    "a short solution that is shown": (
        DOUBLING.replace("# Twice as much.", "# return 2 * x"),
        9,
        "is also in the release: `return 2 * x`",
    ),
    "a solution that fails its check": (
        DOUBLING.replace("double(-5) == -10", "double(-5) == -11"),
        9,
        "own solution gets 0 of 3 points",
    ),
    "a check that needs a demo": (
        DOUBLING.replace("assert double(-5) == -10", "assert drawn and double(-5) == -10"),
        9,
        "NameError: name 'drawn'",
    ),
    "a check that looks into the student's process": (
        DOUBLING.replace(
            "assert double(-5) == -10", "assert 'quadruple' not in globals() and double.__code__ and double(-5) == -10"
        ),
        9,
        "`double_check` passes in one kernel, but not in the examiner",
    ),
    "a release that scores": (
        DOUBLING.replace('assert quadruple(1) != 2, "That has been doubled once only."\n', "").replace(
            "# reference: quadruple\nassert quadruple(7) == reference_quadruple(7)", "assert callable(quadruple)"
        ),
        9,
        "the untouched release gets 2 points for `quadruple_check`",
    ),
    "a wrong answer that passes": (
        DOUBLING.replace("def double(x):\n    return x\n", "def double(x):\n    return x + x\n"),
        9,
        "this wrong answer passes every check of `double`",
    ),
    "a wrong answer that fails without its sentence": (
        DOUBLING.replace('says="twice"', 'says="thrice"'),
        9,
        "no message says 'thrice'; they say: Twice 3 is not 3.",
    ),
    "a given cell that fails": (DOUBLING.replace("start = 3", "start = 3 / 0"), 9, "ZeroDivisionError"),
    "a demo that fails": (
        DOUBLING.replace("drawn = math.pi", "drawn = math.tau / 0"),
        9,
        "the demo fails: ZeroDivisionError",
    ),
    "a check that writes to stderr": (
        DOUBLING.replace('print("double(3) is right.")', 'import sys as _sys\nprint("hm", file=_sys.stderr)'),
        9,
        "the check writes to stderr",
    ),
    "a wrong answer that spoils what follows": (
        DOUBLING.replace(
            "def double(x):\n    return x\n", "import builtins\nbuiltins.abs = None\ndef double(x):\n    return x\n"
        ).replace("return 2 * x", "return abs(2) * x"),
        9,
        "after the wrong answers, the right one fails",
    ),
}


@pytest.mark.parametrize("cells, points, what", UNSOUND.values(), ids=UNSOUND)
def test_an_unsound_lecture_is_told(make_course, cells, points, what):
    said = "\n".join(str(error) for error in validate(make_course(cells, points)).errors)
    assert what in said
    assert "01_doubling.py:" in said and says_how_to_fix(said)


# A given cell that uses a name of a check's. It has that name where both run in one kernel, and not in an exam.
DOUBTFUL = DOUBLING.replace(
    "# %% [markdown]\n# ## Exercise 2", "# %%\nlater = _got\n\n# %% [markdown]\n# ## Exercise 2"
)


def test_a_doubt_about_a_name_is_a_warning_with_its_line_and_no_error(make_course):
    course = make_course(DOUBTFUL)
    report = validate(course)
    path = course.solutions / "01_doubling.py"
    line = path.read_text().splitlines().index("later = _got")  # the line of the cell's `# %%`, counted from 1
    assert report.warnings == [
        f"{path}:{line}: This given cell uses `_got`, which only a check binds. The student kernel has no such name."
    ]
    assert report.errors == []


def test_warnings_are_printed_and_do_not_fail_the_command(make_course):
    result = CliRunner().invoke(app, ["validate", "--course", str(make_course(DOUBTFUL).root)])
    assert result.exit_code == 0, result.output
    assert "01_doubling: sound." in result.output
    assert "warning: " in result.output and "This given cell uses `_got`" in result.output


def test_the_errors_of_all_lectures_are_told_together(make_course):
    course = make_course(DOUBLING, 10)
    (course.solutions / "02_other.py").write_text("# %%\nx = 1\n")
    result = CliRunner().invoke(app, ["validate", "--course", str(course.root)])
    assert result.exit_code == 1
    assert "01_doubling: 1 error" in result.output and "02_other: 1 error" in result.output
    assert "01_doubling.py:1:" in result.output and "02_other.py:1:" in result.output


def test_a_lecture_that_is_not_there_is_told(make_course):
    result = CliRunner().invoke(app, ["validate", "07_none", "--course", str(make_course().root)])
    assert result.exit_code == 1
    assert "no lecture is called 07_none" in result.output
    assert "01_doubling" in result.output


def test_solutions_are_written_executed(make_course, tmp_path):
    out = tmp_path / "solved"
    result = CliRunner().invoke(app, ["build", "--solutions", str(out), "--course", str(make_course().root)])
    assert result.exit_code == 0
    text = (out / "01_doubling.ipynb").read_text()
    assert "double(3) is right." in text and "return 2 * x" in text
