"""What a zygote imports before its first fork, so that no fork has to.

In: names of modules. Out: a process that has imported them and still has one thread: a fork gets only the thread that forks.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from pathlib import Path

# What ipykernel imports when it starts, and TensorFlow when a model is first trained. These are conveniences: a name that is
# gone in a new version costs each fork the time to import what replaced it, and nothing else.
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


class PreloadError(Exception):
    """A module or a data set that the zygote cannot load. The message names it, and says how to fix it."""

    def __init__(self, text: str, module: str = "") -> None:
        super().__init__(text)
        self.module = module


def import_modules(names: Sequence[str], *, kernel: bool = True) -> None:
    """Import the modules, and those that they would import later.

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
                        "Install it, or remove it from the list of modules to preload.",
                        name,
                    ) from error
            refuse_threads(module, name)


def refuse_threads(module: str, wanted: str = "") -> None:
    """Make sure that this process has one thread.

    Raises:
        PreloadError: it has more. The message names ``module`` as the one that started them; ``wanted`` is the module that
            it was imported for.
    """
    named = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    tasks = Path("/proc/self/task")
    count = len(list(tasks.iterdir())) if tasks.exists() else 1 + len(named)
    if named or count > 1:
        listed = f" ({', '.join(named)})" if named else ""
        raise PreloadError(
            f"importing {module} started {count - 1} thread(s){listed}, and a process with threads cannot be forked "
            "safely. Remove it from the list of modules to preload; a notebook can still import it.",
            wanted,
        )
