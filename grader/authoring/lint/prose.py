"""Rules on any text: no padding, no slips of the keyboard, nothing left open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.authoring.lint.markdown import BLANK
from grader.authoring.lint.passages import Passage
from grader.authoring.lint.rule import Place, rule

PADDING = re.compile(
    r"\b(it is (important|worth|crucial|essential)( to)? (note|noting|mention|mentioning|remember)|it should be noted|"
    r"in this (module|chapter|course,? we will|notebook,? we)|let['’]s dive|let us dive|dive (deeper )?into|delve|"
    r"we (will|are going to|shall) (explore|discuss|learn|see how)|needless to say|as we all know|as you (may|might) know|"
    r"in conclusion|in summary|simply put|at the end of the day|the world of|plays? a (crucial|vital|key) role|"
    r"a wide (range|variety) of|in order to)\b",
    re.IGNORECASE,
)


@rule("“{phrase}” says nothing.", "Leave it out, or say what you mean.")
def no_padding(passage: Passage) -> Iterator[Place]:
    for phrase in PADDING.finditer(re.sub(r"(?<=\S)\n(?=\S)", " ", passage.markdown.words)):
        yield passage.place(phrase.start(), phrase=phrase[0])


@rule("“{words}”: the same word twice.", "Write it once.")
def no_doubled_words(passage: Passage) -> Iterator[Place]:
    if not passage.prose and not re.search(r"[.?!:]\W*$", passage.text):
        return  # a string that is not a sentence may be data
    # “The the” is a slip, “and AND” is not.
    doubled = re.compile(r"\b(?:((?i:[a-z]))([a-z]+)[ \n]+(?i:\1)\2|a[ \n]+a)\b(?!['’-])")
    for words in doubled.finditer(passage.markdown.words):
        if "\n\n" not in words[0]:
            yield passage.place(words.start(), words=" ".join(words[0].split()))


@rule("`{note}` is a note to yourself.", "Do what it says, or leave it out.")
def no_notes_to_self(passage: Passage) -> Iterator[Place]:
    for note in re.finditer(r"\b(TODO|FIXME|XXX|TBD|Lorem ipsum)\b", passage.markdown.words):
        yield passage.place(note.start(), note=note[0])


@rule("The prose has an exclamation mark.", "End the sentence with a full stop.")
def no_exclamation_marks(passage: Passage) -> Iterator[Place]:
    if passage.prose:
        for mark in re.finditer(r"(?<=[\w)\]”\"'’*])!(?![=\[\w])", passage.markdown.words):
            yield passage.place(mark.start())


@rule("There are two spaces between two words.", "Write one.")
def no_double_spaces(passage: Passage) -> Iterator[Place]:
    if passage.prose:
        for gap in re.finditer(r"(?<=[.?!:;,]) {2,}(?=[^\s|])", passage.markdown.words):
            yield passage.place(gap.start())


@rule("A backtick has no partner.", "Close the code, or take the backtick out.")
def code_is_closed(passage: Passage) -> Iterator[Place]:
    left = _left_open(passage).find("`")
    if left >= 0:
        yield passage.place(left)


@rule("A `$` has no partner.", "Close the formula, or write `\\$` for money.")
def formulas_are_closed(passage: Passage) -> Iterator[Place]:
    left = _left_open(passage).find("$")
    if left >= 0:
        yield passage.place(left)


def _left_open(passage: Passage) -> str:
    """The text without everything that Markdown has read as closed."""
    return re.sub(r"\\[`$]", BLANK * 2, passage.markdown.words) if passage.prose else ""
