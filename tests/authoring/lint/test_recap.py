"""The recap: last, complete, and with terms that the lecture teaches."""

from __future__ import annotations

import pytest

from grader.authoring.lint.recap import (
    glossary_terms_are_bold_where_they_are_taught,
    recap_comes_last,
    recap_has_next_glossary_and_sources,
)
from tests.authoring.lint.samples import TITLE, Samples, assert_found, each, lecture, prose

RECAP = "# %% [markdown]\n# ## Recap\n#\n# **Next**: lecture 05.\n#\n# **Glossary**: weight · bias\n#\n# **Sources**: none.\n"
TERMS = TITLE + "# A **weight**, and the **Bias (an offset)** of it.\n"
SAMPLES: Samples = {
    recap_comes_last: [
        (TERMS + RECAP, None),
        (TERMS, "does not end with a recap"),
        (TERMS + RECAP + prose("## More"), "does not end with a recap"),
    ],
    recap_has_next_glossary_and_sources: [
        (TERMS + RECAP, None),
        (TERMS + RECAP.replace("**Next**:", "Next,"), "the recap has no **Next**"),
        (TERMS + RECAP.replace("**Glossary**:", "**Terms**:"), "the recap has no **Glossary**"),
        (TERMS + RECAP.replace(" none.", ""), "the recap has no **Sources**"),
    ],
    glossary_terms_are_bold_where_they_are_taught: [
        (TERMS + RECAP, None),
        (TERMS.replace("**Bias", "**Biases") + RECAP, "the term `bias`"),
        (TERMS.replace("**weight**", "weight") + RECAP, "the term `weight`"),
        (TITLE + RECAP + prose("**weight**, **bias**"), "the term `weight`"),
    ],
}


@pytest.mark.parametrize("rule, cells, message", each(SAMPLES))
def test_a_rule_catches_a_broken_lecture_and_lets_a_good_one_pass(rule, cells, message, tmp_path):
    assert_found(rule, lecture(tmp_path, cells), message)
