"""Rules on numbers: the lecture's in its title, and the parts, exercises and questions counted from one.

A lecture's number may have a letter: ``13a_vision`` holds Exercise 13a.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.authoring.lint.lecture import HeadingLine, Lecture
from grader.authoring.lint.rule import Place, rule

NUMBERED = ("Exercise", "Question")


@rule("The name of the lecture has no number.", "Call the script NN_name.py, such as 03_neuron.py or 13a_vision.py.")
def name_begins_with_a_number(lecture: Lecture) -> Iterator[Place]:
    if not lecture.number:
        yield Place(1)


@rule("The title “{text}” does not carry the lecture's number.", "Write `# Lecture {number}: …`.")
def title_carries_the_lectures_number(lecture: Lecture) -> Iterator[Place]:
    for heading in lecture.headings[:1]:
        if lecture.number and not heading.text.startswith(f"Lecture {lecture.number}: "):
            yield Place(heading.line, text=heading.text, number=lecture.number)


@rule("“{text}” comes after part {before}.", "Number it {wanted}, and count on from there.")
def parts_count_up(lecture: Lecture) -> Iterator[Place]:
    parts = [(each, re.match(r"(\d+)\. ", each.text)) for each in lecture.headings if each.level == 2]
    yield from _first_out_of_order([(heading, int(number[1])) for heading, number in parts if number])


@rule("“{text}” has no number.", "Write `### {word} {number}.1: …`.")
def exercises_are_numbered(lecture: Lecture) -> Iterator[Place]:
    for heading in lecture.headings:
        word = re.match(rf"({'|'.join(NUMBERED)})\b(?! \w+\.\d)", heading.text)
        if word:
            yield Place(heading.line, text=heading.text, word=word[1], number=lecture.short_number)


@rule("“{text}” is not written as an exercise of this lecture.", "Write `### {word} {number}.{count}: …`.")
def exercises_carry_the_lectures_number(lecture: Lecture) -> Iterator[Place]:
    for heading, word, number, count in _exercises(lecture):
        right = heading.text.startswith(f"{word} {lecture.short_number}.{count}: ")
        if number != lecture.short_number or heading.level != 3 or not right:
            yield Place(heading.line, text=heading.text, word=word, number=lecture.short_number, count=count)


@rule("“{text}” comes after number {before}.", "Number it {wanted}, and count on from there.")
def exercises_count_up(lecture: Lecture) -> Iterator[Place]:
    for word in NUMBERED:
        counted = [(heading, count) for heading, found, _, count in _exercises(lecture) if found == word]
        yield from _first_out_of_order(counted)


def _exercises(lecture: Lecture) -> Iterator[tuple[HeadingLine, str, str, int]]:
    for heading in lecture.headings:
        found = re.match(rf"({'|'.join(NUMBERED)}) (\w+)\.(\d+)\b", heading.text)
        if found:
            yield heading, found[1], found[2], int(found[3])


def _first_out_of_order(counted: list[tuple[HeadingLine, int]]) -> Iterator[Place]:
    for wanted, (heading, number) in enumerate(counted, start=1):
        if number != wanted:
            yield Place(heading.line, text=heading.text, before=wanted - 1, wanted=wanted)
            return
