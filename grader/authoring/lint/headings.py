"""Rules on headings: one title, and no level left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.rule import Place, rule
from grader.authoring.script import Kind


@rule("The lecture does not begin with its title.", "Begin with `# Lecture NN: …`.")
def title_comes_first(lecture: Lecture) -> Iterator[Place]:
    first = lecture.script.cells[0]
    if first.kind is not Kind.PROSE or not first.source.lstrip().startswith("# "):
        yield Place(first.line)


@rule("“{text}” is a second title.", "A lecture has one `#`. Write `##` for a part.")
def title_is_the_only_one(lecture: Lecture) -> Iterator[Place]:
    for heading in [each for each in lecture.headings if each.level == 1][1:]:
        yield Place(heading.line, text=heading.text)


@rule("“{text}” is of level {level}, below one of level {above}.", "Write it with {wanted}.")
def no_level_is_skipped(lecture: Lecture) -> Iterator[Place]:
    for above, heading in pairwise(lecture.headings):
        if heading.level > above.level + 1:
            wanted = "#" * (above.level + 1)
            yield Place(heading.line, text=heading.text, level=heading.level, above=above.level, wanted=wanted)
