"""The same random numbers in every fork, whenever a library is imported."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest

from grader.kernel.inside import seeds


@pytest.fixture(autouse=True)
def kept():
    """Seeding is for a fork: the tests' own process gets its state back."""
    state, numpy_state, finders = random.getstate(), np.random.get_state(), list(sys.meta_path)
    yield
    random.setstate(state)
    np.random.set_state(numpy_state)
    sys.meta_path[:] = finders


@pytest.fixture
def seeded(tmp_path, monkeypatch):
    """What a library that is called ``lazy`` was seeded with, and in which state."""
    calls: list[tuple[str, int]] = []
    (tmp_path / "lazy.py").write_text("ready = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        seeds, "_SEEDERS", {"lazy": lambda module, seed: calls.append((f"ready: {module.ready}", seed))}
    )
    yield calls
    sys.modules.pop("lazy", None)


def test_the_same_seed_gives_the_same_numbers_and_another_one_does_not():
    numbers = []
    for seed in (3, 3, 4):
        seeds.seed_everything(seed)
        numbers.append((random.random(), np.random.rand()))
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_library_that_is_imported_later_is_seeded_once_it_is_complete(seeded):
    seeds.seed_everything(5)
    assert seeded == []
    import lazy  # noqa: F401

    assert seeded == [("ready: True", 5)]


def test_a_library_is_seeded_on_its_first_import_only(seeded):
    seeds.seed_everything(5)
    import lazy

    del sys.modules["lazy"]
    import lazy  # noqa: F401, F811

    assert len(seeded) == 1


def test_a_library_that_is_imported_already_is_seeded_at_once(seeded):
    import lazy  # noqa: F401

    seeds.seed_everything(6)
    assert seeded == [("ready: True", 6)]


def test_a_library_that_is_not_installed_stays_an_import_error(seeded, monkeypatch):
    monkeypatch.setattr(seeds, "_SEEDERS", {"no_such_library": lambda module, seed: None})
    seeds.seed_everything(7)
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        __import__("no_such_library")


def test_keras_does_not_move_the_numbers_of_a_notebook_that_imports_it_late():
    class Utils:
        @staticmethod
        def set_random_seed(seed: int) -> None:
            random.seed(seed)
            np.random.seed(seed)

    class Keras:
        utils = Utils

    seeds.seed_everything(8)
    expected = random.Random(8).random(), np.random.RandomState(8).rand()
    seeds._seed_keras(Keras, 8)  # type: ignore[arg-type]
    random_before, numpy_before = random.random(), np.random.rand()
    assert (random_before, numpy_before) == expected
    seeds._seed_keras(Keras, 8)  # type: ignore[arg-type]
    assert (random.random(), np.random.rand()) != expected
