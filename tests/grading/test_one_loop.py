"""The loop over any store: what is current is kept, the rest is loaded when there is room, examined, and saved at once."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

import pytest

from grader.core.grades import ClassGrades
from grader.core.model import Assignment, Calibration, ExamResult, Limits, Submission
from grader.core.profile import Profile
from grader.grading.loop import Batch, Loop
from grader.submissions.collect import Stray


@dataclass(frozen=True)
class Handle:
    student: str
    assignment: str
    notebooks: tuple[str, ...]


@dataclass
class HandleWork:
    submissions: Sequence[Submission]
    student: str


class MemoryStore:
    """A store that remembers what was asked of it."""

    address, limits = "memory", Limits()

    def __init__(
        self, pages: Path, assignment: Assignment, handles: Sequence[Handle], current: Iterable[str] = ()
    ) -> None:
        self.pages, self.assignment, self.handles, self.current = pages, assignment, handles, set(current)
        self.strays: list[Stray] = []
        self.saved: dict[str, list[str]] = {}
        self.calibrations: dict[str, Calibration] = {}
        self.in_memory = self.most_in_memory = 0

    def handed_in(self) -> Sequence[Handle]:
        return self.handles

    def exams(self, handed_in: Iterable[Handle]) -> Mapping[str, Assignment]:
        return {name: self.assignment for each in handed_in for name in each.notebooks}

    def fingerprint(self, handed_in: Handle) -> str:
        return f"of {handed_in.student}"

    def is_current(self, handed_in: Handle, fingerprint: str) -> bool:
        assert fingerprint == f"of {handed_in.student}"
        return handed_in.student in self.current

    def load(self, handed_in: Handle) -> HandleWork | None:
        if handed_in.student == "unreadable":
            self.strays.append(Stray(PurePath("unreadable"), "It cannot be read."))
            return None
        self.in_memory += 1
        self.most_in_memory = max(self.most_in_memory, self.in_memory)
        names = [name for name in handed_in.notebooks if name != "stock"]
        student = handed_in.student
        return HandleWork([Submission(student, name, PurePath(name), b"") for name in names], student)

    def calibration(self, name: str, *, renew: bool = False) -> Calibration | None:
        return None if renew else self.calibrations.get(name)

    def save_calibration(self, name: str, calibration: Calibration) -> None:
        self.calibrations[name] = calibration

    def save(self, work: HandleWork, results: Mapping[str, ExamResult], fingerprint: str) -> bool:
        assert fingerprint == f"of {work.student}"
        self.in_memory -= 1
        self.saved[work.student] = sorted(results)
        return work.student != "refused"

    def grades(self) -> ClassGrades:
        return ClassGrades("course", (), ())


class TwoAtATime:
    """An executor that has room for two, and ends the later one first."""

    calibrated: list[str]

    def __init__(self, assignments: Mapping[str, Assignment], limits: Limits) -> None:
        self.assignments, self.opened, self.calibrated = assignments, False, []

    def __enter__(self):
        self.opened = True
        return self

    def __exit__(self, *error: object) -> None:
        self.opened = False

    def hold_exams(self, submissions, calibrations, on_calibration) -> Iterator[tuple[object, ExamResult]]:
        for name in self.assignments:
            if name not in calibrations:
                self.calibrated.append(name)
                on_calibration(name, Calibration(seconds=1.0))
        coming, running = iter(submissions), []
        while True:
            while len(running) < 2 and (task := next(coming, None)) is not None:
                running.append(task)
            if not running:
                return
            key, submission = running.pop()
            assert self.opened
            notebook = copy.deepcopy(self.assignments[submission.assignment].with_stubs)
            yield key, ExamResult(notebook, (), 1.0, cpu={"exam": 1.0})


def run(store: MemoryStore, *, force: bool = False, executors: list[TwoAtATime] | None = None) -> tuple[Batch, list]:
    seen: list[tuple[int, int]] = []

    def make(assignments: Mapping[str, Assignment], limits: Limits) -> TwoAtATime:
        made = TwoAtATime(assignments, limits)
        if executors is not None:
            executors.append(made)
        return made

    loop = Loop(store, make, force, lambda done, total: seen.append((done, total)), Profile(), 0.0)
    return loop.run(), seen


def class_of(count: int, *notebooks: str) -> list[Handle]:
    return [Handle(f"student-{number}", "ps1", notebooks or ("ps1/one",)) for number in range(count)]


def test_what_is_current_is_kept_and_the_rest_is_graded(tmp_path, doubling):
    store = MemoryStore(tmp_path, doubling, class_of(4), current=["student-1", "student-2"])
    batch, seen = run(store)
    assert sorted(store.saved) == ["student-0", "student-3"]
    assert (batch.graded, batch.kept) == (2, 2)
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert (tmp_path / "report.html").is_file() and (tmp_path / "grades.csv").is_file()


def test_with_force_everything_is_graded_and_calibrated_again(tmp_path, doubling):
    store, executors = MemoryStore(tmp_path, doubling, class_of(2), current=["student-0"]), []
    run(store, executors=executors)
    run(store, executors=executors)
    batch, _ = run(store, force=True, executors=executors)
    assert (batch.graded, batch.kept) == (2, 0)
    assert [each.calibrated for each in executors] == [["ps1/one"], [], ["ps1/one"]]


def test_a_submission_of_several_notebooks_is_saved_once_when_the_last_of_them_ends(tmp_path, doubling):
    store = MemoryStore(tmp_path, doubling, class_of(3, "ps1/one", "ps1/two"))
    batch, seen = run(store)
    assert store.saved == {f"student-{number}": ["ps1/one", "ps1/two"] for number in range(3)}
    assert batch.graded == 3 and seen[-1] == (3, 3)


def test_a_class_is_never_whole_in_memory(tmp_path, doubling):
    store = MemoryStore(tmp_path, doubling, class_of(200, "ps1/one", "ps1/two"))
    run(store)
    assert len(store.saved) == 200
    assert store.most_in_memory <= 3


def test_without_a_notebook_to_examine_no_executor_is_opened_and_the_work_is_saved(tmp_path, doubling):
    store, executors = MemoryStore(tmp_path, doubling, class_of(2, "stock")), []
    store.exams = lambda handed_in: {}
    batch, _ = run(store, executors=executors)
    assert executors == [] and batch.graded == 2
    assert store.saved == {"student-0": [], "student-1": []}


def test_what_needs_no_exam_is_saved_between_what_does(tmp_path, doubling):
    handles = [*class_of(2), Handle("other", "ps2", ("stock",))]
    store = MemoryStore(tmp_path, doubling, handles)
    assert run(store)[0].graded == 3
    assert store.saved["other"] == []


def test_what_cannot_be_loaded_or_saved_is_reported_and_not_counted(tmp_path, doubling):
    handles = [Handle(name, "ps1", ("ps1/one",)) for name in ("unreadable", "refused", "fine")]
    batch, _ = run(MemoryStore(tmp_path, doubling, handles))
    assert batch.graded == 1
    assert [stray.text for stray in batch.strays] == ["It cannot be read."]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_the_pages_are_written_even_if_the_run_is_broken_off(tmp_path, doubling, error):
    store, executors = MemoryStore(tmp_path, doubling, class_of(3)), []
    save = store.save

    def broken_off(work, results, fingerprint):
        if store.saved:
            raise error
        return save(work, results, fingerprint)

    store.save = broken_off
    with suppress(error):
        run(store, executors=executors)
        raise AssertionError("it was not broken off")
    assert len(store.saved) == 1
    assert (tmp_path / "report.html").is_file()
    assert not executors[0].opened
