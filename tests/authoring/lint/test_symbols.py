"""Symbols, and the words that a reader needs for them."""

from __future__ import annotations

import pytest

from grader.authoring.lint.symbols import LAYOUT, SAME_AS, SYMBOLS, symbols_are_known, symbols_are_put_into_words
from tests.authoring.lint.samples import TITLE, Samples, assert_found, each, lecture, prose

SAMPLES: Samples = {
    symbols_are_known: [
        (prose(r"The angle $\theta$ is small: $\frac{\theta}{2} \le 1$."), None),
        (prose(r"$$\aleph$$"), r"The command `\aleph` is not in the table of symbols. Enter it in SYMBOLS"),
    ],
    symbols_are_put_into_words: [
        (prose(r"The angle $\theta$ (theta) is small: $\frac{\theta}{2} \le 1$."), None),
        (prose("A theta.") + prose(r"$$w \leftarrow w$$: $w$ becomes what $\vartheta$ is."), None),
        (prose(r"The length $\|w\|$, and `\psi` in code; φ is phi."), None),
        (
            prose(r"Here is $\theta$."),
            "The symbol `theta` is used, but neither this cell nor one above has words for it",
        ),
        (prose(r"Here is $\theta$.") + prose("It is called theta."), "the symbol `theta`"),
        (prose(r"The variable `eta`, and $\eta$."), "the symbol `eta`"),
        (prose("Theta has η."), "the symbol `eta`"),
        (prose("The slope ∂L."), "the symbol `partial`"),
        (prose(r"$$\nabla L$$"), "say it where it first appears, with one of: nabla, gradient"),
        (prose("Look:", "$$", r"\nabla L", "$$"), "the symbol `nabla`"),
    ],
}


@pytest.mark.parametrize("rule, cells, message", each(SAMPLES))
def test_a_rule_catches_a_broken_lecture_and_lets_a_good_one_pass(rule, cells, message, tmp_path):
    assert_found(rule, lecture(tmp_path, cells), message)


def test_a_finding_has_the_line_of_the_symbol(tmp_path):
    read = lecture(tmp_path, TITLE + prose("One.", "Two $\\theta$."))
    [finding] = symbols_are_put_into_words(read)
    assert "theta" in read.path.read_text().splitlines()[finding.line - 1]


def test_the_table_has_each_symbol_once():
    assert set(SAME_AS.values()) <= SYMBOLS.keys()
    assert not SAME_AS.keys() & SYMBOLS.keys()
    assert LAYOUT & SYMBOLS.keys() == {"pi"}  # everybody knows it from school
