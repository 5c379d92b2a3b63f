"""Links within the repository, and the form of addresses."""

from __future__ import annotations

import pytest

from grader.authoring.lint.links import addresses_are_well_formed, links_lead_to_files, links_lead_to_headings
from grader.authoring.lint.passages import Passage
from tests.authoring.lint.samples import TITLE, Samples, assert_found, each, lecture, page, prose

GOOD: list[tuple[str, str | None]] = [
    (
        "[a](there.md), [b](there.md#two-words), [c](#here), <img src='there.md'>, [d](sub/), <https://e.org/a?b#c>",
        None,
    ),
    ("# Here\n\n[a]: https://e.org\n`[x](nowhere.md)` <me@e.org> [m](mailto:me@e.org)", None),
    ("```\n[a](nowhere.md)\n```\n\n    [a](nowhere.md)\n", None),
]
SAMPLES: Samples = {
    links_lead_to_files: [
        *GOOD,
        ("[a](nowhere.md)", "`nowhere.md` leads to no file"),
        ("| a |\n|---|\n| [a](nowhere.md) |", "`nowhere.md` leads to no file"),
        ("[a][b]\n\n[b]: nowhere.md", "`nowhere.md` leads to no file"),
        ("![a](nowhere.png)", "leads to no file"),
        ('<img src="nowhere.png">', "leads to no file"),
        ('One <a href="nowhere.md">two</a>.', "leads to no file"),
        ("[a](../../outside.md)", "leads to no file of the repository"),
    ],
    links_lead_to_headings: [
        *GOOD,
        ("[a](there.md#three-words)", "leads to no heading"),
        ("[a](#nowhere)", "leads to no heading"),
    ],
    addresses_are_well_formed: [
        *GOOD,
        ("[a](https:/e.org)", "`https:/e.org` is not an address"),
        ("[a](http://e)", "`http://e` is not an address"),
        ("[a]: ftp://e.org", "is not an address"),
    ],
}


@pytest.mark.parametrize("rule, text, message", each(SAMPLES))
def test_a_rule_catches_broken_text_and_lets_good_text_pass(rule, text, message, tmp_path):
    assert_found(rule, page(tmp_path, text), message)


def broken(passages: list[Passage]) -> list[str]:
    return [
        each.what for rule in (links_lead_to_files, links_lead_to_headings) for text in passages for each in rule(text)
    ]


def test_a_lecture_links_from_its_notebook_to_other_lectures_and_their_headings(tmp_path):
    (tmp_path / "data").mkdir()
    good = lecture(tmp_path, TITLE + prose("## 1. A part", "[a](04_trial.ipynb#1.-A-part) [b](#1-a-part) [c](../data)"))
    assert broken(good.passages) == []
    bad = lecture(tmp_path, TITLE + prose("[a](05_more.ipynb) [b](04_trial.ipynb#part) [c](data)"))
    assert len(broken(bad.passages)) == 3


def test_a_link_may_name_an_id_in_the_prose(tmp_path):
    read = lecture(tmp_path, TITLE + prose('<a id="here"></a>', "", "[a](#here) [b](#there)"))
    assert broken(read.passages) == ["The link `#there` leads to no heading."]


def test_a_finding_has_the_line_of_the_link(tmp_path):
    text = page(tmp_path, "One\ntwo `a\nb` and\n\n> three\n> [a](nowhere.md)\n")
    assert [each.line for each in links_lead_to_files(text)] == [6]
