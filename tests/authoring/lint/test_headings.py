"""Headings, as the rules on them see them."""

from __future__ import annotations

import pytest

from grader.authoring.lint.headings import no_level_is_skipped, title_comes_first, title_is_the_only_one
from tests.authoring.lint.samples import TITLE, Samples, assert_found, each, lecture, prose

SAMPLES: Samples = {
    title_comes_first: [
        (TITLE, None),
        (prose("## 1. A part"), "does not begin with its title"),
        ("# %%\nx = 1\n" + TITLE, "does not begin with its title"),
    ],
    title_is_the_only_one: [
        (TITLE, None),
        (TITLE + prose("```", "# a comment", "```"), None),
        (TITLE + prose("# Another"), "“Another” is a second title"),
        (TITLE + prose("Another", "======="), "“Another” is a second title"),
    ],
    no_level_is_skipped: [
        (TITLE + prose("## 1. A", "### Exercise 4.1: b") + prose("## 2. C"), None),
        (TITLE + prose("### Exercise 4.1: b"), "of level 3, below one of level 1. Write it with ##."),
    ],
}


@pytest.mark.parametrize("rule, cells, message", each(SAMPLES))
def test_a_rule_catches_a_broken_lecture_and_lets_a_good_one_pass(rule, cells, message, tmp_path):
    assert_found(rule, lecture(tmp_path, cells), message)
