"""The class report, for the teacher: what needs attention, how each assignment went, which checks were hard, every score.

In: `ClassGrades`. Out: one HTML page without scripts, which links to the students' feedback pages.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.core.grades import AssignmentInfo, CellGrade, ClassGrades, NotebookGrades, Status
from grader.core.model import Outcome
from grader.pages.render import feedback_address, render

ENOUGH = 20  # submissions; with fewer, a correlation is mostly chance
WEAK = 0.2  # a check with a lower discrimination deserves a closer look: a common rule of thumb in item analysis
_BINS = 10


@dataclass(frozen=True)
class Attention:
    """A submission that the teacher should look at, and why."""

    notebook: NotebookGrades
    title: str
    address: str
    causes: tuple[str, ...]
    fixed: bool  # the grader has fixed every problem, so a glance is enough


@dataclass(frozen=True)
class Sentence:
    """A message that students got, and how many of them did. Numbers that differ between students are left out."""

    text: str
    count: int


@dataclass(frozen=True)
class Item:
    """One check, over all submissions that have a grade for it. ``mean`` is the mean share of its points."""

    grade_id: str
    title: str
    marked: int
    full: int
    part: int
    unanswered: int
    mean: float
    discrimination: float | None
    sentences: tuple[Sentence, ...]
    protected: bool = True

    @property
    def lost(self) -> int:
        """How many answered it and got no points."""
        return self.marked - self.full - self.part - self.unanswered


@dataclass(frozen=True)
class Summary:
    """One assignment, over all submissions that could be graded. ``shares`` are scores from 0 to 1."""

    info: AssignmentInfo
    handed_in: int
    waiting: float
    shares: tuple[float, ...]
    items: tuple[Item, ...]
    seconds: tuple[float, ...] = ()
    peak_bytes: int = 0  # the most memory that any one of them used

    @property
    def unprotected(self) -> dict[str, str]:
        """The checks that ran in the process that runs the student's code, with the reason if it is known."""
        reasons = {item.grade_id: "" for item in self.items if not item.protected}
        return reasons | dict(self.info.unprotected)

    @property
    def median_seconds(self) -> float:
        return statistics.median(self.seconds)

    @property
    def mean(self) -> float:
        return statistics.fmean(self.shares) * self.info.max_score

    @property
    def median(self) -> float:
        return statistics.median(self.shares) * self.info.max_score

    @property
    def counts(self) -> list[int]:
        """How many scores fall into each tenth of the maximum; full marks count in the last."""
        tenths = Counter(min(_BINS - 1, int(share * _BINS + 1e-9)) for share in self.shares)
        return [tenths[tenth] for tenth in range(_BINS)]


@dataclass(frozen=True)
class Entry:
    """One cell of the table of all scores."""

    notebook: NotebookGrades
    max_score: float
    address: str
    flag: str  # what is unusual, in a few words; empty if nothing is


def render_report(grades: ClassGrades, made: str = "") -> str:
    """The page as HTML. ``made`` is a line for its footer, such as the date."""
    attention = _attention(grades)
    summaries = [_summary(info, grades.notebooks) for info in grades.assignments]
    return render(
        "report.html.j2",
        course=grades.course,
        made=made,
        students=len(grades.students),
        handed_in=sum(notebook.submitted for notebook in grades.notebooks),
        waiting=sum(notebook.waiting for notebook in grades.notebooks if notebook.submitted),
        attention=[entry for entry in attention if not entry.fixed],
        fixed=[entry for entry in attention if entry.fixed],
        summaries=summaries,
        unprotected=any(summary.unprotected for summary in summaries),
        troubled=[info for info in grades.assignments if info.problems],
        assignments=grades.assignments,
        table=[(student, _entries(grades, student)) for student in grades.students],
        enough=ENOUGH,
        weak=WEAK,
    )


# Which submissions need the teacher's attention -------------------------------------------------------------


def _attention(grades: ClassGrades) -> list[Attention]:
    titles = {info.name: info.title for info in grades.assignments}
    order = {info.name: place for place, info in enumerate(grades.assignments)}
    found = [_attention_to(notebook, titles) for notebook in grades.notebooks if _flag(notebook)]
    return sorted(found, key=lambda entry: (order.get(entry.notebook.assignment, 0), entry.notebook.student))


def _attention_to(notebook: NotebookGrades, titles: dict[str, str]) -> Attention:
    return Attention(
        notebook,
        titles.get(notebook.assignment) or notebook.title or notebook.assignment,
        feedback_address(notebook.student, notebook.assignment),
        _causes(notebook),
        _flag(notebook) == "repaired",
    )


def _causes(notebook: NotebookGrades) -> tuple[str, ...]:
    """Why checks did not finish: one line for each cause, since one dead kernel can affect many checks."""
    stopped: dict[str, list[str]] = defaultdict(list)
    for grade in notebook.grades:
        if grade.outcome in (Outcome.TIMEOUT, Outcome.NOT_RUN):
            stopped[grade.message].append(grade.title or grade.grade_id)
    return tuple(
        f"{titles[0]}{f' and {len(titles) - 1} more' if len(titles) > 1 else ''}: {message}"
        for message, titles in stopped.items()
    )


def _flag(notebook: NotebookGrades) -> str:
    """What is unusual about a submission, in a few words; empty if nothing is."""
    outcomes = {grade.outcome for grade in notebook.grades}
    if notebook.status is Status.UNGRADABLE:
        return "not graded"
    if any(not problem.fixed for problem in notebook.problems):
        return "problem"
    if Outcome.NOT_RUN in outcomes:
        return "did not finish"
    if Outcome.TIMEOUT in outcomes:
        return "too slow"
    return "repaired" if notebook.problems else ""


def _entries(grades: ClassGrades, student: str) -> list[Entry]:
    return [_entry(grades.of(student, info), info) for info in grades.assignments]


def _entry(notebook: NotebookGrades, info: AssignmentInfo) -> Entry:
    max_score = notebook.max_score or info.max_score
    return Entry(notebook, max_score, feedback_address(notebook.student, notebook.assignment), _flag(notebook))


# How an assignment and its checks went ----------------------------------------------------------------------


def _summary(info: AssignmentInfo, notebooks: Sequence[NotebookGrades]) -> Summary:
    handed_in = [notebook for notebook in notebooks if notebook.assignment == info.name and notebook.submitted]
    graded = [notebook for notebook in handed_in if notebook.status is not Status.UNGRADABLE]
    return Summary(
        info,
        len(handed_in),
        sum(notebook.waiting for notebook in graded),
        tuple(_share(notebook.score, notebook.max_score) for notebook in graded),
        _items(graded),
        tuple(notebook.seconds for notebook in graded if notebook.seconds is not None),
        max((notebook.peak_bytes for notebook in graded), default=0),
    )


def _items(notebooks: Sequence[NotebookGrades]) -> tuple[Item, ...]:
    """Every check, hardest first; equally hard ones in the notebook's order."""
    by_check: dict[str, list[tuple[CellGrade, NotebookGrades]]] = defaultdict(list)
    for notebook in notebooks:
        for grade in notebook.grades:
            if grade.kind == "check" and grade.points is not None:
                by_check[grade.grade_id].append((grade, notebook))
    items = [_item(grade_id, pairs) for grade_id, pairs in by_check.items()]
    return tuple(sorted(items, key=lambda item: item.mean))


def _item(grade_id: str, pairs: Sequence[tuple[CellGrade, NotebookGrades]]) -> Item:
    grades = [grade for grade, _ in pairs]
    return Item(
        grade_id,
        grades[0].title or grade_id,
        len(grades),
        sum(grade.full for grade in grades),
        sum(not grade.full and (grade.points or 0) > 0 for grade in grades),
        sum(not grade.points and grade.outcome is Outcome.UNANSWERED for grade in grades),
        statistics.fmean(_share(grade.points or 0.0, grade.max_points) for grade in grades),
        _discrimination(pairs),
        _sentences([grade.message for grade in grades if grade.message and grade.outcome is not Outcome.UNANSWERED]),
        all(grade.protected for grade in grades),
    )


def _discrimination(pairs: Sequence[tuple[CellGrade, NotebookGrades]]) -> float | None:
    """How well a check separates strong students from weak ones: the correlation of its points with all other checks'."""
    if len(pairs) < ENOUGH:
        return None
    own = [grade.points or 0.0 for grade, _ in pairs]
    rest = [notebook.points_of("check") - (grade.points or 0.0) for grade, notebook in pairs]
    try:
        return statistics.correlation(own, rest)
    except statistics.StatisticsError:  # everybody got the same points
        return None


def _share(score: float, max_score: float) -> float:
    return min(1.0, max(0.0, score / max_score)) if max_score > 0 else 0.0


# Messages that differ only in their numbers -----------------------------------------------------------------

_NUMBER = re.compile(r"(?<![\w.])([-−+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?)(?!\w)", re.IGNORECASE)

_LONGEST = 300  # characters; the student's page shows the whole message


def _sentences(messages: Sequence[str], most: int = 3) -> tuple[Sentence, ...]:
    """The most frequent messages. Those that differ only in numbers count as one, with an ellipsis for what varies."""
    alike: dict[tuple[str, ...], list[list[str]]] = defaultdict(list)
    for message in messages:
        pieces = _NUMBER.split(message)  # text, number, text, …, text
        alike[tuple(pieces[::2])].append(pieces)
    frequent = sorted(alike.values(), key=len, reverse=True)[:most]
    return tuple(Sentence(_merged(group), len(group)) for group in frequent)


def _merged(group: list[list[str]]) -> str:
    text = "".join(_common(column) for column in zip(*group, strict=True))
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"


def _common(column: tuple[str, ...]) -> str:
    return column[0] if len(set(column)) == 1 else "…"
