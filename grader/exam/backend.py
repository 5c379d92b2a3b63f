"""Where exams are held: a warm process to fork from, or ordinary processes.

In: which sandbox, what the assignments import, the teacher's data sets. Out: a `BackendAddress`: plain data, sent to
workers.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from nbformat import NotebookNode

from grader.core.cell_names import names_of
from grader.exam.modules import EXAM_MODULES
from grader.kernel.sandbox import Sandbox, SandboxError, SandboxKind
from grader.kernel.warm import Zygote, ZygoteAddress


@dataclass(frozen=True)
class BackendAddress:
    """Where an exam can be held. Without a ``zygote``, kernels and examiners are ordinary processes, started anew each time."""

    sandbox: SandboxKind = SandboxKind.SPAWN
    zygote: ZygoteAddress | None = None


class Backend:
    """Holds the warm process of a backend. It ends when this object is closed.

    Raises:
        SandboxError: the sandbox does not work here, or a data set cannot be loaded.
    """

    def __init__(
        self, sandbox: SandboxKind, modules: Sequence[str] = (), data: Mapping[str, Path] | None = None
    ) -> None:
        self.sandbox, self.modules, self.data = sandbox, list(modules), dict(data or {})
        self.zygote: Zygote | None = None
        if sandbox is SandboxKind.SPAWN and self.data:
            raise SandboxError(
                "--data needs a warm process, and --sandbox spawn has none. Leave --data out, or use "
                "--sandbox bubblewrap, none or docker."
            )
        if sandbox is not SandboxKind.SPAWN:
            self.zygote = self._started()

    def _started(self) -> Zygote:
        while True:
            try:
                return Zygote(Sandbox(self.sandbox), (*EXAM_MODULES, *self.modules), self.data)
            except SandboxError as error:
                # Nobody has asked for these modules by name: what cannot be taken in is left to the notebooks.
                if error.module not in self.modules:
                    raise
                self.modules.remove(error.module)

    @property
    def address(self) -> BackendAddress:
        return BackendAddress(self.sandbox, self.zygote.address if self.zygote is not None else None)

    def revive(self) -> bool:
        """See that the warm process lives; start another where it does not. Whether that was so."""
        if self.zygote is None or self.zygote.alive:
            return False
        self.zygote.close()
        self.zygote = self._started()
        return True

    def close(self) -> None:
        if self.zygote is not None:
            self.zygote.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def modules_of(notebooks: Iterable[NotebookNode]) -> list[str]:
    """The installed modules that the notebooks' code imports, in the order in which they come up."""
    found: dict[str, None] = {}
    for notebook in notebooks:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                names = names_of(cell.source)
                for imported in (*(each.module for each in names.imports.values()), *names.stars):
                    found[imported] = None
    return [name for name in found if _is_installed(name)]


def _is_installed(name: str) -> bool:
    root = name.split(".")[0]
    try:
        return bool(root) and importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        return False
