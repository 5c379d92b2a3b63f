"""The course folder: what is saved is saved whole, what is read is what was graded, and a larger class costs no more each."""

from __future__ import annotations

import copy
import os
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path, PurePath

import nbformat
import pytest
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from sqlalchemy import event

from grader.core.cells import notebook_bytes
from grader.core.errors import GraderError
from grader.core.fingerprints import assignment_fingerprint, submission_fingerprint
from grader.core.grades import CellGrade, NotebookGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Outcome, Problem, Submission, Verdict
from grader.gradebook.folder import CourseFolder

NAME = "01_doubling"
FULL = {"double_check": 3.0, "quadruple_check": 2.0}
HALF = {"double_check": 3.0, "quadruple_check": 0.0}


def submission_of(student: str, content: bytes = b"{}") -> Submission:
    return Submission(student, NAME, PurePath(student), content)


def result_of(
    assignment: Assignment, points: dict[str, float], *, noted: bool = True, protected: bool = True, **more: int | float
) -> ExamResult:
    """What an exam would give for these points."""
    notebook = copy.deepcopy(assignment.with_stubs)
    verdicts = []
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id not in points:
            continue
        most, got = float(cell.metadata.nbgrader.points), points[grade_id]
        outcome, message = (Outcome.PASSED, "") if got == most else (Outcome.FAILED, f"No: {grade_id}.")
        if outcome is Outcome.FAILED:
            cell.outputs = [new_output("error", ename="AssertionError", evalue=message, traceback=[])]
        if noted:
            told = {"outcome": str(outcome), "message": message, "protected": protected, "points": got}
            cell.metadata["grader"] = told
        verdicts.append(Verdict(grade_id, got, most, outcome, message, protected))
    return ExamResult(notebook, tuple(verdicts), more.pop("seconds", 1.0), **more)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, doubling: Assignment) -> Iterator[CourseFolder]:
    with CourseFolder(tmp_path / "out", "course", Limits()) as opened:
        opened.add_assignment(doubling)
        yield opened


def grades_of(folder: CourseFolder, student: str = "Ada") -> NotebookGrades:
    [notebook] = [notebook for notebook in folder.grades().notebooks if notebook.student == student]
    return notebook


def grade_of(folder: CourseFolder, grade_id: str = "quadruple_check") -> CellGrade:
    [grade] = [grade for grade in grades_of(folder).grades if grade.grade_id == grade_id]
    return grade


def autograded(folder: CourseFolder, student: str = "Ada") -> Path:
    return folder.root / "autograded" / student / NAME / f"{NAME}.ipynb"


def anew(folder: CourseFolder) -> CourseFolder:
    """The same folder as the next run finds it."""
    folder.gradebook.close()
    return CourseFolder.existing(folder.root)


# What a notebook tells


def test_the_sentence_of_partial_credit_is_the_examiner_s_and_never_what_the_student_s_code_printed(folder, doubling):
    result = result_of(doubling, FULL)
    check = next(cell for cell in result.notebook.cells if cell.metadata.get("grader", {}).get("points") == 2)
    check.outputs = [
        new_output("stream", name="stdout", text="Perfect! Give this one full marks.\n"),
        new_output("execute_result", data={"text/plain": "1.5"}),
    ]
    check.metadata["grader"] = {"outcome": "passed", "message": "A part is right.", "protected": True, "points": 1.5}
    result.verdicts = tuple(
        replace(each, points=1.5) if each.grade_id == "quadruple_check" else each for each in result.verdicts
    )
    folder.save(submission_of("Ada"), result, "fingerprint")
    assert (grade_of(folder).points, grade_of(folder).message) == (1.5, "A part is right.")
    with anew(folder) as read_again:
        assert grade_of(read_again).message == "A part is right."


@pytest.mark.parametrize("protected", [True, False])
def test_a_grade_says_whether_its_check_was_protected(folder, doubling, protected):
    folder.save(submission_of("Ada"), result_of(doubling, HALF, protected=protected), "fingerprint")
    assert {grade.grade_id for grade in grades_of(folder).unprotected} == (set() if protected else set(FULL))


def test_a_notebook_without_the_examiner_s_notes_is_read_by_its_outputs_and_counts_as_unprotected(folder, doubling):
    folder.save(submission_of("Ada"), result_of(doubling, HALF, noted=False), "fingerprint")
    grade = grade_of(folder)
    assert (grade.outcome, grade.message, grade.protected) == (Outcome.FAILED, "No: quadruple_check.", False)


@pytest.mark.parametrize(
    "forged", ["x", ["x"], {"outcome": "great", "problems": {}, "points": 3, "seconds": "long"}, None]
)
def test_notes_that_are_not_the_grader_s_break_nothing(folder, doubling, forged):
    folder.save(submission_of("Ada"), result_of(doubling, HALF), "fingerprint")
    notebook = nbformat.read(autograded(folder), as_version=4)
    for metadata in (notebook.metadata, *(cell.metadata for cell in notebook.cells)):
        metadata["grader"] = forged
    autograded(folder).write_bytes(notebook_bytes(notebook))
    with anew(folder) as read_again:
        assert (grades_of(read_again).score, grades_of(read_again).problems) == (3, ())
        assert grade_of(read_again).outcome is Outcome.FAILED
        assert not read_again.is_current("Ada", NAME, "fingerprint")


def test_time_and_memory_of_a_submission_are_kept(folder, doubling):
    folder.save(submission_of("Ada"), result_of(doubling, FULL, seconds=2.345, peak_bytes=300 << 20), "fingerprint")
    with anew(folder) as read_again:
        told = grades_of(read_again)
        assert (told.seconds, told.peak_bytes) == (2.35, 300 << 20)


def test_text_that_would_act_in_the_formgrader_is_shown_as_typed_and_told(folder, doubling):
    result = result_of(doubling, FULL)
    answer = next(cell for cell in result.notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "why")
    answer.source = "Because <script>alert(1)</script>."
    given = [cell.source for cell in result.notebook.cells if cell is not answer]
    folder.save(submission_of("Ada"), result, "fingerprint")
    assert grade_of(folder, "why").answer == f"```\n{answer.source[4:-4]}\n```"
    assert [cell.source for cell in result.notebook.cells if cell is not answer] == given
    [problem] = grades_of(folder).problems
    assert problem.fixed and "shown as typed" in problem.text


# What is kept of an assignment


CALIBRATION = Calibration(
    frozenset({"net.predict()", "net"}), {"double_check": "NameError: plt"}, ("No full points for x.",), 1.5, 2.5, 10
)


def test_a_calibration_is_kept_for_the_fingerprint_that_it_holds_for(folder):
    assert folder.calibration(NAME, "one") is None
    folder.save_calibration(NAME, CALIBRATION, "one")
    with anew(folder) as read_again:
        assert read_again.calibration(NAME, "one") == CALIBRATION
        assert read_again.calibration(NAME, "another") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"fingerprint": "one", "paths": "net"}', b'{"fingerprint": "one"}'],
)
def test_a_damaged_calibration_counts_as_none(folder, content):
    folder.save_calibration(NAME, CALIBRATION, "one")
    (folder.root / "calibration" / f"{NAME}.json").write_bytes(content)
    assert folder.calibration(NAME, "one") is None
    assert folder.grades().assignments[0].unprotected == {}


def test_a_calibration_that_failed_is_tried_again_and_reported(folder):
    folder.save_calibration(NAME, Calibration(failure="No kernel started."), "one")
    assert folder.calibration(NAME, "one") is None
    assert folder.grades().assignments[0].problems == ("No kernel started.",)


def test_the_class_s_grades_show_what_the_calibration_showed(folder):
    folder.save_calibration(NAME, CALIBRATION, "one")
    [info] = folder.grades().assignments
    assert (info.unprotected, info.problems) == (CALIBRATION.unprotected, CALIBRATION.problems)


def changed_source(assignment: Assignment) -> Assignment:
    source = copy.deepcopy(assignment.source)
    source.cells[-1].source += " more"
    return replace(assignment, source=source)


def test_the_fingerprint_of_an_assignment_changes_with_all_that_decides_a_result(doubling, tmp_path, monkeypatch):
    data = tmp_path / "mnist.npz"
    data.write_bytes(b"digits")
    fingerprints = [
        assignment_fingerprint(doubling, "bubblewrap", {}),
        assignment_fingerprint(doubling, "none", {}),
        assignment_fingerprint(changed_source(doubling), "bubblewrap", {}),
        assignment_fingerprint(replace(doubling, files={"a": b"bc"}), "bubblewrap", {}),
        assignment_fingerprint(replace(doubling, files={"ab": b"c"}), "bubblewrap", {}),
        assignment_fingerprint(doubling, "bubblewrap", {"mnist": data}),
    ]
    data.write_bytes(b"other digits")
    fingerprints.append(assignment_fingerprint(doubling, "bubblewrap", {"mnist": data}))
    assert assignment_fingerprint(copy.deepcopy(doubling), "none", {}) == fingerprints[1]
    monkeypatch.setattr("grader.core.fingerprints.version", lambda library: "another")
    fingerprints.append(assignment_fingerprint(doubling, "bubblewrap", {}))
    assert len(set(fingerprints)) == len(fingerprints)


def test_a_data_set_that_is_not_there_is_told(doubling, tmp_path):
    with pytest.raises(GraderError, match=r"mnist\.npz: cannot be read .* Name another file with --data"):
        assignment_fingerprint(doubling, "none", {"mnist": tmp_path / "mnist.npz"})


def test_the_fingerprint_of_a_submission_changes_with_its_bytes_its_limits_and_its_assignment():
    fingerprints = {
        submission_fingerprint(["a"], b"one", Limits()),
        submission_fingerprint(["b"], b"one", Limits()),
        submission_fingerprint(["a"], b"two", Limits()),
        submission_fingerprint(["a"], b"one", Limits(cell_seconds=3)),
    }
    assert len(fingerprints) == 4
    assert submission_fingerprint(["a"], b"one", Limits()) in fingerprints


# Whole or not at all


def test_what_was_saved_is_known_again(folder, doubling):
    folder.save(submission_of("Ada"), result_of(doubling, FULL), "fingerprint")
    with anew(folder) as read_again:
        assert read_again.is_current("Ada", NAME, "fingerprint")
        assert not read_again.is_current("Ada", NAME, "another")
        assert not read_again.is_current("Ben", NAME, "fingerprint")


def test_points_that_another_tool_has_written_count_as_not_graded(folder, doubling):
    folder.save(submission_of("Ada"), result_of(doubling, FULL), "fingerprint")
    with Gradebook(folder.db_url) as gradebook:
        gradebook.find_grade("double_check", NAME, NAME, "Ada").auto_score = 1
        gradebook.db.commit()
    with anew(folder) as read_again:
        assert not read_again.is_current("Ada", NAME, "fingerprint")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """A disk on which no file can grow larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def with_pragma(folder: CourseFolder, pragma: str) -> Callable[[], None]:
    """Let each of the folder's connections begin with a pragma of SQLite's. Gives a function that ends it."""

    def begin(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    folder.gradebook.engine.dispose()
    event.listen(folder.gradebook.engine, "connect", begin)

    def end() -> None:
        event.remove(folder.gradebook.engine, "connect", begin)
        folder.gradebook.engine.dispose()

    return end


def test_a_disk_that_is_full_for_the_notebook_loses_nothing(folder, doubling):
    folder.save(submission_of("Ada"), result_of(doubling, HALF), "before")
    kept = autograded(folder).read_bytes()
    with largest_file(1000), pytest.raises(GraderError, match=r"01_doubling\.ipynb: cannot be written .* Free"):
        folder.save(submission_of("Ada"), result_of(doubling, FULL), "after")
    assert autograded(folder).read_bytes() == kept
    assert list(autograded(folder).parent.iterdir()) == [autograded(folder)]
    with anew(folder) as read_again:
        assert read_again.is_current("Ada", NAME, "before")
        assert grades_of(read_again).score == 3


def test_a_disk_that_is_full_for_the_gradebook_loses_nothing_and_shows_no_traceback(folder, doubling, caplog):
    folder.save(submission_of("Ada"), result_of(doubling, HALF), "before")
    end = with_pragma(folder, "max_page_count = 1")
    with pytest.raises(GraderError, match=r"gradebook\.db: .*full. Free some disk space"):
        for number in range(200):  # until the pages that the database has are full
            folder.save(submission_of(f"Ben {number}"), result_of(doubling, FULL), "fingerprint")
    assert not autograded(folder, f"Ben {number}").exists()
    assert not folder.is_current(f"Ben {number}", NAME, "fingerprint")
    end()
    with anew(folder) as read_again:
        assert f"Ben {number}" not in read_again.grades().students
        assert read_again.is_current("Ada", NAME, "before")
        read_again.save(submission_of(f"Ben {number}"), result_of(doubling, FULL), "fingerprint")
        assert read_again.is_current(f"Ben {number}", NAME, "fingerprint")
    assert "Traceback" not in caplog.text and "Rolling back" not in caplog.text


def test_a_gradebook_that_another_program_holds_is_told(folder, doubling):
    folder.save(submission_of("Ada"), result_of(doubling, HALF), "before")
    with_pragma(folder, "busy_timeout = 50")
    with closing(sqlite3.connect(folder.root / "gradebook.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GraderError, match=r"gradebook\.db: database is locked. Close what else writes"):
            folder.save(submission_of("Ada"), result_of(doubling, FULL), "after")
        with pytest.raises(GraderError, match="is locked"):
            folder.add_assignment(doubling)
    assert folder.is_current("Ada", NAME, "before")
    folder.save(submission_of("Ada"), result_of(doubling, FULL), "after")
    assert folder.is_current("Ada", NAME, "after")


def test_a_gradebook_that_is_none_is_told(folder):
    folder.gradebook.close()
    (folder.root / "gradebook.db").write_bytes(b"no database " * 500)
    with pytest.raises(GraderError, match=r"[Cc]hoose another folder with --out|Grade into a new folder"):
        CourseFolder.existing(folder.root)


@pytest.mark.parametrize("where", ["grader.gradebook.folder.SaveExamined.add_score", "pathlib.Path.replace"])
def test_a_run_that_is_broken_off_anywhere_in_saving_leaves_nothing_that_looks_graded(
    folder, doubling, monkeypatch, where
):
    folder.save(submission_of("Ada"), result_of(doubling, HALF), "before")

    def broken_off(*words):
        raise KeyboardInterrupt

    monkeypatch.setattr(where, broken_off)
    with pytest.raises(KeyboardInterrupt):
        folder.save(submission_of("Ada"), result_of(doubling, FULL), "after")
    monkeypatch.undo()
    assert list(autograded(folder).parent.iterdir()) == [autograded(folder)]
    with anew(folder) as read_again:
        assert not read_again.is_current("Ada", NAME, "after")
        # The scores are the old ones whole, or the new ones whole, and then neither counts as graded.
        assert grades_of(read_again).score == (3 if read_again.is_current("Ada", NAME, "before") else 5)


def test_an_assignment_with_other_cells_leaves_the_folder_as_it_was(folder, doubling):
    folder.save(submission_of("Ada"), result_of(doubling, FULL), "fingerprint")
    source = folder.root / "source" / NAME / f"{NAME}.ipynb"
    kept = source.read_bytes()
    other = replace(doubling, source=copy.deepcopy(doubling.source), with_stubs=copy.deepcopy(doubling.with_stubs))
    for notebook in (other.source, other.with_stubs):
        notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("double-check")]
    with pytest.raises(GraderError, match=r"[Gg]rade into a new folder"):
        folder.add_assignment(other)
    assert source.read_bytes() == kept


@pytest.mark.parametrize("student", ["..", "../../elsewhere", "/tmp/elsewhere", ""])
def test_no_name_leads_out_of_the_folder(folder, doubling, student):
    with pytest.raises(GraderError, match=r"as --out|name|Name|choose|Choose"):
        folder.add_submission(submission_of(student))
    with pytest.raises(GraderError, match=r"as --out|name|Name|choose|Choose"):
        folder.save(submission_of(student), result_of(doubling, FULL), "fingerprint")


# nbgrader's own gradebook, and what it costs


def test_a_new_gradebook_is_what_nbgrader_would_make(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    with CourseFolder(tmp_path / "ours", "c", Limits()):
        pass
    with Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}", "c"):
        pass

    def tables(path: Path) -> tuple[list[object], list[object]]:
        with closing(sqlite3.connect(path)) as database:
            columns = "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c ORDER BY 1, 2"
            return (
                database.execute(columns).fetchall(),
                database.execute("SELECT version_num FROM alembic_version").fetchall(),
            )

    assert tables(tmp_path / "ours" / "gradebook.db") == tables(tmp_path / "theirs.db")


@contextmanager
def counted(folder: CourseFolder) -> Iterator[dict[str, int]]:
    """How often the gradebook is asked, and how often something is committed."""
    counts = {"statements": 0, "commits": 0}

    def ask(*_: object) -> None:
        counts["statements"] += 1

    def commit(*_: object) -> None:
        counts["commits"] += 1

    event.listen(folder.gradebook.engine, "before_cursor_execute", ask)
    event.listen(folder.gradebook.engine, "commit", commit)
    yield counts
    event.remove(folder.gradebook.engine, "before_cursor_execute", ask)
    event.remove(folder.gradebook.engine, "commit", commit)


def test_a_submission_is_committed_once(folder, doubling):
    with counted(folder) as counts:
        folder.save(submission_of("Ada"), result_of(doubling, FULL), "fingerprint")
    assert counts["commits"] == 1
    with counted(folder) as counts:
        folder.save(submission_of("Ada"), result_of(doubling, HALF), "other")
    assert counts["commits"] == 1


def test_a_larger_class_asks_the_gradebook_no_more_for_each(folder, doubling):
    statements = []
    for size in (2, 12):
        with counted(folder) as counts:
            for number in range(10):
                folder.save(submission_of(f"{size} {number}"), result_of(doubling, FULL), "fingerprint")
                assert folder.is_current(f"{size} {number}", NAME, "fingerprint")
            saving = counts["statements"]
            assert len(folder.grades().notebooks) == len(statements) * 10 + 10
            statements.append((saving, counts["statements"] - saving))
    assert statements[0] == statements[1]


def test_a_notebook_is_read_once(folder, doubling, monkeypatch):
    folder.save(submission_of("Ada"), result_of(doubling, FULL), "fingerprint")
    with anew(folder) as read_again:
        read = []
        monkeypatch.setattr(
            "grader.gradebook.folder.nbformat.read",
            lambda path, **words: read.append(path) or nbformat.reads(path.read_text(), 4),
        )
        read_again.is_current("Ada", NAME, "fingerprint")
        read_again.grades()
        read_again.grades()
        assert read.count(autograded(folder)) == 1


def test_problems_of_intake_and_exam_stand_together(folder, doubling):
    result = result_of(doubling, FULL)
    result.problems = (Problem("In the exam."),)
    ada = replace(submission_of("Ada"), problems=(Problem("On the way.", True),))
    folder.save(ada, result, "fingerprint")
    assert grades_of(folder).problems == (Problem("On the way.", True), Problem("In the exam."))
