"""Terms: the list in a recap links to where each term is defined."""

from __future__ import annotations

import pytest

from grader.authoring.build import build_assignment
from grader.authoring.script import read_script
from grader.core.errors import AuthoringErrors
from tests.conftest import DOUBLING

TEXT = """
# %% [markdown]
# A **Weighted sum** adds up products. Its **weights** are numbers, and **swish (SiLU)** bends it.
# Later, **weights** again.

# %% [markdown]
# ## Recap
#
# **Glossary**: weighted sum · weight ·
# swish (SiLU)
#
# **Sources**: none · at all
"""


def build(course):
    return build_assignment(course, read_script(course.lectures()[0])).release


def test_each_term_links_to_where_it_first_occurs_in_bold(make_course):
    *_, text, recap = build(make_course(DOUBLING + TEXT)).cells
    assert text.source == (
        'A <a id="term-weighted-sum" name="term-weighted-sum"></a>**Weighted sum** adds up products. '
        'Its <a id="term-weight" name="term-weight"></a>**weights** are numbers, '
        'and <a id="term-swish" name="term-swish"></a>**swish (SiLU)** bends it.\nLater, **weights** again.'
    )
    assert "[weighted sum](#term-weighted-sum) · [weight](#term-weight) · [swish (SiLU)](#term-swish)" in recap.source
    assert recap.source.endswith("**Sources**: none · at all")


def test_a_lecture_without_a_list_is_unchanged(make_course):
    plain, linked = build(make_course(DOUBLING)), build(make_course(DOUBLING + TEXT))
    assert [cell.source for cell in plain.cells] == [cell.source for cell in linked.cells[:-2]]


def test_a_term_that_is_never_defined_is_reported_with_its_line(make_course):
    course = make_course(DOUBLING + TEXT.replace("· weight ·", "· bias ·"))
    with pytest.raises(
        AuthoringErrors, match=r"01_doubling\.py:\d+: the term `bias` .* is not defined above it"
    ) as caught:
        build(course)
    line = int(str(caught.value).split(":")[1])
    assert course.lectures()[0].read_text().splitlines()[line - 1] == "# %% [markdown]"
