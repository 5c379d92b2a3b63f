"""The CPU time of the cells themselves: what no grader can save.

In: a `Work`. Out: for each submission, the CPU seconds of the cells that must run, each once: all but the demos that nothing
needs. They run in forks of a plain warm process (``python -m benchmarks.cells``), which has imported what they import, with one
thread, as `grader grade` gives them; no Jupyter, no sandbox, no second process.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from benchmarks.work import ROOT, Work
from grader.core.errors import GraderError
from grader.exam.ownership.demos import idle_demos
from grader.kernel.inside import preload
from grader.submissions.repair import repair


def cells_cpu(work: Work, env: Mapping[str, str]) -> list[float]:
    """The CPU seconds of each submission's cells.

    Raises:
        GraderError: the process that runs them failed.
    """
    notebooks = [
        {"sources": needed_cells(path, assignment.with_stubs), "files": str(work.course.data)}
        for assignment, path in work.files()
    ]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        asked = Path(folder, "notebooks.json")
        asked.write_text(json.dumps(notebooks))
        result = subprocess.run(
            [sys.executable, "-m", "benchmarks.cells", str(asked)],
            env={**os.environ, **preload.environment(), **env, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
    if result.returncode:
        raise GraderError(f"the cells could not be run by themselves: {result.stderr[-1000:]} See above.")
    return [float(seconds) for seconds in json.loads(result.stdout)]


def needed_cells(path: Path, graded: nbformat.NotebookNode) -> list[str]:
    """The code of the cells that grading must run, with the hidden tests in their places."""
    notebook, _ = repair(nbformat.read(path, as_version=4), graded)
    idle = idle_demos(notebook, graded)
    return [cell.source for n, cell in enumerate(notebook.cells) if cell.cell_type == "code" and n not in idle]


def modules_of(sources: Iterable[str]) -> list[str]:
    """What the cells import, in order."""
    found: dict[str, None] = {}
    for source in sources:
        with contextlib.suppress(SyntaxError):  # a student's; it will not run either
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
    return list(found)


def _run_all(notebooks: list[dict[str, Any]]) -> list[float]:
    sources = [source for notebook in notebooks for source in notebook["sources"]]
    for module in modules_of(sources):
        with contextlib.suppress(preload.PreloadError):  # a module that a student made up
            preload.import_modules([module], kernel=False)
    return [_run_in_fork(**notebook) for notebook in notebooks]


def _run_in_fork(sources: list[str], files: str) -> float:
    answer, tell = os.pipe()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        pid = os.fork()
        if pid == 0:
            try:
                os.chdir(folder)
                for file in Path(files).iterdir():
                    Path(file.name).symlink_to(file)
                os.write(tell, str(_run(sources)).encode())
            finally:
                os._exit(0)
        os.close(tell)
        with os.fdopen(answer) as told:
            seconds = float(told.read())
        os.waitpid(pid, 0)
    return seconds


def _run(sources: list[str]) -> float:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    preload.seed_everything(0)
    names: dict[str, Any] = {"__name__": "__main__"}
    began = time.process_time()
    for source in sources:
        with contextlib.suppress(Exception):  # a cell that fails does not stop the ones below it
            exec(compile(source, "<cell>", "exec"), names)
    return round(time.process_time() - began, 4)


if __name__ == "__main__":
    spoken = os.dup(1)
    measured = _run_all(json.loads(Path(sys.argv[1]).read_text()))
    os.write(spoken, f"{json.dumps(measured)}\n".encode())
