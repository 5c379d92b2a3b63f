"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.core.errors import GraderError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a run that is stopped leaves no half of it.

    Raises:
        GraderError: the file cannot be written.
    """
    with staged(path, content):
        pass


@contextmanager
def staged(path: Path, content: bytes) -> Iterator[None]:
    """Write a file beside its place; it takes its place when the block ends well, and is gone when it does not.

    So a full disk shows before the block has done anything that belongs to the file.

    Raises:
        GraderError: the file cannot be written.
    """
    temporary = None
    try:
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}.", delete=False) as file:
                temporary = Path(file.name)
                file.write(content)
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
        yield
        with _told(path):
            temporary.replace(path)
    except BaseException:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise GraderError(
            f"{path}: cannot be written ({error.strerror}). Free the disk or choose another place."
        ) from error
