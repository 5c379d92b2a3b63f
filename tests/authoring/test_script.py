"""Reading a lecture's script: what it is, and every mistake with its line and fix."""

from __future__ import annotations

import pytest

from grader.authoring.script import Kind, read_script
from grader.core.errors import AuthoringErrors
from tests.conftest import DOUBLING, says_how_to_fix


def read(course):
    return read_script(course.solutions / "01_doubling.py")


def complaint(course) -> str:
    with pytest.raises(AuthoringErrors) as caught:
        read(course)
    return str(caught.value)


def line_of(course, text: str) -> int:
    lines = (course.solutions / "01_doubling.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_each_cell_has_its_kind_and_its_line(make_course):
    course = make_course()
    script = read(course)
    kinds = "prose given demo prose exercise wrong check prose exercise wrong check prose written"
    assert [cell.kind.value for cell in script.cells] == kinds.split()
    for cell in script.of_kind(Kind.CHECK):
        assert cell.line == line_of(course, f'check="{cell.name}"')


def test_a_marker_inside_a_string_is_no_cell(make_course):
    script = read(make_course(DOUBLING + '\n# %%\ntext = """\n# %% exercise="no"\n"""\n'))
    assert script.cells[-1].kind is Kind.GIVEN
    assert 'exercise="no"' in script.cells[-1].source


def test_the_parts_of_an_exercise_s_checks_have_ids_of_their_own(make_course):
    script = read(make_course(DOUBLING + '\n# %% check="double" part="large" points=1\nassert double(9) == 18\n'))
    assert [cell.grade_id for cell in script.of_kind(Kind.CHECK)][-1] == "double_check_large"


MISTAKES = {
    "an unknown option": ('# %% exercise="x" marks=3', "option `marks` is unknown"),
    "options that cannot be read": ("# %% exercise=x", "cannot be read"),
    "a missing option": ('# %% check="double" part="two"\nassert True', "option `points` is missing"),
    "a value of the wrong type": ('# %% check="double" part="two" points="3"\nassert True', "wrong type"),
    "endless points": ('# %% check="double" part="two" points=1e400\nassert True', "not a possible number of points"),
    "a mark scheme's marker": ("# %% [markdown]\n# BEGIN MARK SCHEME", "are for its task cells"),
    "a marker without its hashes": ("# %% [markdown]\n# BEGIN SOLUTION", "`### BEGIN SOLUTION` has no"),
    "no points": ('# %% check="double" part="two" points=0\nassert True', "not a possible number of points"),
    "a check without an exercise": ('# %% check="triple" points=1\nassert True', "no exercise above it"),
    "a wrong answer without an exercise": ('# %% wrong="triple" says="x"\npass', "no exercise above it"),
    "an id that stands twice": ('# %% check="double" points=1\nassert True', "is already used in line"),
    "a name with capitals": ('# %% exercise="Triple"', "`Triple` is not a valid name"),
    "an unknown tag": ('# %% tags=["demos"]\nx = 1', "tags ['demos'] are unknown"),
    "a solution that does not end": (
        '# %% exercise="x"\n### BEGIN SOLUTION\nx = 1',
        "`### BEGIN SOLUTION` has no `### END SOLUTION` after it",
    ),
    "an end without a beginning": (
        '# %% exercise="x"\n### END SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION',
        "`### END SOLUTION` has no `### BEGIN SOLUTION` before it",
    ),
    "an exercise without a solution": ('# %% exercise="x"\nx = 1', "has no solution in it"),
    "hidden tests in a given cell": (
        "# %%\n### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS",
        "`### BEGIN HIDDEN TESTS` is in a given cell",
    ),
    "code that Python cannot read": ("# %%\nx = = 1", "Python cannot read this cell"),
    "a written question in code": ('# %% written="w" points=1\npass', "must be markdown"),
}


@pytest.mark.parametrize("cells, what", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_file_line_and_mend(make_course, cells, what):
    course = make_course(DOUBLING + "\n" + cells + "\n")
    said = complaint(course)
    first, last = line_of(course, cells.splitlines()[0]), len(read_lines(course))
    assert what in said
    assert says_how_to_fix(said)
    place = said.split(": ")[0]
    assert place.startswith(str(course.solutions / "01_doubling.py"))
    assert first <= int(place.rsplit(":", 1)[1]) <= last


def read_lines(course):
    return (course.solutions / "01_doubling.py").read_text().splitlines()


def test_all_mistakes_are_told_together(make_course):
    said = complaint(make_course('# %% exercise=x\n\n# %%\nx = = 1\n\n# %% check="none" points=1\nassert True\n'))
    assert len(said.splitlines()) == 3


def test_text_before_the_first_cell_is_told(make_course):
    assert "before the first `# %%`" in complaint(make_course("x = 1\n\n" + DOUBLING))


def test_a_script_without_the_lecture_s_header_is_told(make_course):
    assert "no `lecture:` block" in complaint(make_course(header=""))


def test_a_file_that_is_not_utf8_is_told(make_course):
    course = make_course()
    (course.solutions / "01_doubling.py").write_bytes("# %%\nx = 'ä'".encode("latin-1"))
    assert "not UTF-8" in complaint(course)


def test_a_folder_that_is_called_like_a_lecture_is_told(make_course):
    course = make_course()
    (course.solutions / "02_folder.py").mkdir()
    with pytest.raises(AuthoringErrors, match="cannot be read"):
        read_script(course.solutions / "02_folder.py")


def test_a_mark_before_the_first_line_does_no_harm(make_course):
    course = make_course()
    path = course.solutions / "01_doubling.py"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(course).title == "Doubling"


def test_blank_lines_below_the_header_do_no_harm(make_course):
    assert read(make_course("\n\n\n" + DOUBLING)).cells[0].kind is Kind.PROSE
