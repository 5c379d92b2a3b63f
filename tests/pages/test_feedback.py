"""A student's page: the messages of executed checks, and that nothing on the page can do harm or give a test away."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.utils import compute_checksum

from grader.core.grades import CellGrade, NotebookGrades, Status
from grader.core.model import Outcome, Problem, Stopped, StopReason
from grader.exam.messages import NO_SENTENCE, UNANSWERED, answer_of, message_of
from grader.exam.stopped import mark_stopped
from grader.pages.feedback import render_feedback, safe_markdown
from grader.pages.render import number, points

SECRET = "assert weighted_sum(7, 7) == 49"


def executed(*errors: tuple[str, str], source: str = SECRET) -> NotebookNode:
    """A code cell that ended with these errors, the check's code in each traceback, as IPython writes it."""
    outputs = [
        new_output("error", ename=name, evalue=value, traceback=[f"\x1b[0;31m{name}\x1b[0m", f"----> 1 {SECRET}"])
        for name, value in errors
    ]
    return new_code_cell(source, execution_count=1, outputs=outputs)


def solution(source: str = "def weighted_sum(x, w):\n    return 1", *errors: tuple[str, str]) -> NotebookNode:
    cell = executed(*errors, source=source)
    cell.metadata["nbgrader"] = {"grade_id": "weighted_sum", "solution": True, "grade": False, "locked": False}
    return cell


def grades(*given: CellGrade, problems: tuple[Problem, ...] = (), **more: float | bool) -> NotebookGrades:
    return NotebookGrades("anna", "03_neuron", "One neuron", given, problems, **more)  # type: ignore[arg-type]


def check(
    points: float | None = 0.0, outcome: Outcome = Outcome.FAILED, message: str = "", title: str = "Exercise 1"
) -> CellGrade:
    return CellGrade("one", title, "check", points, 3, outcome, message)


POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Page(HTMLParser):
    """What a browser would see: the elements, their attributes, the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


# message_of


def test_a_check_without_an_error_has_passed_even_if_it_wrote_to_stderr() -> None:
    cell = executed()
    cell.outputs.append(new_output("stream", name="stderr", text="a warning"))
    assert message_of(cell, solution()) == (Outcome.PASSED, "")


def test_a_failed_check_gives_the_authors_message_and_nothing_else() -> None:
    sentence = "The shape is (3,), not (3, 1).\nLook at the axis."
    assert message_of(executed(("AssertionError", sentence)), solution()) == (Outcome.FAILED, sentence)


def test_an_assert_without_a_message_gets_a_neutral_one() -> None:
    assert message_of(executed(("AssertionError", "")), solution()) == (Outcome.FAILED, NO_SENTENCE)


def test_a_stub_that_is_called_is_unanswered() -> None:
    assert message_of(executed(("NotImplementedError", "")), solution()) == (Outcome.UNANSWERED, UNANSWERED)


@pytest.mark.parametrize(
    "cell",
    [
        solution("raise NotImplementedError()"),
        solution("x = 1", ("NotImplementedError", "")),
        solution("# YOUR CODE HERE"),
    ],
    ids=["source", "error", "checksum"],
)
def test_a_missing_name_is_unanswered_while_the_cell_is_still_the_stub(cell: NotebookNode) -> None:
    cell.metadata.nbgrader["checksum"] = compute_checksum(cell) if "YOUR CODE" in cell.source else "another"
    error = executed(("NameError", "name 'weighted_sum' is not defined"))
    assert message_of(error, cell) == (Outcome.UNANSWERED, UNANSWERED)


def test_a_missing_name_is_an_error_once_the_student_has_written_something() -> None:
    cell = solution("def weigthed_sum(x, w):\n    return 1")
    cell.metadata.nbgrader["checksum"] = "of the stub"
    outcome, message = message_of(executed(("NameError", "name 'weighted_sum' is not defined")), cell)
    assert outcome is Outcome.ERROR
    assert message == "Your code stopped with NameError: name 'weighted_sum' is not defined"


def test_a_solution_cell_with_an_error_is_named_as_the_cause() -> None:
    broken = solution("def f(:", ("SyntaxError", "invalid syntax (1839.py, line 1)"))
    outcome, message = message_of(executed(("NameError", "name 'f' is not defined")), broken)
    assert outcome is Outcome.ERROR
    assert message == (
        "The cell of this exercise stopped with SyntaxError: invalid syntax (line 1), so the check could not run."
    )


def test_an_error_is_cut_to_300_characters_without_colours() -> None:
    _, message = message_of(executed(("ValueError", "\x1b[1;31mbad\x1b[0m " + "x" * 1000)), solution())
    assert message.startswith("Your code stopped with ValueError: bad xxx")
    assert len(message) == len("Your code stopped with ValueError: ") + 300


@pytest.mark.parametrize(
    ("stopped", "words"),
    [
        (Stopped(StopReason.CELL_TIME, 4), "stopped after 4 seconds."),
        (Stopped(StopReason.CELL_TIME, 1), "stopped after 1 second."),
        (Stopped(StopReason.NOTEBOOK_TIME, 62.5), "stopped after 62.5 seconds."),
    ],
)
def test_a_timeout_says_how_long_the_check_ran(stopped: Stopped, words: str) -> None:
    check = executed(("KeyboardInterrupt", ""))
    mark_stopped(check, stopped)
    outcome, message = message_of(check, solution())
    assert outcome is Outcome.TIMEOUT
    assert words in message


@pytest.mark.parametrize(
    "value",
    ["", f"A cell timed out while it was being executed, after 4 seconds.\n{SECRET}", "stopped after 4 s"],
)
def test_a_timeout_without_a_record_is_said_without_a_number(value: str) -> None:
    # As in a notebook that stock nbgrader ran: nobody but its student may have written the error's text.
    outcome, message = message_of(executed(("KeyboardInterrupt", ""), ("CellTimeoutError", value)), solution())
    assert outcome is Outcome.TIMEOUT
    assert "stopped because it took too long." in message
    assert "4" not in message


def test_a_solution_cell_that_times_out_is_a_timeout_of_its_check() -> None:
    slow = solution("while True: pass", ("KeyboardInterrupt", ""), ("CellTimeoutError", ""))
    assert message_of(executed(("NameError", "name 'f' is not defined")), slow)[0] is Outcome.TIMEOUT


def test_a_dead_kernel_is_not_the_students_fault() -> None:
    assert message_of(executed(("DeadKernelError", "Kernel died")), solution())[0] is Outcome.NOT_RUN


@pytest.mark.parametrize(
    "name", ["AssertionError", "NameError", "TypeError", "NotImplementedError", "CellTimeoutError", "DeadKernelError"]
)
@pytest.mark.parametrize("cause", [None, "SyntaxError", "CellTimeoutError", "DeadKernelError"])
def test_neither_the_checks_code_nor_a_traceback_is_shown(name: str, cause: str | None) -> None:
    # nbclient puts the cell's code into a timeout's text; other texts are Python's or the author's.
    value = f"preview of the cell: {SECRET}" if name == "CellTimeoutError" else ""
    answer = solution("x = 1", (cause, f"preview: {SECRET}" if "Cell" in cause else "")) if cause else solution()
    _, message = message_of(executed((name, value)), answer)
    assert message
    assert "assert" not in message
    assert "49" not in message


def test_manually_graded_code_is_fenced_so_that_it_cannot_break_out() -> None:
    fenced = answer_of(new_code_cell("x = '''```'''"))
    assert fenced.startswith("````python\n")
    assert fenced.endswith("\n````")
    assert answer_of(new_markdown_cell("*text*")) == "*text*"


# Marks


def test_the_score_counts_manual_points_and_the_late_penalty_but_not_ungraded_cells() -> None:
    given = grades(
        check(3), CellGrade("w", "W", "written", 2, 4), CellGrade("v", "V", "written", None, 5), late_penalty=1.5
    )
    assert (given.points, given.score, given.max_score, given.waiting) == (5, 3.5, 12, 5)
    assert grades(check(1), late_penalty=2).score == 0


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (grades(check(3)), Status.GRADED),
        (grades(check(3), CellGrade("w", "W", "written", None, 4)), Status.WAITING),
        (grades(CellGrade("w", "W", "written", None, 4)), Status.WAITING),
        (grades(), Status.UNGRADABLE),
        (grades(check(None), CellGrade("w", "W", "written", None, 4)), Status.UNGRADABLE),
        (grades(submitted=False), Status.MISSING),
    ],
)
def test_the_status_distinguishes_ungraded_work_from_work_that_could_not_be_graded(
    given: NotebookGrades, status: Status
) -> None:
    assert given.status is status


def test_points_are_written_without_superfluous_digits() -> None:
    assert [number(value) for value in (3.0, 2.5, 1 / 3, -0.001, 10, 100.0)] == ["3", "2.5", "0.33", "0", "10", "100"]
    assert (points(1), points(2.5)) == ("1 point", "2.5 points")


# The page


def test_the_page_shows_the_score_the_ungraded_points_and_every_message() -> None:
    text = Page(
        render_feedback(
            grades(
                check(3, Outcome.PASSED),
                check(0, message="The bias is missing.", title="Exercise 2"),
                CellGrade("w", "Question 3", "written", None, 4, answer="because **so**"),
                CellGrade("v", "Question 4", "written", 1, 2, comment="Say why."),
                problems=(Problem("A copied cell was left out.", True), Problem("A check was deleted.")),
                late_penalty=1,
            )
        )
    ).text
    for words in (
        "4 points not graded yet",
        "1 point was taken off",
        "The bias is missing.",
        "Not right yet",
        "Full marks",
        "because so",
        "Say why.",
        "A copied cell was left out.",
        "A check was deleted.",
    ):
        assert words in text
    assert "3 of 12 points" in " ".join(text.split())


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.FAILED, "Not right yet"),
        (Outcome.ERROR, "Stopped with an error"),
        (Outcome.TIMEOUT, "Took too long"),
        (Outcome.UNANSWERED, "Not answered"),
        (Outcome.NOT_RUN, "Could not run"),
    ],
)
def test_every_outcome_is_worded_differently(outcome: Outcome, words: str) -> None:
    assert words in Page(render_feedback(grades(check(0, outcome)))).text


def test_the_checks_of_one_exercise_share_a_card_and_add_up() -> None:
    page = Page(render_feedback(grades(check(3, Outcome.PASSED), check(0, message="Too large."))))
    assert page.tags.count("article") == 1
    assert page.text.count("Exercise 1") == 1
    assert "3 / 6" in page.text
    assert "Check 2 of 2: not right yet" in page.text


def test_a_notebook_that_could_not_be_graded_shows_no_score() -> None:
    text = Page(render_feedback(grades(problems=(Problem("It is not a notebook."),)))).text
    assert "could not be graded" in text
    assert "It is not a notebook." in text
    assert "0 of 0" not in text


def test_the_page_needs_and_allows_nothing_from_elsewhere() -> None:
    picture = CellGrade("w", "W", "written", 1, 1, answer="![p](http://e.org/p.png)")
    page = Page(render_feedback(grades(check(message="x"), picture)))
    assert ("content", POLICY) in page.attributes
    assert ("lang", "en") in page.attributes
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name in ("src", "href") or name.startswith("on")]


def test_an_unprotected_check_is_marked_and_explained_once() -> None:
    passed, failed = check(3, Outcome.PASSED, title="Exercise 1"), check(0, message="No.", title="Exercise 2")
    assert "not protected" not in Page(render_feedback(grades(passed, failed))).text
    for few in ([replace(passed, protected=False), failed], [passed, passed, replace(passed, protected=False)]):
        text = Page(render_feedback(grades(*few))).text
        assert text.count("not protected") == 2, "once at the check, once in the explanation"
        assert text.count("so it could be tampered with") == 1


HOSTILE = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"


def test_hostile_text_is_shown_as_text_everywhere() -> None:
    grade = CellGrade(HOSTILE, HOSTILE, "check", 0, 1, Outcome.FAILED, f"{HOSTILE} `{HOSTILE}`", HOSTILE, HOSTILE)
    page = Page(render_feedback(NotebookGrades(HOSTILE, HOSTILE, HOSTILE, (grade,), (Problem(HOSTILE),)), HOSTILE))
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "{{ 7 * 7 }}" in page.text


def test_a_lone_surrogate_does_not_stop_the_page_from_being_written() -> None:
    assert render_feedback(NotebookGrades("\ud800", "a", "b")).encode("utf-8")


def test_a_written_answer_keeps_its_formatting_and_loses_links_and_html() -> None:
    html = safe_markdown(
        "**bold** and `x < y` and $a_1 < a_2$\n\n- one\n- two\n\n<b onclick=x>raw</b> [here](javascript:alert(1)) <https://e.org>"
    )
    assert "<strong>bold</strong>" in html
    assert "<code>x &lt; y</code>" in html
    assert "<code>a_1 &lt; a_2</code>" in html
    assert "<li>one</li>" in html
    page = Page(html)
    assert page.attributes == []
    assert not {"a", "b", "script"} & set(page.tags)
    assert "raw" in page.text
    assert "here" in page.text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror='alert(1)'>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<form action='//e.org'><input><button>",
        "<base href='//e.org'><meta http-equiv=refresh content='0; url=//e.org'><link rel=stylesheet href='//e.org'>",
        "<style>@import '//e.org'</style><p style='background: url(//e.org)'>",
        "<math><a xlink:href='javascript:alert(1)'>x</a></math>",
        "[x](javascript:alert(1)) ![x](//e.org) [x]: <data:text/html,x>",
        "```mermaid\n</pre><img src=x onerror=alert(1)>\n```",
        "$</code><script>alert(1)</script>$ and $$</pre><script>alert(1)</script>$$",
        "<!--><script>alert(1)</script>--> <![CDATA[<script>alert(1)</script>]]>",
    ],
)
def test_nothing_in_an_answer_is_active_in_a_browser(text: str) -> None:
    page = Page(safe_markdown(text))
    assert page.attributes == []
    assert set(page.tags) <= {"p", "code", "pre", "em", "strong", "br"}


def test_an_answer_that_breaks_the_parser_is_shown_as_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> str:
        raise KeyError(text)

    monkeypatch.setattr("grader.pages.feedback._markdown", lambda: broken)
    assert safe_markdown("a <b>") == "<pre>a &lt;b&gt;</pre>"


def test_a_very_long_answer_is_cut() -> None:
    assert len(safe_markdown("word " * 100_000)) < 25_000
