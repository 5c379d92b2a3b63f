"""IPython's own lines in a cell: magics, shell commands, questions. They are taken out, so that Python can read the rest.

In: a cell's code, a student's too. Out: Python with as many lines, where a magic that runs code leaves that code. The cell is
read once, from top to bottom, so a long or hostile one takes no longer than its length; IPython's own transformer reads a cell
anew for each magic in it.
"""

from __future__ import annotations

import re

RUNS_CODE = {"time", "timeit", "capture", "prun"}  # cell magics that run the cell in the notebook's namespace

_CELL_MAGIC = re.compile(r"%%(\w+)(.*)")
_LINE = re.compile(r"\s*(?:%|!(?!=)|\?|[,;/](?=\w))")  # at the start of a statement, none of these is Python
_RUNS_LINE = re.compile(r"^(\s*)%(?:time|prun)\s+(?=\S)")
_QUESTION = re.compile(r"\s*%{0,2}[\w.*]+(?:\[\w+\])*\?{1,2}\s*$")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:|[ ]+\.{3,}:) ?")
# What a line is made of, as far as it matters here. A string ends with its line if it is not triple-quoted.
_TOKEN = re.compile(
    r"""(?P<long>'{3}|\"{3})|(?P<short>'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?)|(?P<comment>\#.*)|(?P<open>[(\[{])|(?P<close>[)\]}])
    |(?P<assigned>(?<![=!<>+\-*/%&|^@:])=\s*(?:%(?=\w)|!(?!=)))|\\.|.""",
    re.VERBOSE,
)


def without_magics(code: str) -> str:
    """The cell as Python; empty if it is another language's, as below ``%%bash``."""
    lines = _unprompted(code.split("\n"))
    at = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    while at < len(lines) and (head := _CELL_MAGIC.match(lines[at])):
        if head[1] not in RUNS_CODE:
            return ""
        output = re.fullmatch(r"\s*([A-Za-z_]\w*)\s*", head[2]) if head[1] == "capture" else None
        lines[at] = f"{output[1]} = None" if output else ""
        at += 1
    return "\n".join(_statements(lines))


def _unprompted(lines: list[str]) -> list[str]:
    """The lines without a prompt that was copied with them, and without an indent that all share with the first."""
    first = next((line for line in lines if line.strip()), "")
    if _PROMPT.match(first):
        return [_PROMPT.sub("", line) for line in lines]
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines]


def _statements(lines: list[str]) -> list[str]:
    """The lines, with what Python cannot read replaced where a statement begins."""
    depth, quote, continued, in_magic = 0, "", False, False
    kept: list[str] = []
    for line in lines:
        if in_magic:
            in_magic = line.endswith("\\")
            kept.append("")
            continue
        if depth == 0 and not quote and not continued:
            line = _RUNS_LINE.sub(r"\1", line)
            if _LINE.match(line) or _QUESTION.match(line):
                in_magic = line.endswith("\\")
                kept.append(f"{line[: len(line) - len(line.lstrip())]}pass")
                continue
        at = 0
        while at < len(line):
            if quote:
                end = _end_of(quote, line, at)
                if end < 0:
                    break
                quote, at = "", end
                continue
            token = _TOKEN.match(line, at)
            assert token is not None  # the last alternative is any character
            at = token.end()
            if token["long"]:
                quote = token["long"]
            elif token["open"]:
                depth += 1
            elif token["close"]:
                depth = max(0, depth - 1)
            elif token["assigned"] and depth == 0:
                in_magic, line = line.endswith("\\"), f"{line[: token.start()]}= None"
                break
        continued = not quote and line.endswith("\\")
        kept.append(line)
    return kept


def _end_of(quote: str, line: str, at: int) -> int:
    """Where a triple-quoted string ends in this line; -1 if it goes on."""
    while at < len(line):
        if line[at] == "\\":
            at += 2
        elif line.startswith(quote, at):
            return at + 3
        else:
            at += 1
    return -1
