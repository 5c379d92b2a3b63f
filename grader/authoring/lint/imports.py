"""Rules on what a notebook needs: what Colab has, and no network."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from grader.authoring.lint.lecture import Lecture
from grader.authoring.lint.rule import Place, rule
from grader.authoring.script import Kind

COLAB_HAS = {"IPython", "ipywidgets", "keras", "matplotlib", "numpy", "pandas", "scipy", "sklearn", "tensorflow"}
INSTALLS = re.compile(r"\b(pip3?|conda|apt|apt-get) install\b")
FETCHES = re.compile(
    r"(os\.(system|popen)|subprocess\.\w+|get_ipython|(\w+\.)*(urlretrieve|urlopen|get_file)|fetch_\w+)$"
)
AS_IT_IS = (
    "The notebook must run as it is, without a network. Name the files that it needs under `files:` in the header."
)


@rule("`{module}` is not in Colab.", f"Do without it, or use one of {', '.join(sorted(COLAB_HAS))}.")
def imports_are_in_colab(lecture: Lecture) -> Iterator[Place]:
    for cell, node in lecture.imports:
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        for module in modules:
            package = module.split(".")[0]
            if package not in COLAB_HAS and package not in sys.stdlib_module_names:
                yield Place(cell.line + node.lineno, module=module)


@rule("This line has `{command}`.", AS_IT_IS)
def nothing_is_installed(lecture: Lecture) -> Iterator[Place]:
    """A line for a shell or one of IPython's magics needs no rule: `read_script` refuses what is not Python."""
    for cell in lecture.script.cells:
        for number, text in enumerate(cell.source.splitlines(), start=1):
            found = INSTALLS.search(text) if cell.kind is not Kind.WRONG else None
            if found:
                yield Place(cell.line + number, command=found[0])


@rule("This line calls `{function}`.", AS_IT_IS)
def nothing_is_downloaded(lecture: Lecture) -> Iterator[Place]:
    for cell, call in lecture.calls:
        function = ast.unparse(call.func)
        if FETCHES.match(function):
            yield Place(cell.line + call.lineno, function=function)
