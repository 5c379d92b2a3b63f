"""What a zygote does before its first fork: imports, data sets; and what a fork does with them: seeds.

Nothing here may start a thread or run a TensorFlow operation: a forked process has only the thread that forked.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
"""Each kernel gets one core: two in parallel do not fight, and sums are added in the same order in each run."""

CALM = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # no warning from the debugger that ipykernel loads
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}

# What ipykernel loads when it starts, and TensorFlow when a model first learns: lazily, but always.
KERNEL_MODULES = (
    "ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.ipkernel", "IPython.core.completer", "matplotlib_inline",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.historyapp", "IPython.core.logger",
    "IPython.core.magics", "IPython.core.oinspect", "IPython.extensions.storemagic", "IPython.utils.wildcard",
    "faulthandler", "pdb", "tornado.platform.asyncio",
)  # fmt: skip
LAZY_MODULES = {
    "numpy": ("numpy.random",),
    "tensorflow": (
        "keras", "tensorflow.python.data.ops.concatenate_op", "tensorflow.python.data.ops.flat_map_op",
        "tensorflow.python.data.ops.from_tensors_op", "tensorflow.python.data.ops.range_op",
        "tensorflow.python.data.ops.zip_op",
    ),
    "matplotlib": ("matplotlib.pyplot", "matplotlib_inline.backend_inline", "matplotlib.backends.backend_agg"),
}  # fmt: skip

KERAS_DATASETS = ("boston_housing", "california_housing", "cifar10", "cifar100", "fashion_mnist", "mnist")
PARTS = ("x_train", "y_train", "x_test", "y_test")


class PreloadError(Exception):
    """A module or a data set that the zygote cannot take in. The message names it, and the fix."""

    def __init__(self, text: str, module: str = "") -> None:
        super().__init__(text)
        self.module = module


def import_modules(names: Sequence[str], *, kernel: bool = True) -> None:
    """Import the modules, and those that they would load later.

    Raises:
        PreloadError: one is not installed, fails, or starts a thread.
    """
    for name in (*(KERNEL_MODULES if kernel else ()), *names):
        wanted = name in names or name == "ipykernel.kernelapp"
        for module in (name, *LAZY_MODULES.get(name, ())):
            try:
                importlib.import_module(module)
            except Exception as error:  # whatever a module raises on import
                if wanted and module == name:
                    raise PreloadError(
                        f"the module {name} cannot be imported: {type(error).__name__}: {error}. "
                        "Install it, or take it from the list of modules to preload.",
                        name,
                    ) from error
            refuse_threads(module, name)


def refuse_threads(module: str, wanted: str = "") -> None:
    """See that this process has one thread.

    Raises:
        PreloadError: it has more; ``module`` is named as what started them, ``wanted`` as what it was imported for.
    """
    named = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    tasks = Path("/proc/self/task")
    count = len(list(tasks.iterdir())) if tasks.exists() else 1 + len(named)
    if named or count > 1:
        listed = f" ({', '.join(named)})" if named else ""
        raise PreloadError(
            f"importing {module} started {count - 1} thread(s){listed}, and a process with threads cannot be forked "
            "safely. Take it from the list of modules to preload; a notebook can still import it.",
            wanted,
        )


def load_data(files: Mapping[str, Path]) -> None:
    """Let ``keras.datasets.NAME.load_data()`` return what lies in a file, for each name.

    The arrays are read once and shared by all forks; each call returns copies, which a student may change.

    Raises:
        PreloadError: the name is no data set of Keras, or the file is not as Keras' own.
    """
    if not files:
        return
    np: Any = importlib.import_module("numpy")  # the course's, not the grader's own

    for name, path in files.items():
        if name not in KERAS_DATASETS:
            raise PreloadError(f"no data set of Keras is called {name}. Use one of {', '.join(KERAS_DATASETS)}.")
        try:
            with np.load(path, allow_pickle=False) as archive:
                arrays = {part: archive[part] for part in PARTS}
        except (OSError, ValueError, KeyError) as error:
            raise PreloadError(
                f"the data set {name}, {path}: {error}. Give an .npz file with {', '.join(PARTS)}."
            ) from error
        for array in arrays.values():
            array.flags.writeable = False
        _replace_loader(name, arrays)


def _replace_loader(name: str, arrays: Mapping[str, Any]) -> None:
    importlib.import_module("keras.datasets")
    importlib.import_module("keras._tf_keras.keras.datasets")  # what `tensorflow.keras` stands for
    original = importlib.import_module(f"keras.datasets.{name}").load_data

    def load_data(*args: Any, **kwargs: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        x_train, y_train, x_test, y_test = (arrays[part].copy() for part in PARTS)
        return (x_train, y_train), (x_test, y_test)

    load_data.__doc__ = original.__doc__
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("keras.") and vars(module).get("load_data") is original:
            module.load_data = load_data  # type: ignore[attr-defined]


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy, TensorFlow and Keras. What is not loaded yet is seeded when it is. Runs no operation."""
    random.seed(seed)
    for name, sow in _SEEDERS.items():
        if name in sys.modules:
            sow(sys.modules[name], seed)
        else:
            sys.meta_path.insert(0, _AfterImport(name, sow, seed))


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
    """Seeds a module right after it has been imported for the first time, and is gone then."""

    def __init__(self, name: str, sow: Callable[[ModuleType, int], None], seed: int) -> None:
        self.name, self.sow, self.seed = name, sow, seed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_seed(module: ModuleType) -> None:
            execute(module)
            self.sow(module, self.seed)

        spec.loader.exec_module = execute_and_seed  # type: ignore[method-assign]
        return spec


def environment() -> dict[str, str]:
    """The variables that every kernel starts with, in a sandbox or not."""
    return {**ONE_THREAD, **CALM, "LANG": "C.UTF-8", "PATH": os.defpath}
