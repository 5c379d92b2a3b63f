"""Alternative texts of figures that a script shows, and of images in its prose."""

from __future__ import annotations

import pytest

from grader.authoring.lint.figures import (
    alternative_texts_begin_with_what_is_shown,
    alternative_texts_describe_the_figure,
    alternative_texts_end_with_a_full_stop,
    figures_have_alternative_texts,
)
from tests.authoring.lint.samples import Samples, assert_found, each, lecture, prose

SHOW = "# %%\ndef show(fig, alt):\n    display(fig)\n"
ALT = '"A line that rises from 0 at the left to 1 at the right, evenly."'
PLOT = SHOW + '# %% tags=["demo"]\nfig, ax = plt.subplots()\n'
GOOD: list[tuple[str, str | None]] = [
    (PLOT + f"show(fig, {ALT})", None),
    (PLOT + f"show(fig, alt={ALT})", None),
    (PLOT + f"text = {ALT}\nshow(fig, alt=text)", None),
    (PLOT + f"text = text + {ALT}\nshow(fig, text)\nshow(fig, ' '.join([text]))", None),  # `show` judges it
    (PLOT + 'show(fig, f"A line that rises from {0} at the left, step by step, to {1}.")', None),
    (PLOT + 'show(fig, "A line that rises from 0 at the left" + " to " + end + " at the right.")', None),
    (
        f"{SHOW}# %%\ndef draw(values, alt):\n    fig, ax = plt.subplots()\n    show(fig, alt)\n# %%\ndraw([1], {ALT})",
        None,
    ),
    (prose("![A line that rises from 0 at the left to 1 at the right.](rising.png)"), None),
    ('# %% exercise="x"\n### BEGIN SOLUTION\nplt.show()\n### END SOLUTION', None),  # a student's own figure
]
SAMPLES: Samples = {
    figures_have_alternative_texts: [
        *GOOD,
        (PLOT + "plt.show()", "without an alternative text"),
        (PLOT + "show(fig)", "without an alternative text"),
        (f"{SHOW}# %%\ndef draw():\n    fig, ax = plt.subplots()\n    show(fig)\n", "without an alternative text"),
    ],
    alternative_texts_describe_the_figure: [
        *GOOD,
        (PLOT + 'show(fig, "")', "the alternative text “” says little"),
        (PLOT + 'show(fig, "A rising line.")', "says little"),
        (PLOT + 'show(fig, alt="A " "line.")', "“A line.” says little"),
        (PLOT + 'show(fig, f"{n} lines.")', "says little"),
        (prose("![a line](rising.png)"), "“a line” says little"),
    ],
    alternative_texts_begin_with_what_is_shown: [
        *GOOD,
        (PLOT + f"show(fig, {ALT.replace('A line', 'A figure of a line')})", "begin with what it shows"),
    ],
    alternative_texts_end_with_a_full_stop: [
        *GOOD,
        (PLOT + f"show(fig, {ALT.replace('.', '')})", "end it with a full stop"),
    ],
}


@pytest.mark.parametrize("rule, cells, message", each(SAMPLES))
def test_a_rule_catches_a_broken_lecture_and_lets_a_good_one_pass(rule, cells, message, tmp_path):
    assert_found(rule, lecture(tmp_path, cells), message)


def test_a_finding_has_the_line_of_the_call(tmp_path):
    read = lecture(tmp_path, prose("One.", "Two.") + PLOT + "show(fig)")
    [finding] = figures_have_alternative_texts(read)
    assert read.path.read_text().splitlines()[finding.line - 1] == "show(fig)"
