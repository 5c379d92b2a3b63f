"""The teacher's page: which submissions need attention, how each assignment and check went, every score."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.core.grades import AssignmentInfo, CellGrade, ClassGrades, NotebookGrades
from grader.core.model import Outcome, Problem
from grader.pages.report import ENOUGH, Item, _items, _sentences, _summary, render_report

NEURON = AssignmentInfo("03_neuron", "One neuron", 10)
LOSSES = AssignmentInfo("06_losses", "Losses", 5)


def check(grade_id: str, points: float | None, outcome: Outcome | None = None, message: str = "") -> CellGrade:
    return CellGrade(grade_id, f"Exercise {grade_id}", "check", points, 5, outcome, message)


def notebook(
    student: str, *grades: CellGrade, problems: tuple[Problem, ...] = (), submitted: bool = True
) -> NotebookGrades:
    return NotebookGrades(student, "03_neuron", "One neuron", grades, problems, submitted=submitted)


def report(*notebooks: NotebookGrades) -> str:
    return render_report(ClassGrades("Neural networks", (NEURON, LOSSES), notebooks))


POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def test_every_student_has_a_row_with_scores_and_what_was_not_handed_in() -> None:
    page = Page(
        report(notebook("ben", check("a", 5), check("b", 2)), notebook("anna", check("a", 5), check("b", None)))
    )
    rows = page.text[page.text.rindex("Student") :]
    assert rows.index("anna") < rows.index("ben")
    assert "anna 5 / 10 + 5 waiting not handed in" in rows
    assert "ben 7 / 10 not handed in" in rows


def test_a_score_links_to_the_students_page_whatever_the_name() -> None:
    page = Page(report(notebook("o'neil/../<x> ä", check("a", 5))))
    links = [value for name, value in page.attributes if name == "href"]
    assert "feedback/o%27neil%2F..%2F%3Cx%3E%20%C3%A4/03_neuron/03_neuron.html" in links


def test_mean_median_and_distribution_ignore_what_could_not_be_graded() -> None:
    given = [notebook(str(points), check("a", points), check("b", 5)) for points in (0, 1, 5)]
    summary = _summary(NEURON, [*given, notebook("broken"), notebook("absent", submitted=False)])
    assert (summary.handed_in, len(summary.shares)) == (4, 3)
    assert summary.mean == pytest.approx((5 + 6 + 10) / 3)
    assert summary.median == pytest.approx(6)
    assert summary.counts == [0, 0, 0, 0, 0, 1, 1, 0, 0, 1]


def test_checks_are_counted_and_the_hardest_comes_first() -> None:
    given = [
        notebook("1", check("easy", 5, Outcome.PASSED), check("hard", 0, Outcome.UNANSWERED, "Not answered.")),
        notebook("2", check("easy", 5, Outcome.PASSED), check("hard", 2, Outcome.PASSED)),
        notebook("3", check("easy", 0, Outcome.FAILED, "Too large."), check("hard", 0, Outcome.FAILED, "Too small.")),
    ]
    hard, easy = _items(given)
    assert (hard.grade_id, hard.full, hard.part, hard.lost, hard.unanswered) == ("hard", 0, 1, 1, 1)
    assert (easy.grade_id, easy.full, easy.part, easy.lost, easy.unanswered) == ("easy", 2, 0, 1, 0)
    assert [sentence.text for sentence in hard.sentences] == ["Too small."]


def test_messages_that_differ_only_in_numbers_are_counted_together() -> None:
    alike = [f"For x = (1, 3) you return {value}, see `w1`." for value in ("-7", "2.5", "1e-3")]
    first, second = _sentences([*alike, "Something else."])
    assert (first.text, first.count) == ("For x = (1, 3) you return …, see `w1`.", 3)
    assert (second.text, second.count) == ("Something else.", 1)


def test_a_check_that_only_strong_students_pass_has_a_high_discrimination() -> None:
    def items(count: int) -> dict[str, Item]:
        strong = [index % 2 * 5 for index in range(count)]
        given = [
            notebook(str(i), *(check(name, p) for name in "abc"), check("same", 5), check("against", 5 - p))
            for i, p in enumerate(strong)
        ]
        return {item.grade_id: item for item in _items(given)}

    found = items(ENOUGH)
    assert found["a"].discrimination == pytest.approx(1)
    assert found["against"].discrimination == pytest.approx(-1)
    assert found["same"].discrimination is None
    assert items(ENOUGH - 1)["a"].discrimination is None


def test_submissions_that_need_attention_are_listed_apart_from_repaired_ones() -> None:
    slow = [check(name, 0, Outcome.TIMEOUT, "Stopped after 60 s.") for name in "ab"]
    page = Page(
        report(
            notebook("broken", problems=(Problem("It is not a notebook."),)),
            notebook("slow", *slow),
            notebook("fixed", check("a", 5), problems=(Problem("A copied cell was left out.", True),)),
            notebook("fine", check("a", 5)),
        )
    )
    assert "notebooks need your attention 2" in page.text
    section = page.text[page.text.rindex("Needs your attention") : page.text.index("Checks, hardest")]
    needs, _, repaired = section.partition("1 notebook repaired automatically")
    assert "broken · One neuron · could not be graded It is not a notebook." in needs
    assert "Exercise a and 1 more: Stopped after 60 s." in needs
    assert "fixed · One neuron A copied cell was left out." in repaired
    assert "fine" not in needs + repaired


def test_an_unprotected_check_is_marked_and_its_reason_given() -> None:
    info = replace(NEURON, unprotected={"b": "the examiner had no `plt`"}, problems=("No full points for c.",))
    given = notebook(
        "ada", check("a", 5), replace(check("b", 5), protected=False), replace(check("c", 5), protected=False)
    )
    text = Page(render_report(ClassGrades("Neural networks", (info, LOSSES), (given,)))).text
    assert text.count("so it could be tampered with") == 1
    assert "Exercise b b not protected" in text and "Exercise c c not protected" in text
    assert "Exercise a a not protected" not in text
    assert "b the examiner had no plt" in text
    assert "The assignment itself · One neuron No full points for c." in text
    assert "not protected" not in Page(report(notebook("ada", check("a", 5)))).text


def test_time_and_memory_are_shown_with_each_score_and_in_the_summary() -> None:
    quick = replace(notebook("ada", check("a", 5)), seconds=0.44, peak_bytes=90 << 20)
    slow = replace(notebook("ben", check("a", 5)), seconds=200.0, peak_bytes=1536 << 20)
    text = Page(report(quick, slow, notebook("eve", check("a", 5)))).text
    assert "ada 5 / 5 0.4 s · 90 MB" in text and "ben 5 / 5 3 min 20 s · 1.5 GB" in text
    assert "eve 5 / 5 not handed in" in text
    assert "median time 1 min 40 s longest 3 min 20 s peak memory 1.5 GB" in text


@pytest.mark.parametrize("count", [0, 1, 500])
def test_any_number_of_students_makes_a_page(count: int) -> None:
    page = Page(report(*(notebook(f"s{i}", check("a", i % 6)) for i in range(count))))
    assert page.tags.count("tr") == (count + 1 if count else 0)


def test_hostile_names_and_messages_are_shown_as_text() -> None:
    hostile = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    grade = CellGrade(hostile, hostile, "check", 0, 1, Outcome.TIMEOUT, hostile)
    given = NotebookGrades("\ud800" + hostile, hostile, hostile, (grade,), (Problem(hostile),))
    html = render_report(ClassGrades(hostile, (AssignmentInfo(hostile, hostile, 1),), (given,)), hostile)
    page = Page(html)
    assert html.encode("utf-8")
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert ("content", POLICY) in page.attributes
