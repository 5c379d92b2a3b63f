"""The feedback page of one student: the score of each exercise, and a helpful message for every lost point.

In: `NotebookGrades`. Out: one HTML page that needs no other file, no network and no script. It never shows the source of a
check or a traceback.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import nh3
from markupsafe import Markup, escape

from grader.core.grades import CellGrade, NotebookGrades, Status
from grader.core.model import Outcome
from grader.pages.render import points, render

_LONGEST_ANSWER = 20_000  # characters: parsing Markdown of unlimited length is not safe

# The symbol in templates/_shared.html.j2, and the words beside it.
_LOST = {
    Outcome.PASSED: ("cross", "no points"),
    Outcome.FAILED: ("cross", "not right yet"),
    Outcome.ERROR: ("bang", "stopped with an error"),
    Outcome.TIMEOUT: ("clock", "took too long"),
    Outcome.UNANSWERED: ("open", "not answered"),
    Outcome.NOT_RUN: ("bang", "could not run"),
}


@dataclass(frozen=True)
class Part:
    """One graded cell on the page. ``symbol`` and ``word`` say the same thing, so that nothing depends on colour."""

    grade: CellGrade
    label: str
    symbol: str
    word: str
    answer: Markup


@dataclass(frozen=True)
class Card:
    """An exercise: all graded cells under one heading, added up."""

    title: str
    parts: tuple[Part, ...]

    @property
    def earned(self) -> float | None:
        """The points given so far; None if nothing has been graded yet."""
        given = [part.grade.points for part in self.parts if part.grade.points is not None]
        return float(sum(given)) if given else None

    @property
    def max_points(self) -> float:
        return float(sum(part.grade.max_points for part in self.parts))

    @property
    def unprotected(self) -> bool:
        """Whether any of its checks ran in the process that runs the student's code."""
        return any(not part.grade.protected for part in self.parts)

    @property
    def all_full(self) -> bool:
        """Whether the card can say "full marks" once instead of once for each part."""
        return all(part.symbol == "tick" and not (part.answer or part.grade.comment) for part in self.parts)

    @property
    def symbol(self) -> str:
        """The symbol of its parts if they agree; otherwise half if there are points, else the most serious one."""
        symbols = {part.symbol for part in self.parts}
        return symbols.pop() if len(symbols) == 1 else "half" if self.earned else _worst(symbols)


@dataclass(frozen=True)
class Bar:
    """The score as a bar, in per cent of its length: the points earned, then the points still to be graded."""

    earned: float
    waiting: float


def render_feedback(notebook: NotebookGrades, course: str = "") -> str:
    """The page as HTML. All text is escaped; written answers are rendered as Markdown without raw HTML."""
    return render(
        "feedback.html.j2",
        notebook=notebook,
        course=course,
        cards=_cards(notebook.grades),
        bar=_bar(notebook),
        ungradable=notebook.status is Status.UNGRADABLE,
        missing=notebook.status is Status.MISSING,
    )


def _cards(grades: tuple[CellGrade, ...]) -> list[Card]:
    """Neighbouring cells under the same heading share a card. The title of a cell without a heading is its id."""
    groups = itertools.groupby(grades, key=lambda grade: grade.title or grade.grade_id)
    return [Card(title, tuple(_parts(list(group)))) for title, group in groups]


def _parts(grades: list[CellGrade]) -> list[Part]:
    checks = sum(grade.kind == "check" for grade in grades)
    numbers = itertools.count(1)
    return [_part(grade, _label(grade, checks, numbers) if len(grades) > 1 else "") for grade in grades]


def _label(grade: CellGrade, checks: int, numbers: itertools.count[int]) -> str:
    if grade.kind == "written":
        return "Written answer"
    return f"Check {next(numbers)} of {checks}" if checks > 1 else "Check"


def _part(grade: CellGrade, label: str) -> Part:
    symbol, word = _symbol_and_word(grade)
    return Part(grade, label, symbol, word, safe_markdown(grade.answer))


def _symbol_and_word(grade: CellGrade) -> tuple[str, str]:
    if grade.points is None:
        return "wait", f"{points(grade.max_points)} still to be graded"
    if grade.full:
        return "tick", "full marks"
    if grade.points > 0:
        return "half", "partly right"
    return _LOST[grade.outcome] if grade.outcome else ("cross", "no points")


def _worst(symbols: set[str]) -> str:
    return next(symbol for symbol in ("bang", "clock", "cross", "open", "half", "wait", "tick") if symbol in symbols)


def _bar(notebook: NotebookGrades) -> Bar:
    if notebook.max_score <= 0:
        return Bar(0.0, 0.0)
    earned = min(100.0, 100 * notebook.score / notebook.max_score)
    return Bar(earned, min(100.0 - earned, 100 * notebook.waiting / notebook.max_score))


# Written answers --------------------------------------------------------------------------------------------

_TAGS = {"p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "del", "h4", "h5", "h6"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


def safe_markdown(text: str) -> Markup:
    """A student's Markdown as HTML: raw HTML is escaped, and only safe tags are kept, without attributes.

    Links and pictures become plain text. Text that cannot be parsed is shown as it was typed.
    """
    if not text.strip():
        return Markup("")
    cut = text if len(text) <= _LONGEST_ANSWER else text[:_LONGEST_ANSWER].rstrip() + " …"
    try:
        html = _markdown()(cut)
    except Exception:  # one answer that breaks the parser must not stop the pages of a whole class
        html = f"<pre>{escape(cut)}</pre>"
    return Markup(nh3.clean(html, tags=_TAGS, attributes={}))


@functools.cache
def _markdown() -> Callable[[str], str]:
    import mistune

    class Plain(mistune.HTMLRenderer):
        """Headings of lower levels than the page's own, and pictures as their text."""

        def heading(self, text: str, level: int, **attributes: object) -> str:
            tag = f"h{min(6, level + 3)}"
            return f"<{tag}>{text}</{tag}>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return text

    markdown = mistune.create_markdown(renderer=Plain(escape=True), plugins=["math", "table", "strikethrough"])
    renderer = markdown.renderer
    assert renderer is not None
    # Formulas are shown as they were typed: the page has no script to typeset them.
    renderer.register("inline_math", lambda _, formula: f"<code>{escape(formula)}</code>")
    renderer.register("block_math", lambda _, formula: f"<pre>{escape(formula)}</pre>")
    return lambda text: str(markdown(text))
