"""British spelling and typing errors, by codespell's dictionaries."""

from __future__ import annotations

import pytest

from grader.authoring.lint.spelling import BRITISH_TOO, MORE_AMERICAN, _dictionary, british_spelling, no_typing_errors
from tests.authoring.lint.samples import Samples, assert_found, each, page

SAMPLES: Samples = {
    british_spelling: [
        ("The colour of the centre; sizes, prizes and the size that is seized; `optimizer=` and `color`.", None),
        ("optimizer=Adam, keras.optimizers, normalize(x), $color$, https://e.org/color and `gray`", None),
        ("**Sources**: A, *Optimization and Color* (1990).", None),
        (
            "A program in practice: licensed, focused, biased, a story about a meter. Parallel lines, a paralleled one.",
            None,
        ),
        ("It is labelled, revealed, healed, rescaled, modelled; capsized and resized.", None),
        ("Its color.", "“color” is American spelling. Write “colour”"),
        ("Colors\nin the center", "write “centre”"),
        ("gray", "write “grey”"),
        ("behavior of neighbors", "write “neighbours”"),
        ("labeled", "write “labelled”"),
        ("unlabeled", "write “unlabelled”"),
        ("traveling", "write “travelling”"),
        ("modeling", "write “modelling”"),
        ("favor", "write “favour”"),
        ("We analyze it.", "write “analyse”"),
        ("Normalization", "write “Normalisation”"),
        ("unnormalized", "write “unnormalised”"),
        ("a tokenizer", "write “tokeniser”"),
        ("an optimizer", "write “optimiser”"),
        ("to emphasize", "write “emphasise”"),
        ("ten kilometers", "write “kilometres”"),
        ("the math", "write “mathematics”"),
        ("its neighborhood", "write “neighbourhood”"),
    ],
    no_typing_errors: [
        ("The weights receive their gradient; `recieve`, $teh$, teh_name, x.teh and teh(x).", None),
        ("**Sources**: Teh (2006).", None),
        ("We recieve it.", "“recieve” is a typing error. Write “receive”"),
        ("Teh weights", "“Teh” is a typing error. Write “The”"),
        ("It dosn’t fit", "Write “doesn't”"),
        ("abbout it", "Write “about” or “abbot”"),
    ],
}


@pytest.mark.parametrize("rule, text, message", each(SAMPLES))
def test_a_rule_catches_broken_text_and_lets_good_text_pass(rule, text, message, tmp_path):
    assert_found(rule, page(tmp_path, text), message)


def test_the_words_of_our_lists_are_needed():
    """Each exception is one of the dictionary's words; each addition is missing there."""
    american = {right for (right, *_) in _dictionary("dictionary_en-GB_to_en-US.txt").values()}
    assert BRITISH_TOO - american == set()
    assert MORE_AMERICAN.keys() & american == {"math"}  # there it becomes “maths”
