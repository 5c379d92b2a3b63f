"""A small course to try things on, and the real one."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.core.model import Assignment

HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   lecture:
#     title: Doubling
#     minutes: 10
#     points: {points}
# ---

"""

DOUBLING = '''\
# %% [markdown]
# # Doubling
#
# Twice as much.

# %%
import math

start = 3

# %% tags=["demo"]
drawn = math.pi

# %% [markdown]
# ## Exercise 1: twice

# %% exercise="double"
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% wrong="double" says="twice"
def double(x):
    return x

# %% check="double" points=3
_got = double(start)
assert _got == 6, f"Twice 3 is not {_got}."
print("double(3) is right.")
### BEGIN HIDDEN TESTS
assert double(-5) == -10, "Negative numbers are doubled, too."
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2: four times

# %% exercise="quadruple"
def quadruple(x):
    """Return four times x, by doubling twice."""
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION

# %% wrong="quadruple" says="doubled once"
def quadruple(x):
    return double(x)

# %% check="quadruple" points=2
assert quadruple(1) != 2, "That has been doubled once only."
### BEGIN HIDDEN TESTS
# reference: quadruple
assert quadruple(7) == reference_quadruple(7), "Four times 7 came out wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## Why?

# %% [markdown] written="why" points=4
# ### BEGIN SOLUTION
# Because two times two is four.
#
# **Mark scheme**
# - 3 points: multiplies
# - 1 point: a full sentence
# ### END SOLUTION
'''


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, then the browser's, then the slow ones, so that most mistakes show within a minute."""
    items.sort(key=lambda item: ("slow" in item.keywords, "browser" in item.keywords))
    for item in items:
        # With pytest-xdist and --dist loadgroup: the tests of a file share its fixtures, so they run in one process.
        if "apart" not in item.keywords:
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(item.config.rootpath).as_posix()))


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for what the grader keeps of built lectures, in place of the user's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("GRADER_CACHE", str(folder))
        yield folder


MakeCourse = Callable[..., Course]


@pytest.fixture
def make_course(tmp_path: Path) -> MakeCourse:
    """A function that writes a course of one lecture, ``01_doubling``, with the given cells."""

    def make(cells: str = DOUBLING, points: float = 9, header: str = HEADER) -> Course:
        root = tmp_path / "course"
        for folder in ("solutions/playgrounds", "notebooks", "data"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        text = header.format(points=points) + textwrap.dedent(cells)
        (root / "solutions" / "01_doubling.py").write_text(text, encoding="utf-8")
        return Course(root)

    return make


@pytest.fixture
def doubling(make_course: MakeCourse) -> Assignment:
    """The small course's only lecture."""
    course = make_course()
    return build_assignment(course, read_script(course.lectures()[0]))


@pytest.fixture(scope="session")
def real_course() -> Course:
    return Course(Path(__file__).parent.parent)


def says_how_to_fix(message: str) -> bool:
    """Whether a sentence with a capital letter, or a command, follows the one that says what is wrong."""
    return re.search(r"[.:?!)] [A-Z`]\S* ?\S+", message) is not None
