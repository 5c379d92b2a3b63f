"""A lecture's quiz: each question of its bank as a text cell, an answer cell and a check.

In: ``data/quizzes/NN_name.yml``. Out: the `Question`s by their names, or every mistake in the file with its line and fix.
The check answers each choice with the bank's explanation. The release contains the explanations in encoded form, so that
nobody reads them by accident. A student who decodes them has to read what the quiz teaches anyway.
"""

from __future__ import annotations

import json
import re
import textwrap
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.core.errors import AuthoringError, AuthoringErrors

LETTERS = "ABCDEF"
QUESTION_KEYS = {"name", "question", "code", "choices"}
CHOICE_KEYS = {"text", "why", "right"}
CHECK = '''\
# The explanations are encoded, so that nobody reads them before answering the question.
from base64 import b64decode as _b64decode
from json import loads as _loads

_choices = _loads(_b64decode("""
{encoded}
"""))
_got = str({variable}).strip().upper()
assert _got in _choices, (
    f"{variable} is {{{variable}!r}}. Answer with a letter in quotes, one of {letters}."
)
assert _choices[_got]["right"], f"{{_got}} is not the answer. {{_choices[_got]['why']}}"
for _letter, _choice in _choices.items():
    print(f"{{_letter}} {{'is right' if _choice['right'] else 'is not right'}}. {{_choice['why']}}")'''


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from, in Markdown, and why it is right or wrong."""

    text: str
    why: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A question of a quiz. ``code`` is the program that it asks about, or empty."""

    name: str
    text: str
    code: str
    choices: tuple[Choice, ...]

    @property
    def variable(self) -> str:
        """The name that the student sets to a letter. It is also the id of the cell."""
        return f"quiz_{self.name}"

    @property
    def lettered(self) -> dict[str, Choice]:
        return dict(zip(LETTERS, self.choices, strict=False))

    @property
    def right(self) -> str:
        return next(letter for letter, choice in self.lettered.items() if choice.right)

    def prose(self, number: int, total: int) -> str:
        """The question and its choices, as a Markdown cell."""
        code = f"\n\n```python\n{self.code}\n```" if self.code else ""
        choices = "\n".join(f"- **{letter}** · {choice.text}" for letter, choice in self.lettered.items())
        return f"### Quiz, question {number} of {total}\n\n{self.text}{code}\n\n{choices}"

    def answer(self, letter: str) -> str:
        """The student's cell with this letter as the answer."""
        return f'{self.variable} = "{letter}"'

    def check(self) -> str:
        """The visible part of the check. It fails with a wrong choice's explanation, and prints all for the right one."""
        choices = {letter: {"right": choice.right, "why": choice.why} for letter, choice in self.lettered.items()}
        encoded = b64encode(json.dumps(choices, ensure_ascii=True).encode()).decode()
        return CHECK.format(
            encoded="\n".join(textwrap.wrap(encoded, 110)),
            variable=self.variable,
            letters=", ".join(self.lettered),
        )

    def hidden_test(self) -> str:
        """The hidden part of the check: the right letter."""
        return f'assert _got == {self.right!r}, "Another choice is right."'


def read_bank(path: Path) -> dict[str, Question]:
    """The questions of a bank by their names, in the file's order.

    Raises:
        AuthoringErrors: the file is missing, is not YAML, or contains mistakes.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = yaml.safe_load(text)
    except FileNotFoundError as error:
        wrong = AuthoringError(path, 1, "this file does not exist.", "write it as CONTRIBUTING.md shows.")
        raise AuthoringErrors([wrong]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise AuthoringErrors([AuthoringError(path, 1, f"it cannot be read: {error}.", "save it as UTF-8.")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"this is not valid YAML: {getattr(error, 'problem', None) or error}."
        fix = "put a text in quotes if it contains a colon, or begins with a quote or a backtick."
        raise AuthoringErrors([AuthoringError(path, mark.line + 1 if mark else 1, what, fix)]) from error
    if not isinstance(raw, list) or not raw:
        wrong = AuthoringError(path, 1, "a bank must be a list of questions.", "begin each with `- name: …`.")
        raise AuthoringErrors([wrong])

    bank: dict[str, Question] = {}
    errors = []
    for number, each in enumerate(raw, start=1):
        name = str(each.get("name", "")) if isinstance(each, dict) else ""
        line = _line_of(text, name)
        mistakes = list(_mistakes(each))
        if name in bank:
            mistakes.append((f"`{name}` is used twice.", "give each question a different name."))
        errors += [AuthoringError(path, line, f"question {number}: {what}", fix) for what, fix in mistakes]
        if not mistakes:
            bank[name] = _question(each)
    if errors:
        raise AuthoringErrors(errors)
    return bank


def _mistakes(raw: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(raw, dict):
        yield "it is not a mapping.", "write it with the keys `name`, `question` and `choices`."
        return
    for key in sorted(set(map(str, raw)) - QUESTION_KEYS):
        yield f"the key `{key}` is unknown.", f"use one of {', '.join(sorted(QUESTION_KEYS))}."
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(raw.get("name", ""))):
        yield (
            f"`{raw.get('name')}` is not a name.",
            "use lower-case letters, digits and underscores, with a letter first.",
        )
    for key in ("question", "code"):
        if not isinstance(raw.get(key, ""), str) or (key == "question" and not raw.get(key)):
            yield f"its `{key}` is not text.", f"write `{key}: |`, and the text indented below it."
    choices = raw.get("choices")
    if not isinstance(choices, list) or not 3 <= len(choices) <= len(LETTERS):
        yield "it needs a list of three to six choices.", "write them below `choices:`, each with `text` and `why`."
        return
    for letter, choice in zip(LETTERS, choices, strict=False):
        if not isinstance(choice, dict) or set(choice) - CHOICE_KEYS:
            yield f"choice {letter} must be a mapping, with only the keys text, why and right.", "fix its keys."
        elif not all(isinstance(choice.get(key), str) and choice[key].strip() for key in ("text", "why")):
            yield f"choice {letter} needs a `text` and a `why`.", "write both, in quotes."
        elif "$" in choice["why"]:
            yield f"the `why` of choice {letter} has a formula.", "it is printed as plain text: write x², η, exp(z)."
    if sum(isinstance(choice, dict) and choice.get("right") is True for choice in choices) != 1:
        yield "exactly one choice must be right.", "write `right: true` in one of them only."


def _question(raw: dict[str, Any]) -> Question:
    choices = (
        Choice(_one_line(each["text"]), _one_line(each["why"]), each.get("right") is True) for each in raw["choices"]
    )
    return Question(raw["name"], raw["question"].strip(), raw.get("code", "").strip("\n"), tuple(choices))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _line_of(text: str, name: str) -> int:
    found = re.search(rf"^ *(- )?name:\s*[\"']?{re.escape(name)}[\"']?\s*(#.*)?$", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if name and found else 1
