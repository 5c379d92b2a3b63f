"""Write CONTRIBUTING's list of the rooms from the contracts in pyproject.toml and the files' own first lines.

In: the layers of the contract `rooms` of import-linter, the docstrings in grader/. Out: CONTRIBUTING.md with an up-to-date list
between its two markers; with --check exit code 1, and nothing written, if the list is stale.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- Rooms: written by tools/rooms.py -->", "<!-- End of the rooms -->"
WIDTH = 29


def rooms() -> list[str]:
    """The rooms of `grader/`, the lowest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [each for each in settings["tool"]["importlinter"]["contracts"] if each["id"] == "rooms"]
    return list(reversed(contract["layers"]))


def first_line(module: Path) -> str:
    """What a module's docstring says first: its first line, without the full stop and without what comes in."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return text.split("\n")[0].split(". In: ")[0].rstrip(".")


def listing() -> Iterator[str]:
    for room in rooms():
        folder = ROOT / "grader" / room
        yield f"**`{room}/`**: {first_line(folder / '__init__.py')}."
        yield ""
        for module in sorted(
            folder.rglob("*.py"), key=lambda path: (path.parent, path.name != "__init__.py", path.name)
        ):
            name = module.relative_to(folder).as_posix()
            if name == "__init__.py":
                continue
            name = name.removesuffix("__init__.py")
            yield f"    {name:{WIDTH}}{first_line(module)}"
        yield ""


def with_listing(page: str) -> str:
    """The page with today's list between the markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n" + "\n".join(listing()) + f"\n{END}{after}"


def main(words: list[str]) -> int:
    path = ROOT / "CONTRIBUTING.md"
    page = path.read_text(encoding="utf-8")
    fresh = with_listing(page)
    if fresh == page:
        return 0
    if "--check" in words:
        print("CONTRIBUTING.md: the list of the rooms is stale. Run `python tools/rooms.py`.", file=sys.stderr)
        return 1
    path.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
