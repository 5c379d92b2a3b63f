"""Padding, slips of the keyboard, and what is left open."""

from __future__ import annotations

import pytest

from grader.authoring.lint.prose import (
    code_is_closed,
    formulas_are_closed,
    no_double_spaces,
    no_doubled_words,
    no_exclamation_marks,
    no_notes_to_self,
    no_padding,
)
from tests.authoring.lint.samples import Samples, assert_found, each, page

CLOSED = "$x$ and $$y$$, `a$`, ``b`c``, \\$5, \\`\n\n```\n$ ls `\n```\n"
SAMPLES: Samples = {
    no_padding: [
        ("The important thing: this module holds `delve`.", None),
        ("It is important\nto note that", "“It is important to note” says nothing"),
        ("In this module you", "says nothing"),
        ("Let's dive in", "says nothing"),
        ("Next we will explore", "says nothing"),
    ],
    no_doubled_words: [
        ("AND and OR or NOT; $a$ a, a `the` the; had: had. That, that.", None),
        ("over the\nthe hill", "“the the”: the same word twice"),
        ("The the hill", "the same word twice"),
        ("a a hill", "the same word twice"),
    ],
    no_notes_to_self: [
        ("Nothing to do, `TODO`.", None),
        ("TODO: write this", "`TODO` is a note to yourself"),
        ("It is FIXME.", "`FIXME` is a note to yourself"),
    ],
    no_exclamation_marks: [
        ("![alt](x.png), `a!`, $n!$ and a != b", None),
        ("Well done!", "an exclamation mark"),
        ("**Careful**!", "an exclamation mark"),
    ],
    no_double_spaces: [
        ("One. Two.  \nThree.\n| a.  | b |", None),
        ("One.  Two.", "two spaces"),
    ],
    code_is_closed: [
        (CLOSED, None),
        ("`x and y", "a backtick has no partner"),
        ("`x`\n\n`y", "a backtick has no partner"),
    ],
    formulas_are_closed: [
        (CLOSED, None),
        ("$x and y", "a `$` has no partner"),
        ("$x$, $y and z\n\n$u$", "a `$` has no partner"),
    ],
}


@pytest.mark.parametrize("rule, text, message", each(SAMPLES))
def test_a_rule_catches_broken_text_and_lets_good_text_pass(rule, text, message, tmp_path):
    assert_found(rule, page(tmp_path, text), message)
