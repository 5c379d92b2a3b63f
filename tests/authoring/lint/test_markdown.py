"""Markdown: what is words and what is not, each at its position."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.authoring.lint.markdown import BLANK, read_line, read_markdown


@pytest.mark.parametrize(
    "text, words",
    [
        ("a `b` c", "a ### c"),
        ("a `` b`\nc `` d", "a #####\n#### d"),
        ("a $b$ c \\$5", "a ### c \\$5"),
        ("a\n\n$$\nb\n$$\n\nc", "a\n\n##\n#\n##\n\nc"),
        ("a $$b$$.", "a #####."),
        ("[a *b*](c.md) d", "[a *b*####### d"),
        ("[a][b] c\n\n[b]: d.md", "[a#### c\n\n#########"),
        ("![a](b.png) c", "![a######## c"),
        ("a <b>c</b>", "a ###c####"),
        ("a https://b.org/c d", "a ############### d"),
        ("<https://b.org> d", "############### d"),
        ("```\na\n```\nb", "###\n#\n###\nb"),
        ("a\n\n    b\n\nc", "a\n\n#####\n\nc"),
        ("> a `b`\n> c `d`", "> a ###\n> c ###"),
        ("- a\n  `b` c", "- a\n  ### c"),
        (
            "| a `b\\|c` | `b` |\n|---|---|\n| `d` \\| e `f` | `d` |",
            "| a ###### | ### |\n|---|---|\n| ### \\| e ### | ### |",
        ),
    ],
)
def test_code_formulas_addresses_and_tags_are_blanked_where_they_are(text, words):
    assert read_markdown(text).words == words.replace("#", BLANK)


PIECES = [
    "a",
    "b c",
    " ",
    "    ",
    "\n",
    "\n\n",
    "\r",
    "\t",
    "`",
    "``",
    "```",
    "$",
    "$$",
    "\\",
    "|",
    "|---|",
    "[",
    "](",
    ")",
    "![",
    "]: ",
]
PIECES += [
    "> ",
    "- ",
    "1. ",
    "# ",
    "*",
    "**",
    "<b>",
    "<p>",
    "</p>",
    "<!--",
    "-->",
    "<https://b.org>",
    "https://b.org",
    "&amp;",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_the_text_every_word_keeps_its_position(text):
    for read in (read_markdown, read_line):
        words = read(text).words
        assert len(words) == len(text)
        for word, letter in zip(words, text.replace("\r\n", " \n").replace("\r", "\n"), strict=True):
            assert word in (letter, BLANK)
            assert (word == "\n") == (letter == "\n")


def test_indentation_means_nothing_in_a_docstring():
    assert read_line("One.\n\n    Two `three`.").words == f"One.\n\n    Two {BLANK * 7}."


def test_a_heading_has_its_level_its_text_and_github_s_name():
    page = read_markdown("# One `two`\n\nThree\n---\n\n## One two\n\n> ## Deep #\n\n```\n# none\n```\n")
    assert [(each.level, each.text, each.anchor) for each in page.headings] == [
        (1, "One `two`", "one-two"),
        (2, "Three", "three"),
        (2, "One two", "one-two-1"),
        (2, "Deep", "deep"),
    ]
    assert [page.text[each.start :].split("\n")[0] for each in page.headings] == [
        "One `two`", "Three", "One two", "Deep #",
    ]  # fmt: skip


def test_links_and_images_of_markdown_and_html_are_found_in_order():
    page = read_markdown('[a](b.md)\n\n<a href="c.md">d</a> ![e](f.png)\n\n<p>\n<img src="g.png">\n</p>\n\n[h]: i.md\n')
    assert [(page.text.count("\n", 0, each.start) + 1, each.target) for each in page.links] == [
        (1, "b.md"), (3, "c.md"), (3, "f.png"), (6, "g.png"), (9, "i.md"),
    ]  # fmt: skip
    assert [each.alt for each in page.images] == ["e"]
