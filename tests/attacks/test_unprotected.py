"""The attacks are no duds: where a notebook is graded in one process, as nbgrader does, they score."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from grader.authoring.build import read_course
from grader.core.model import Assignment, Limits
from grader.exam.execution import execute
from grader.exam.verdicts import judge
from grader.submissions.repair import repair
from tests.attacks.catalogue import ATTACKS, Alone, Attack, Scene, Work
from tests.attacks.course import write_course

LIMITS = Limits(cell_seconds=60, notebook_seconds=120)  # the first import of TensorFlow may take long


@pytest.fixture(scope="module")
def unwalled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Assignment]]:
    """A folder for the scenes, and the lectures."""
    root = tmp_path_factory.mktemp("unwalled")
    for folder in ("home", "out", "submissions"):
        (root / folder).mkdir()
    return root, {assignment.name: assignment for assignment in read_course(write_course(root / "course"))}


def score_in_one_kernel(attack: Attack, root: Path, assignments: dict[str, Assignment]) -> float:
    """The points that a grader gives which runs answers and checks in the same process."""
    scene = Scene(attack.name, root / "course", root / "submissions", root / "out", root / "home", port=9)
    work = attack.make(scene)
    assert isinstance(work, Work)
    assignment = assignments[attack.lecture]
    notebook, _ = repair(work.notebook(assignment), assignment.with_stubs)
    executed = copy.deepcopy(notebook)
    execute(executed, LIMITS, files=assignment.files)
    return sum(verdict.points for verdict in judge(executed))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if attack.alone is Alone.SCORES])
def test_it_gets_points_that_it_has_not_earned_where_nothing_protects(
    name: str, unwalled: tuple[Path, dict[str, Assignment]]
) -> None:
    attack = ATTACKS[name]
    assert attack.earned is not None
    assert score_in_one_kernel(attack, *unwalled) > attack.earned
