"""The order of a batch: solutions before submissions, few submissions at a time, and none lost."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

import pytest

from grader.core.model import Assignment, Calibration, ExamResult, Limits, Submission
from grader.grading.schedule import Schedule
from grader.grading.tasks import ungraded

CALIBRATION = Calibration(frozenset({"double()"}), seconds=2.0)


@pytest.fixture
def assignments(doubling: Assignment) -> dict[str, Assignment]:
    return {name: replace(doubling, name=name) for name in ("one", "two")}


class Class:
    """Submissions that count how many were asked for."""

    def __init__(self, *assignments: str) -> None:
        self.assignments, self.asked = assignments, 0

    def __iter__(self) -> Iterator[tuple[int, Submission]]:
        for number, name in enumerate(self.assignments):
            self.asked += 1
            yield number, Submission(f"student-{number}", name, PurePath("/home/teacher/in"), b"as handed in")


def schedule_of(assignments, submissions, calibrations=None):
    noted: dict[str, Calibration] = {}
    schedule = Schedule(assignments, Limits(), submissions, calibrations or {}, noted.__setitem__)
    return schedule, noted


def test_each_solution_goes_before_the_submissions_and_travels_with_them(assignments):
    handed_in = Class("two", "one")
    schedule, noted = schedule_of(assignments, handed_in)
    first, second = schedule.take(), schedule.take()
    assert [(each.key, each.task.assignment, each.task.submission) for each in (first, second)] == [
        (None, "one", None),
        (None, "two", None),
    ]
    assert schedule.take() is None and handed_in.asked == 1
    assert list(schedule.settle(second, CALIBRATION)) == []
    entry = schedule.take()
    assert (entry.key, entry.task.assignment, entry.task.calibration) == (0, "two", CALIBRATION)
    assert schedule.take() is None  # the other waits for its own solution
    list(schedule.settle(first, CALIBRATION))
    assert schedule.take().key == 1
    assert noted == {"one": CALIBRATION, "two": CALIBRATION}


def test_a_class_is_never_whole_in_memory(assignments):
    handed_in = Class(*["one"] * 1000)
    schedule, _ = schedule_of(assignments, handed_in, dict.fromkeys(assignments, CALIBRATION))
    for taken in range(1, 4):
        schedule.take()
        assert handed_in.asked == taken
    schedule, _ = schedule_of(assignments, handed_in)
    handed_in.asked = 0
    while schedule.take() is not None:
        pass
    assert handed_in.asked == 1


def test_submissions_of_a_solution_that_cannot_be_examined_are_not_graded_and_the_others_are(assignments):
    schedule, _ = schedule_of(assignments, Class("one", "two", "one"), {"two": CALIBRATION})
    list(schedule.settle(schedule.take(), Calibration(failure="No kernel started.")))
    entries = [schedule.take() for _ in range(3)]
    assert [entry.outcome is None for entry in entries] == [False, True, False]
    [(key, result)] = schedule.settle(entries[2], entries[2].outcome)
    assert key == 2
    assert "own solution could not be examined: No kernel started." in result.problems[0].text
    assert result.log  # so that the next run tries again


def test_a_task_is_plain_data_without_anything_of_the_teacher_s_machine(assignments):
    schedule, _ = schedule_of(assignments, Class("one"), dict.fromkeys(assignments, CALIBRATION))
    sent = pickle.dumps(schedule.take().task)
    assert b"teacher" not in sent and b"as handed in" not in sent
    assert pickle.loads(sent).submission.student == "student-0"


def test_a_result_carries_the_key_of_its_submission(assignments):
    schedule, _ = schedule_of(assignments, Class("one"), dict.fromkeys(assignments, CALIBRATION))
    entry = schedule.take()
    result = ExamResult(assignments["one"].with_stubs, (), 1.0)
    assert list(schedule.settle(entry, result)) == [(0, result)]


def test_a_task_that_nobody_could_do_has_an_outcome_of_its_kind(assignments):
    schedule, _ = schedule_of(assignments, Class("one"), {"one": CALIBRATION})
    calibrating, examining = schedule.take(), schedule.take()
    assert schedule.failed(calibrating, "it died").failure == "it died"
    assert schedule.failed(examining, "it died").problems == ungraded(assignments["one"], "it died").problems


def test_a_submission_of_an_assignment_that_is_not_known_is_an_error(assignments):
    schedule, _ = schedule_of(assignments, Class("three"), dict.fromkeys(assignments, CALIBRATION))
    with pytest.raises(KeyError):
        schedule.take()
