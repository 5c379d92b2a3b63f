"""Write files whole or not at all. In: a path and its new content. Out: the new file, or the old one and an error."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.core.errors import GraderError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a run that is interrupted leaves no partial file.

    Raises:
        GraderError: the file cannot be written.
    """
    with staged(path, content):
        pass


@contextmanager
def staged(path: Path, content: bytes) -> Iterator[None]:
    """Write a temporary file next to ``path``; rename it to ``path`` if the block succeeds, delete it if the block fails.

    A full disk therefore shows up before the block has done any of the work that goes with the file.

    Raises:
        GraderError: the file cannot be written.
    """
    temporary = None
    try:
        with _as_grader_error(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}.", delete=False) as file:
                temporary = Path(file.name)
                file.write(content)
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
        yield
        with _as_grader_error(path):
            temporary.replace(path)
    except BaseException:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _as_grader_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise GraderError(
            f"{path}: cannot be written ({error.strerror}). Free some disk space or choose another folder."
        ) from error
