"""Rules on the recap, with which a lecture ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.rule import Place, rule, sentence
from grader.authoring.script import Kind
from grader.authoring.terms import link_terms
from grader.core.errors import AuthoringErrors


@rule("The lecture does not end with a recap.", "Let `## Recap` be its last heading.")
def recap_comes_last(lecture: Lecture) -> Iterator[Place]:
    if not _ends_with_recap(lecture):
        yield Place(lecture.headings[-1].line if lecture.headings else 1)


@rule("The recap has no **{part}**.", "Begin a paragraph with `**{part}**: `.")
def recap_has_next_glossary_and_sources(lecture: Lecture) -> Iterator[Place]:
    if _ends_with_recap(lecture):
        recap = lecture.script.of_kind(Kind.PROSE)[-1]
        for part in ("Next", "Glossary", "Sources"):
            if not re.search(rf"^\*\*{part}\*\*:\s+[^\s*]", recap.source, re.MULTILINE):
                yield Place(recap.line, part=part)


def _ends_with_recap(lecture: Lecture) -> bool:
    return bool(lecture.headings) and lecture.headings[-1].text == "Recap"


@rule("{what}", "{fix}")
def glossary_terms_are_bold_where_they_are_taught(lecture: Lecture) -> Iterator[Place]:
    """The sentences are those of the build, which cannot link such a term."""
    try:
        link_terms(lecture.script)
    except AuthoringErrors as undefined:
        for each in undefined.errors:
            yield Place(each.line, what=sentence(each.what), fix=sentence(each.fix))
