"""The same random numbers in every fork.

In: a seed. Out: Python, NumPy, TensorFlow and Keras that start from it, whether they are imported already or later.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import random
import sys
from collections.abc import Callable, Sequence
from types import ModuleType


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy, TensorFlow and Keras. A library that is not imported yet is seeded on import. Runs no operation."""
    random.seed(seed)
    for name, seeder in _SEEDERS.items():
        if name in sys.modules:
            seeder(sys.modules[name], seed)
        else:
            sys.meta_path.insert(0, _AfterImport(name, seeder, seed))


def _seed_numpy(module: ModuleType, seed: int) -> None:
    module.random.seed(seed)


def _seed_tensorflow(module: ModuleType, seed: int) -> None:
    module.random.set_seed(seed)


def _seed_keras(module: ModuleType, seed: int) -> None:
    # keras.utils.set_random_seed would seed Python and NumPy again, in the middle of a notebook.
    state, numpy_state = random.getstate(), sys.modules["numpy"].random.get_state()
    module.utils.set_random_seed(seed)
    random.setstate(state)
    sys.modules["numpy"].random.set_state(numpy_state)


_SEEDERS: dict[str, Callable[[ModuleType, int], None]] = {
    "numpy": _seed_numpy,
    "tensorflow": _seed_tensorflow,
    "keras": _seed_keras,
}


class _AfterImport(importlib.abc.MetaPathFinder):
    """Seeds a module right after its first import, and removes itself."""

    def __init__(self, name: str, seeder: Callable[[ModuleType, int], None], seed: int) -> None:
        self.name, self.seeder, self.seed = name, seeder, seed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        exec_module = spec.loader.exec_module

        def exec_and_seed(module: ModuleType) -> None:
            exec_module(module)
            self.seeder(module, self.seed)

        spec.loader.exec_module = exec_and_seed  # type: ignore[method-assign]
        return spec
