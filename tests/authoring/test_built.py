"""Built lectures are kept: what has not changed is not built again, and what has changed, in any of its sources, is."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode

from grader.authoring import built
from grader.authoring.build import build_assignment
from grader.authoring.built import BuiltCourse
from grader.authoring.course import Course
from grader.authoring.script import read_script
from grader.core.cells import notebook_bytes
from grader.core.errors import AuthoringErrors
from grader.core.model import Assignment
from tests.conftest import DOUBLING, HEADER

NAME = "01_doubling"
WITH_FILE = HEADER.replace("#     points: {points}\n", "#     points: {points}\n#     files: [numbers.txt]\n")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def builds(monkeypatch) -> list[str]:
    """The names of the lectures that were built, one after the other."""
    names = []

    def counted(course, script):
        names.append(script.name)
        return build_assignment(course, script)

    monkeypatch.setattr(built, "build_assignment", counted)
    return names


def kept_file(course: Course):
    return BuiltCourse(course).folder / f"{NAME}.json"


def as_bytes(assignment: Assignment) -> list[bytes]:
    return [notebook_bytes(each) for each in (assignment.source, assignment.with_stubs, assignment.release)]


def test_a_lecture_from_the_cache_is_the_one_that_was_built(make_course, builds):
    course = make_course(header=WITH_FILE)
    (course.data / "numbers.txt").write_bytes(b"1 2 3")
    built_now = build_assignment(course, read_script(course.lectures()[0]))
    first, second = BuiltCourse(course).assignment(NAME), BuiltCourse(course).assignment(NAME)
    assert builds == [NAME]
    assert as_bytes(first) == as_bytes(second) == as_bytes(built_now)
    assert (second.name, second.title, second.files) == (NAME, "Doubling", {"numbers.txt": b"1 2 3"})
    assert all(isinstance(cell, NotebookNode) for cell in second.source.cells)


def test_recognition_and_grading_build_a_lecture_once(make_course, builds):
    course = BuiltCourse(make_course())
    assert list(course.with_stubs()) == [NAME]
    course.assignment(NAME)
    assert builds == [NAME]


def test_a_change_of_any_source_builds_anew(make_course, builds):
    course = make_course()
    changes = [
        course.solutions / f"{NAME}.py",
        course.quizzes / f"{NAME}.yml",
        course.solutions / "setup" / "figures.py",
        course.playgrounds / "line.html",
        course.solutions / "course.toml",
        course.data / "glossary.yml",
    ]
    BuiltCourse(course).assignment(NAME)
    for count, path in enumerate(changes, start=2):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.is_file() else "") + "\n# more\n")
        BuiltCourse(course).assignment(NAME)
        assert len(builds) == count, path
    (course.quizzes / "02_other.yml").write_text("[]")  # another lecture's
    BuiltCourse(course).assignment(NAME)
    assert len(builds) == len(changes) + 1


def test_another_builder_builds_anew(make_course, builds, monkeypatch):
    course = make_course()
    BuiltCourse(course).assignment(NAME)
    monkeypatch.setattr(built, "_builder", lambda: "a newer one")
    BuiltCourse(course).assignment(NAME)
    assert builds == [NAME, NAME]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff" * 300, "half", "one letter"])
def test_a_damaged_file_is_built_anew_and_replaced(make_course, builds, damage):
    course = make_course()
    good = as_bytes(BuiltCourse(course).assignment(NAME))
    kept = kept_file(course).read_bytes()
    damaged = {"half": kept[: len(kept) // 2], "one letter": kept.replace(b"Twice", b"Trice", 1)}
    kept_file(course).write_bytes(damaged.get(damage, damage))
    assert as_bytes(BuiltCourse(course).assignment(NAME)) == good
    assert builds == [NAME, NAME]
    assert kept_file(course).read_bytes() == kept


def test_without_a_place_for_the_cache_everything_is_built(make_course, builds, tmp_path):
    (tmp_path / "cache").write_text("a file, where a folder is wanted")
    course = make_course()
    assert as_bytes(BuiltCourse(course).assignment(NAME)) == as_bytes(BuiltCourse(course).assignment(NAME))
    assert builds == [NAME, NAME]


def test_a_file_that_is_gone_is_reported_as_the_build_reports_it(make_course):
    course = make_course(header=WITH_FILE)
    (course.data / "numbers.txt").write_bytes(b"1 2 3")
    BuiltCourse(course).assignment(NAME)
    (course.data / "numbers.txt").unlink()
    with pytest.raises(AuthoringErrors, match=r"the file `numbers\.txt` is not in"):
        BuiltCourse(course).assignment(NAME)


def test_the_mistakes_of_all_lectures_are_reported_together_and_nothing_is_kept(make_course):
    course = make_course(DOUBLING + "\n# %% exercise\n")
    (course.solutions / "02_more.py").write_text(HEADER.format(points=1) + "# %% nonsense=1\n")
    with pytest.raises(AuthoringErrors) as caught:
        BuiltCourse(course).with_stubs()
    assert {error.path.stem for error in caught.value.errors} == {NAME, "02_more"}
    assert not kept_file(course).exists()


def test_nothing_is_written_into_the_course(make_course):
    course = make_course()
    before = sorted(course.root.rglob("*"))
    BuiltCourse(course).with_stubs()
    assert sorted(course.root.rglob("*")) == before
