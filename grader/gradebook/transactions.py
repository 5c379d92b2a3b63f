"""The grader's own gradebook is written whole or not at all: one commit for each submission, errors with their fix.

In: nbgrader's `Gradebook`, or the path of one that is to be made. Out: context managers around what writes into it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Base, Gradebook, InvalidEntry
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from grader.core.errors import GraderError
from grader.gradebook.nbgrader_private import stamp_version

# What SQLite says, and what helps.
FIXES = {
    "locked": "Close what else writes into it (another run, the formgrader), and run the same command again",
    "full": "Free some disk space, and run the same command again",
    "disk I/O": "See that the disk is well and has room, and run the same command again",
    "readonly": "See that you may write there",
    "no such": "Run `nbgrader db upgrade` in its folder",
}


def make_gradebook(path: Path) -> None:
    """Make an empty gradebook as nbgrader does, whole or not at all, where there is none.

    nbgrader starts another Python to ask alembic for the version of its tables; that takes two seconds.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.{os.getpid()}")
    engine = create_engine(f"sqlite:///{making}")
    try:
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            stamp_version(connection)
        engine.dispose()
        making.replace(path)
    finally:
        engine.dispose()
        making.unlink(missing_ok=True)


@contextmanager
def at_once(gradebook: Gradebook) -> Iterator[None]:
    """Commit all that is written in this block when it ends, or nothing. nbgrader would commit after each cell."""
    session, engine = gradebook.db, gradebook.engine
    session.remove()
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # another writer is met here, not half way through
        session.configure(bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False)
        try:
            yield
            session.flush()
        finally:
            session.remove()
            session.configure(bind=engine, join_transaction_mode="conditional_savepoint", expire_on_commit=True)


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn what the database refuses into an error that names its fix. ``path`` is the gradebook's.

    Raises:
        GraderError: the database cannot be read or written.
    """
    # nbgrader writes a traceback into this log of what it raises as well.
    log = logging.getLogger("tornado.application")
    was_silent, log.disabled = log.disabled, True
    try:
        yield
    except (SQLAlchemyError, InvalidEntry) as error:
        what = str(getattr(error, "orig", None) or error).splitlines()[0]
        fix = next((fix for word, fix in FIXES.items() if word in what), "Grade into a new folder with --out")
        raise GraderError(f"{path}: {what}. {fix}.") from error
    finally:
        log.disabled = was_silent
