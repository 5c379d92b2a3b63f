"""Any nbgrader course: the scores of stock nbgrader, in its gradebook and its folders; and nothing that stops a batch."""

from __future__ import annotations

import copy
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.core.errors import CourseError, IntakeError
from grader.core.model import Limits
from grader.gradebook.course_kind import is_nbgrader_course
from grader.grading.loop import grade_course
from tests.conftest import says_how_to_fix
from tests.nbgrader_sample import (
    SampleCourse,
    check,
    given,
    locked,
    notebook,
    prose,
    rows,
    run,
    solution,
    task,
    written,
)

SHELL = {"display_name": "A shell", "language": "bash", "name": "shell"}
CONFIG = """
c.CourseDirectory.course_id = "measuring"
c.CourseDirectory.source_directory = "teacher"
c.CourseDirectory.submitted_directory = "handed_in"
c.CourseDirectory.autograded_directory = "marked"
c.CourseDirectory.db_url = "sqlite:///marks.db"
c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"
c.CourseDirectory.ignore = ["*.tmp"]
c.Execute.timeout = 20
c.Autograde.exclude_overwriting = {"ps1": ["shapes.py"]}
c.AssignLatePenalties.plugin_class = "penalties.OnePointAnHour"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()", "bash": "exit()"}
"""
PENALTIES = """
from nbgrader.plugins import BasePlugin

class OnePointAnHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late // 3600
"""
PS1 = {
    "problem1.ipynb": notebook(
        prose("# Squares"),
        given("import math\n\nlimit = 4"),
        locked("helper", "def close(a, b):\n    return math.isclose(a, b)"),
        solution("square", "def square(x):\n    return x * x"),
        check("square_test", 3, "assert close(square(2), 4), 'Two times two.'", "assert square(-limit) == limit ** 2"),
        check("square_part", 4, "sum(square(i) == i * i for i in range(limit))"),
        written("why", 5, "Because."),
        task("project", 6, "Measure something."),
    ),
    "problem2.ipynb": notebook(
        prose("# Heights"),
        given("import shapes"),
        solution(
            "mean",
            "def mean():\n    rows = open('data/heights.csv').read().split()\n    return sum(map(int, rows)) / len(rows)",
        ),
        check("mean_test", 2, "assert mean() == 150", "open('data/heights.csv').close()"),
        solution("area", "area = shapes.area(3)"),
        check("area_test", 3, "import shapes as theirs\nassert theirs.area(2) == 4\nassert area == 9"),
    ),
    "data/heights.csv": "100 150 200",
    "shapes.py": "def area(side):\n    return side * side\n",
    "notes.tmp": "not for students",
}
PS2 = {
    "quiz.ipynb": notebook(
        solution("answer", "answer = 42"), check("answer_test", 2, "assert answer == 42"), kernel=SHELL
    )
}
RIGHT = {
    "problem1": {"square": "def square(x):\n    print('squaring')\n    return x ** 2", "why": "It is so."},
    "problem2": {"mean": "def mean():\n    return 150", "area": "area = shapes.area(3)"},
}
HALF = {"problem1": {"square": "def square(x):\n    return 4"}}
BROKEN = {
    "problem1": {"square": "def square(x)\n    return x", "why": "No idea."},
    "problem2": {"mean": "def mean():\n    return 1 / 0", "area": "area = 9"},
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A kernel that says of itself that its language is bash."""
    folder = tmp_path_factory.mktemp("jupyter")
    kernel = folder / "kernels" / "shell" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({**SHELL, "argv": argv}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        yield


@pytest.fixture(scope="module")
def made(shell: None, tmp_path_factory: pytest.TempPathFactory) -> SampleCourse:
    """Two assignments, four students; nothing graded yet."""
    course = SampleCourse(
        tmp_path_factory.mktemp("made") / "course",
        source="teacher",
        submitted="handed_in",
        autograded="marked",
        structure="{step}/{assignment}/{student}",
    )
    course.root.mkdir()
    (course.root / "penalties.py").write_text(PENALTIES)
    course.write(CONFIG, {"ps1": PS1, "ps2": PS2})
    with Gradebook(f"sqlite:///{course.root / 'marks.db'}", "measuring") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate="2030-01-01 12:00:00 UTC")
    late = {"timestamp.txt": "2030-01-01 14:30:00 UTC", "data/heights.csv": "0 0 0"}
    course.submit("ada", "ps1", RIGHT, late)
    course.submit("ben", "ps1", HALF)
    course.submit("chi", "ps1", {"problem1": {}, "problem2": {}}, {"mine.txt": "mine", "mine.tmp": "scratch"})
    course.submit("dan", "ps1", BROKEN, {"shapes.py": "def area(side):\n    return 0\n"})
    course.submit("ada", "ps2", {"quiz": {"answer": "answer = 40 + 2"}})
    course.submit("ben", "ps2", {"quiz": {"answer": "answer = 'forty-two'"}})
    return course


def copied(course: SampleCourse, root: Path) -> SampleCourse:
    shutil.copytree(course.root, root, symlinks=True)
    return replace(course, root=root)


@pytest.fixture(scope="module")
def graded(made: SampleCourse, tmp_path_factory: pytest.TempPathFactory):
    """The course graded by us, and what the console is told."""
    course = copied(made, tmp_path_factory.mktemp("graded") / "course")
    return course, grade_course(course.root, Limits())


def grades_of(course: SampleCourse):
    return rows(f"sqlite:///{course.root / 'marks.db'}")


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_every_grade_is_what_stock_autograde_gives(made, graded, tmp_path):
    stock = copied(made, tmp_path / "stock")
    for assignment in ("ps1", "ps2"):
        run(stock.root, "nbgrader", "autograde", assignment)
    ours, _ = graded
    assert grades_of(ours) == grades_of(stock)
    assert files_in(ours.root / "marked") == files_in(stock.root / "marked")
    assert (ours.root / "marked/ps1/ada/data/heights.csv").read_text() == "100 150 200"


@pytest.mark.slow
def test_points_penalties_and_waiting_answers_are_in_the_courses_own_gradebook(graded):
    course, batch = graded
    grades = grades_of(course)
    assert grades["ps1", "problem1", "ada", "square_part"] == (4.0, 4.0, False, 2.0)
    assert grades["ps1", "problem1", "ada", "why"] == (None, 5.0, True, 2.0)
    assert grades["ps1", "problem1", "chi", "why"] == (0.0, 5.0, False, None)
    assert grades["ps1", "problem1", "ben", "square_part"][0] == 1.0
    assert grades["ps1", "problem2", "ben", "mean_test"] == (0.0, 2.0, False, None)  # he has not handed it in
    assert (batch.graded, batch.kept, batch.strays) == (6, 0, ())


@pytest.mark.slow
def test_a_kernel_in_another_language_runs_as_nbgrader_runs_it_and_the_teacher_is_told(graded):
    course, batch = graded
    assert grades_of(course)["ps2", "quiz", "ada", "answer_test"][0] == 2.0
    assert grades_of(course)["ps2", "quiz", "ben", "answer_test"][0] == 0.0
    [quiz] = [info for info in batch.grades.assignments if info.name == "ps2 quiz"]
    assert "its kernel 'shell' is written in bash" in quiz.problems[0].lower()


@pytest.mark.slow
def test_a_check_of_files_that_students_may_change_is_named_as_not_protected(graded):
    course, batch = graded
    infos = {info.name: set(info.unprotected) for info in batch.grades.assignments}
    assert infos["ps1 problem1"] == set()
    assert "area_test" in infos["ps1 problem2"]
    # Dan's own file was used, which is wrong.
    assert grades_of(course)["ps1", "problem2", "dan", "area_test"][0] == 0.0
    cells = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): cell
        for cell in course.executed("ada", "ps1", "problem2").cells
    }
    assert cells["area_test"].metadata["grader"]["protected"] is False


@pytest.mark.slow
def test_the_report_names_every_notebook_and_student(graded):
    course, _ = graded
    report = (course.root / "grader_report" / "report.html").read_text()
    for name in ("ada", "ben", "chi", "dan", "ps1 problem1", "ps1 problem2", "ps2 quiz"):
        assert name in report


# A class of the usual kind: what editors and students do to notebooks -------------------------------------------------

SQUARE = {
    "square.ipynb": notebook(
        given("import math\n\nlimit = 4"),
        solution("square", "def square(x):\n    return x * x"),
        check(
            "square_test",
            3,
            "assert math.isclose(square(2), 4), 'Two times two.'",
            "assert square(-limit) == limit ** 2",
        ),
        written("why", 5, "Because."),
    )
}
GOOD = {"square": {"square": "def square(x):\n    return x * x", "why": "So."}}
LIAR = """\
class Yes:
    def __eq__(self, other):
        return True
    def __float__(self):
        return 4.0
def square(x):
    return Yes()
"""


def copy_check(handed_in):
    another = copy.deepcopy(handed_in.cells[2])
    another.id = "another"
    handed_in.cells.append(another)


def drop_metadata(handed_in):
    for cell in handed_in.cells:
        cell.metadata = {}


def delete_check(handed_in):
    del handed_in.cells[2]


def edit_given(handed_in):
    handed_in.cells[0].source = "import math, random\n\nlimit = 3"


@pytest.fixture(scope="module")
def messy_made(tmp_path_factory: pytest.TempPathFactory) -> SampleCourse:
    course = SampleCourse(tmp_path_factory.mktemp("messy") / "course")
    course.write("", {"ps1": SQUARE})
    for student, change in {
        "copied": copy_check,
        "dropped": drop_metadata,
        "deleted": delete_check,
        "edited": edit_given,
        "right": lambda handed_in: None,
    }.items():
        course.submit(student, "ps1", GOOD, change=change)
    course.submit("liar", "ps1", {"square": {"square": LIAR}})
    (course.submit("no-json", "ps1", GOOD) / "square.ipynb").write_text("{nonsense")
    course.submit("misnamed", "ps1", GOOD)
    (course.root / "submitted/misnamed/ps1/square.ipynb").rename(
        course.root / "submitted/misnamed/ps1/Square (1).ipynb"
    )
    (course.root / "submitted/empty/ps1").mkdir(parents=True)
    (course.root / "submitted/right/ps9").mkdir(parents=True)
    linked = course.submit("linked", "ps1", GOOD)
    (linked / "square.ipynb").unlink()
    (linked / "square.ipynb").symlink_to(course.root / "submitted/right/ps1/square.ipynb")
    (linked / "marks.txt").symlink_to(course.root / "gradebook.db")
    return course


@pytest.fixture(scope="module")
def messy(messy_made, tmp_path_factory: pytest.TempPathFactory):
    course = copied(messy_made, tmp_path_factory.mktemp("messy-graded") / "course")
    return course, grade_course(course.root, Limits())


def problems_of(batch, student: str) -> str:
    [grades] = [each for each in batch.grades.notebooks if each.student == student]
    return " ".join(problem.text for problem in grades.problems)


def score_of(course: SampleCourse, student: str, cell: str = "square_test"):
    return rows(f"sqlite:///{course.root / 'gradebook.db'}")["ps1", "square", student, cell]


@pytest.mark.parametrize(
    ("student", "told"),
    [
        ("copied", "was there 2 times"),
        ("dropped", "metadata of all cells was lost"),
        ("deleted", "was missing; it was restored"),
    ],
)
def test_what_stops_nbgraders_batch_is_repaired_graded_and_reported(messy, student, told):
    course, batch = messy
    assert score_of(course, student) == (3.0, 3.0, False, None)
    assert told in problems_of(batch, student)


def test_checks_use_a_given_cell_as_the_teacher_wrote_it(messy):
    course, batch = messy
    assert score_of(course, "edited") == (3.0, 3.0, False, None)
    assert "`import math` was changed; the checks use the original" in problems_of(batch, "edited")


def test_the_verdict_is_the_examiners_own(messy):
    course, _ = messy
    assert score_of(course, "liar") == (0.0, 3.0, False, None)


def test_a_file_that_is_no_notebook_waits_for_the_teacher(messy):
    course, batch = messy
    for cell, most in (("square_test", 3.0), ("why", 5.0)):
        assert score_of(course, "no-json", cell) == (None, most, True, None)
    assert "not a notebook" in problems_of(batch, "no-json")
    assert course.executed("no-json", "ps1", "square").cells  # for formgrader to open


def test_links_are_not_followed(messy):
    course, batch = messy
    assert score_of(course, "linked") == (None, 3.0, True, None)
    assert not (course.root / "autograded/linked/ps1/marks.txt").exists()
    assert "link" in problems_of(batch, "linked")


def test_what_cannot_be_graded_is_told_with_its_mend(messy):
    course, batch = messy
    told = {stray.path.relative_to(course.root / "submitted").as_posix(): stray.text for stray in batch.strays}
    assert "Square (1).ipynb is not graded: the notebooks of ps1 are square.ipynb" in told.pop("misnamed/ps1")
    assert told.pop("empty/ps1") == "No notebook was submitted."
    assert "nbgrader generate_assignment" in told.pop("right/ps9")
    assert told == {}


def test_what_has_not_changed_is_kept_and_what_has_is_graded_again(messy, tmp_path):
    course = copied(messy[0], tmp_path / "course")
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        for student in ("right", "edited"):
            grade = gradebook.find_grade("why", "square", "ps1", student)
            grade.manual_score, grade.needs_manual_grade = 4, False
        gradebook.db.commit()
    course.submit("edited", "ps1", {"square": {"square": "def square(x):\n    return 5"}})
    (course.root / "submitted/right/ps1/notes.txt").write_text("")
    (course.root / "submitted/right/ps1/notes.txt").unlink()
    batch = grade_course(course.root, Limits())
    assert (batch.graded, batch.kept) == (1, 7)
    assert score_of(course, "edited") == (0.0, 3.0, False, None)
    assert score_of(course, "edited", "why")[2]  # graded by hand before: nbgrader asks for another look
    assert not score_of(course, "right", "why")[2]


def test_what_nbgrader_refuses_is_told_and_the_others_go_on(messy_made, tmp_path):
    course = copied(messy_made, tmp_path / "course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("c.Autograde.create_student = False\n")
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        for student in ("right", "edited"):
            gradebook.add_student(student)
    (course.root / "submitted/edited/ps1/timestamp.txt").write_text("in time")
    batch = grade_course(course.root, Limits(), students=["right", "edited", "copied"])
    told = {stray.path.parent.name: stray.text for stray in batch.strays if stray.path.name == "ps1"}
    assert "No student with ID 'copied' exists" in told["copied"] and says_how_to_fix(told["copied"])
    assert told["edited"].startswith("timestamp.txt holds no time. Write it like this")
    assert score_of(course, "right") == (3.0, 3.0, False, None)
    assert batch.graded == 1


def test_only_what_is_named_is_graded(messy_made, tmp_path):
    course = copied(messy_made, tmp_path / "course")
    batch = grade_course(course.root, Limits(), assignments=["ps1"], students=["right"])
    assert [grades.student for grades in batch.grades.notebooks] == ["right"]
    with pytest.raises(CourseError, match=r"knows no assignment ps7, only ps1\. Make its release"):
        grade_course(course.root, Limits(), assignments=["ps7"])
    with pytest.raises(IntakeError, match="nothing to grade is there"):
        grade_course(course.root, Limits(), students=["nobody"])


# Courses that are not as they should be -------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_source_that_does_not_fit_the_gradebook_costs_protection_only(tmp_path):
    course = SampleCourse(tmp_path / "course")
    old = {"square.ipynb": notebook(*copy.deepcopy(SQUARE["square.ipynb"].cells), ids=False)}
    assignments = {"gone": SQUARE, "lost": SQUARE, "changed": SQUARE, "old": old, "edited": SQUARE}
    course.write("", assignments)
    for assignment in assignments:
        course.submit("ada", assignment, GOOD)
    shutil.rmtree(course.root / "source/lost")
    shutil.rmtree(course.root / "release/lost")
    (course.root / "source/gone/square.ipynb").unlink()
    changed = notebook(*SQUARE["square.ipynb"].cells, check("new_test", 2, "assert square(1) == 1"))
    (course.root / "source/changed/square.ipynb").write_text(nbformat.writes(changed))
    edited = copy.deepcopy(SQUARE["square.ipynb"])
    edited.cells[2].source = "assert False, 'The gradebook does not have this yet.'"
    (course.root / "source/edited/square.ipynb").write_text(nbformat.writes(edited))
    batch = grade_course(course.root, Limits())
    grades = rows(f"sqlite:///{course.root / 'gradebook.db'}")
    told = {info.name: " ".join(info.problems) for info in batch.grades.assignments}
    protected = {}
    for assignment in assignments:
        assert grades[assignment, "square", "ada", "square_test"] == (3.0, 3.0, False, None), assignment
        cells = course.executed("ada", assignment, "square").cells
        [noted] = [cell.metadata["grader"] for cell in cells if "grader" in cell.metadata]
        protected[assignment] = noted["protected"]
    assert protected == {"gone": False, "lost": False, "changed": False, "old": True, "edited": True}
    assert "source/gone/square.ipynb cannot be read" in told["gone square"]
    assert "its cell 'new_test' is new" in told["changed square"]
    assert says_how_to_fix(told["gone square"]) and "nbgrader generate_assignment changed" in told["changed square"]


def test_a_folder_that_cannot_be_graded_is_refused_with_its_mend(tmp_path):
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    with pytest.raises(
        CourseError, match=r"no gradebook at sqlite:.*Make its release with .nbgrader generate_assignment"
    ):
        grade_course(tmp_path, Limits())
    assert not (tmp_path / "gradebook.db").exists()
    (tmp_path / "nbgrader_config.py").write_text("c.Execute.timeout = 1 / 0")
    with pytest.raises(CourseError, match=r"nbgrader_config.py: ZeroDivisionError: .*See what"):
        grade_course(tmp_path, Limits())


def test_an_nbgrader_course_is_told_from_one_of_the_graders_own(tmp_path, real_course):
    assert not is_nbgrader_course(tmp_path)
    assert not is_nbgrader_course(real_course.root)
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    assert not is_nbgrader_course(tmp_path)
    (tmp_path / "source" / "ps1" / "ps1.ipynb").write_text("{}")
    assert is_nbgrader_course(tmp_path)


@pytest.mark.slow
def test_what_nbgrader_has_graded_is_kept_and_nbgraders_other_commands_go_on(messy_made, messy, tmp_path):
    stock = copied(messy_made, tmp_path / "stock")
    run(stock.root, "nbgrader", "autograde", "ps1", "--student=right")
    batch = grade_course(stock.root, Limits(), students=["right", "edited"])
    assert (batch.graded, batch.kept) == (1, 1)
    batch = grade_course(stock.root, Limits(), students=["right"], force=True)
    assert (batch.graded, batch.kept) == (1, 0)

    course = copied(messy[0], tmp_path / "course")
    run(course.root, "nbgrader", "generate_feedback", "ps1", "--student=right")
    assert "square_test" in (course.root / "feedback/right/ps1/square.html").read_text()
    run(course.root, "nbgrader", "export")
    assert "ps1" in (course.root / "grades.csv").read_text()
