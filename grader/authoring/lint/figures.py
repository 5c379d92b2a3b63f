"""Rules on figures: each has an alternative text that a listener learns something from.

Titles and labels are not read from the code: `show` refuses a figure without them when the lecture is built. A text that the
code puts together is `show`'s to judge, too; here only one that can be read in the script.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.passages import string_of
from grader.authoring.lint.rule import Place, rule
from grader.authoring.script import Kind

SHORTEST = 40  # characters; a sentence that describes a figure is longer


@rule("A figure is shown without an alternative text.", 'Write `show(fig, "What can be seen in it.")`.')
def figures_have_alternative_texts(lecture: Lecture) -> Iterator[Place]:
    for line, alt in _shown(lecture):
        if alt is None:
            yield Place(line)


@rule("The alternative text “{alt}” says little.", "Say what can be seen in the figure, in one to three sentences.")
def alternative_texts_describe_the_figure(lecture: Lecture) -> Iterator[Place]:
    for line, alt in _texts(lecture):
        if len(alt) <= SHORTEST:
            yield Place(line, alt=alt)


@rule("The alternative text begins “{start}…”.", "A listener knows that it is a figure. Begin with what it shows.")
def alternative_texts_begin_with_what_is_shown(lecture: Lecture) -> Iterator[Place]:
    for line, alt in _texts(lecture):
        if re.match(r"(an? |the )?(figure|image|picture|photo|graphic) (of|with|show)", alt, re.IGNORECASE):
            yield Place(line, start=alt[:20])


@rule("The alternative text ends “…{end}”.", "End it with a full stop, since it is read aloud.")
def alternative_texts_end_with_a_full_stop(lecture: Lecture) -> Iterator[Place]:
    for line, alt in _texts(lecture):
        if not alt.endswith("."):
            yield Place(line, end=alt[-20:])


def _texts(lecture: Lecture) -> Iterator[tuple[int, str]]:
    """The alternative texts that can be read: strings in the code, and those of images in the prose."""
    for line, alt in _shown(lecture):
        text = string_of(alt) if alt is not None else None
        if text is not None:
            yield line, " ".join(text.split())
    for passage in lecture.prose:
        for image in passage.markdown.images:
            yield passage.place(image.start).line, " ".join(image.alt.split())


def _shown(lecture: Lecture) -> Iterator[tuple[int, ast.expr | None]]:
    """Each call that shows a figure, and its alternative text. Figures of exercises are the students'."""
    for cell, call in lecture.calls:
        if cell.kind in (Kind.GIVEN, Kind.DEMO) and ast.unparse(call.func) in ("show", "plt.show"):
            by_name = {each.arg: each.value for each in call.keywords}
            second = call.args[1] if len(call.args) > 1 else None
            yield cell.line + call.lineno, by_name.get("alt", second)
