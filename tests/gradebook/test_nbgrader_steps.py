"""The exam inside stock nbgrader: by three lines of configuration, for its command and for formgrader's button."""

from __future__ import annotations

import asyncio
import copy
import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderApp
from nbgrader.apps.api import NbGraderAPI

from grader.gradebook import nbgrader_steps as plugin
from tests.nbgrader_sample import SampleCourse, check, given, notebook, rows, run, solution, written

CONFIG = """
from grader.plugin import AUTOGRADE, SANITIZE
c.Autograde.sanitize_preprocessors = SANITIZE
c.Autograde.autograde_preprocessors = AUTOGRADE
"""
PS1 = {
    "square.ipynb": notebook(
        given("import math\n\nlimit = 4"),
        solution("square", "def square(x):\n    return x * x"),
        check("square_test", 3, "assert square(2) == 4", "assert square(-limit) == limit ** 2"),
        check("square_part", 4, "sum(square(i) == i * i for i in range(limit))"),
        written("why", 5, "Because."),
    )
}
GOOD = {
    "square": "import warnings\ndef square(x):\n    warnings.warn('slow')\n    return x * x",
    "why": "So. <img src=x onerror=alert(1)>",
}
LIAR = {
    "square": "class Yes(int):\n    def __eq__(self, other):\n        return True\n\ndef square(x):\n    return Yes(7)"
}


def copy_check(handed_in):
    another = copy.deepcopy(handed_in.cells[2])
    another.id = "another"
    handed_in.cells.append(another)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SampleCourse:
    course = SampleCourse(tmp_path_factory.mktemp("made") / "course")
    course.write(CONFIG, {"ps1": PS1})
    course.submit("ada", "ps1", {"square": GOOD})
    course.submit("ben", "ps1", {"square": LIAR})
    course.submit("chi", "ps1", {"square": {}}, change=copy_check)
    return course


@pytest.fixture
def course(made: SampleCourse, tmp_path: Path) -> SampleCourse:
    shutil.copytree(made.root, tmp_path / "course")
    return replace(made, root=tmp_path / "course")


def auto_scores(course: SampleCourse) -> dict[tuple[str, str], float | None]:
    found = rows(f"sqlite:///{course.root / 'gradebook.db'}")
    return {(student, cell): grade[0] for (_, _, student, cell), grade in found.items()}


EXPECTED = {
    ("ada", "square_test"): 3.0,
    ("ada", "square_part"): 4.0,
    ("ada", "why"): None,
    ("ben", "square_test"): 0.0,
    ("ben", "square_part"): 0.0,
    ("ben", "why"): 0.0,
    ("chi", "square_test"): 0.0,
    ("chi", "square_part"): 0.0,
    ("chi", "why"): 0.0,
}


@pytest.mark.slow
def test_stock_autograde_holds_our_exams(course):
    said = run(course.root, "nbgrader", "autograde", "ps1")
    assert auto_scores(course) == EXPECTED
    assert "The check 'square_test' was there 2 times" in said
    cells = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): cell
        for cell in course.executed("ada", "ps1", "square").cells
    }
    assert cells["square_test"].metadata["grader"]["protected"] is True
    assert cells["why"].source.startswith("```\nSo. <img")  # shown as it was typed
    assert any(out.output_type == "execute_result" for out in cells["square_part"].outputs)


@pytest.fixture
def api(course: SampleCourse) -> Iterator[NbGraderAPI]:
    """What formgrader's pages call."""
    path = sys.path[:]
    with chdir(course.root):
        app = NbGraderApp()
        app.initialize(["--log-level=CRITICAL"])
        yield NbGraderAPI(app.coursedir, parent=app)
        app.reset()
    sys.path[:] = path


def test_formgraders_button_holds_our_exams_and_keeps_what_is_warm(course, api, monkeypatch):
    calibrated = []
    calibrate = plugin.calibrate
    monkeypatch.setattr(plugin, "calibrate", lambda *words: calibrated.append(words) or calibrate(*words))

    async def press() -> list[dict[str, object]]:  # a server's loop runs when the button is pressed
        return [api.autograde("ps1", student) for student in ("ada", "ben", "chi", "ada")]

    for result in asyncio.run(press()):
        assert result["success"], result
    assert auto_scores(course) == EXPECTED
    assert len(calibrated) == 1


def test_what_is_configured_is_used(course, api, monkeypatch):
    seen = []
    open_backend = plugin.Backend
    monkeypatch.setattr(plugin, "Backend", lambda *words: seen.append(words) or open_backend(*words))
    limits = []
    examine = plugin.examine
    monkeypatch.setattr(plugin, "examine", lambda *words: limits.append(words[2]) or examine(*words))
    api.config.Exam.sandbox = "none"
    api.config.Exam.modules = ["wave"]
    api.config.Exam.limits = {"memory_bytes": 1 << 30}
    api.config.Execute.timeout = 17
    plugin._close_backend()
    result = api.autograde("ps1", "ada")
    assert result["success"], result
    assert str(seen[0][0]) == "none" and "wave" in seen[0][1]
    assert (limits[0].memory_bytes, limits[0].cell_seconds) == (1 << 30, 17)
    assert auto_scores(course)["ada", "square_test"] == 3.0
    plugin._close_backend()


def test_without_execution_nbgrader_reads_what_is_there(course, api):
    # What `--no-execute` sets.
    api.config.Execute.enabled = api.config.ClearOutput.enabled = False
    result = api.autograde("ps1", "chi")
    assert not result["success"]  # nor is anything repaired
    result = api.autograde("ps1", "ben")
    assert result["success"], result
    assert auto_scores(course)["ben", "square_test"] == 3.0
