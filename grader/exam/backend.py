"""Where exams are held: a warm process to fork from, or ordinary processes.

In: which sandbox, the modules that the assignments import, the teacher's data sets. Out: a `BackendAddress`, plain data that
is sent to workers.
"""

from __future__ import annotations

import importlib.util
import logging
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

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BackendAddress:
    """Where an exam can be held. Without a ``zygote``, each kernel and each examiner starts as an ordinary process."""

    sandbox: SandboxKind = SandboxKind.SPAWN
    zygote: ZygoteAddress | None = None


class Backend:
    """Holds the warm process of a backend. It ends when this object is closed.

    ``warnings`` are sentences for the teacher about what the sandbox cannot do on this machine. They are logged once.

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
        for text in self.warnings:
            _log.warning(text)

    def _started(self) -> Zygote:
        while True:
            try:
                return Zygote(Sandbox(self.sandbox), (*EXAM_MODULES, *self.modules), self.data)
            except SandboxError as error:
                # Nobody asked for these modules by name: what cannot be preloaded is left to the notebooks.
                if error.module not in self.modules:
                    raise
                self.modules.remove(error.module)

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.zygote.warnings if self.zygote is not None else ()

    @property
    def address(self) -> BackendAddress:
        return BackendAddress(self.sandbox, self.zygote.address if self.zygote is not None else None)

    def revive(self) -> bool:
        """Make sure that the warm process is alive. Returns whether another one had to be started."""
        # bubblewrap's own process ends a moment after the one inside, so that it lives is not enough.
        if self.zygote is None or (self.zygote.alive and self.zygote.address.answers):
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
