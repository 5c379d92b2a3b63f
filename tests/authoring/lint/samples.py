"""Lectures and pages for the rules to read, as short as they can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.passages import Passage
from grader.authoring.lint.rule import Rule
from grader.authoring.script import read_script
from tests.conftest import HEADER, says_how_to_fix

TITLE = "# %% [markdown]\n# # Lecture 04: trial\n"
# For each rule its samples. With a message the rule must catch it, without one it must let it pass.
Samples = dict[Rule, list[tuple[str, str | None]]]


def prose(*lines: str) -> str:
    return "# %% [markdown]\n" + "\n".join(f"# {line}" for line in lines) + "\n"


def lecture(folder: Path, cells: str, name: str = "04_trial") -> Lecture:
    path = folder / "solutions" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(points=0) + cells, encoding="utf-8")
    return Lecture(read_script(path))


def page(folder: Path, text: str) -> Passage:
    """A page with this text and a heading of its own, beside another page and a folder."""
    (folder / "sub").mkdir()
    (folder / "there.md").write_text("# There\n\n## Two words\n")
    path = folder / "page.md"
    path.write_text(text + "\n\n## Here\n")
    return Passage(folder, path, 1, text)


def each(samples: Samples) -> list[object]:
    """The samples for `pytest.mark.parametrize`, named for their rule."""
    return [
        pytest.param(rule, text, message, id=f"{rule.name}-{number}")
        for rule, pairs in samples.items()
        for number, (text, message) in enumerate(pairs)
    ]


def assert_found(rule: Rule, read: Lecture | Passage, message: str | None) -> None:
    findings = list(rule(read))
    written = "\n".join(map(str, findings))
    if message is None:
        assert not findings, written
    else:
        assert message.casefold() in written.casefold(), written or "nothing was found"
        assert all(says_how_to_fix(f"{each.what} {each.fix}") for each in findings), written
