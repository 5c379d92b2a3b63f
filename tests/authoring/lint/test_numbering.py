"""Numbers of lectures, parts and exercises, with a letter or without."""

from __future__ import annotations

import pytest

from grader.authoring.lint.numbering import (
    exercises_are_numbered,
    exercises_carry_the_lectures_number,
    exercises_count_up,
    name_begins_with_a_number,
    parts_count_up,
    title_carries_the_lectures_number,
)
from tests.authoring.lint.samples import TITLE, Samples, assert_found, each, lecture, prose

COUNTED = TITLE + prose("### Exercise 4.1: a", "### Question 4.1: b", "### Exercise 4.2: c")
SAMPLES: Samples = {
    title_carries_the_lectures_number: [
        (TITLE, None),
        (prose("# Lecture 05: trial"), "does not carry the lecture's number"),
        (prose("# One neuron"), "does not carry the lecture's number. Write `# Lecture 04: …`"),
    ],
    parts_count_up: [
        (TITLE + prose("## Why", "## 1. A", "## 2. B", "## Recap"), None),
        (TITLE + prose("## 1. A", "## 3. B", "## 4. C"), "“3. B” comes after part 1. Number it 2"),
        (TITLE + prose("## 1. A", "## 2. B", "## 2. C"), "“2. C” comes after part 2"),
    ],
    exercises_are_numbered: [
        (COUNTED, None),
        (TITLE + prose("### Exercise: a"), "“Exercise: a” has no number. Write `### Exercise 4.1: …`"),
    ],
    exercises_carry_the_lectures_number: [
        (COUNTED, None),
        (TITLE + prose("### Exercise 3.1: a"), "is not written as an exercise of this lecture"),
        (TITLE + prose("### Exercise 4a.1: a"), "Write `### Exercise 4.1: …`"),
        (TITLE + prose("### Exercise 4.1 a"), "Write `### Exercise 4.1: …`"),
        (TITLE + prose("## Exercise 4.1: a"), "Write `### Exercise 4.1: …`"),
    ],
    exercises_count_up: [
        (COUNTED, None),
        (TITLE + prose("### Exercise 4.2: a"), "“Exercise 4.2: a” comes after number 0"),
        (TITLE + prose("### Exercise 4.1: a", "### Exercise 4.1: b"), "comes after number 1. Number it 2"),
    ],
}
# What the lecture 13a_vision says, beside which there is a lecture 13.
WITH_A_LETTER: Samples = {
    title_carries_the_lectures_number: [
        (prose("# Lecture 13a: vision"), None),
        (prose("# Lecture 13: vision"), "Write `# Lecture 13a: …`"),
    ],
    exercises_are_numbered: [
        (prose("### Exercise 13a.1: a"), None),
        (prose("### Exercise"), "Write `### Exercise 13a.1: …`"),
    ],
    exercises_carry_the_lectures_number: [
        (prose("### Exercise 13a.1: a"), None),
        (prose("### Exercise 13.1: a"), "Write `### Exercise 13a.1: …`"),
        (prose("### Exercise 13b.1: a"), "Write `### Exercise 13a.1: …`"),
    ],
    exercises_count_up: [
        (prose("### Exercise 13a.1: a", "### Exercise 13a.2: b"), None),
        (prose("### Exercise 13a.1: a", "### Exercise 13a.3: b"), "Number it 2"),
    ],
}


@pytest.mark.parametrize("rule, cells, message", each(SAMPLES))
def test_a_rule_catches_a_broken_lecture_and_lets_a_good_one_pass(rule, cells, message, tmp_path):
    assert_found(rule, lecture(tmp_path, cells), message)


@pytest.mark.parametrize("rule, cells, message", each(WITH_A_LETTER))
def test_a_lecture_s_number_may_have_a_letter(rule, cells, message, tmp_path):
    assert_found(rule, lecture(tmp_path, cells, "13a_vision"), message)


NAMES: Samples = {
    name_begins_with_a_number: [
        ("04_trial", None),
        ("13a_vision", None),
        ("trial", "The name of the lecture has no number"),
        ("13vision", "has no number. Call the script NN_name.py"),
    ],
}


@pytest.mark.parametrize("rule, name, message", each(NAMES))
def test_a_lecture_s_name_begins_with_its_number(rule, name, message, tmp_path):
    assert_found(rule, lecture(tmp_path, TITLE, name), message)
