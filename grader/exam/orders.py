"""What the host and an examiner send each other: orders, and reports of how cells ended. They travel as JSON.

In: nothing. Out: the types of both, and where an examiner finds its socket. The names of the fields are the wire's own.
"""

from __future__ import annotations

from typing import Literal, TypedDict

ORDERS = "GRADER_ORDERS_FD"
ORDERS_AT = "GRADER_ORDERS_AT"  # port:secret, where sockets cannot be inherited
LONGEST_ORDER = 64 << 20
TIMEOUT = "CellTimeoutError"  # as nbclient calls it; which limit was passed, and its words, are for the host to add


class StartOrder(TypedDict):
    """The first order. ``paths`` are the ways in which proxies may be used; None allows all of them."""

    do: Literal["start"]
    paths: list[str] | None
    output_bytes: int
    message_bytes: int


class Started(TypedDict, total=False):
    """The examiner is ready. ``port`` and ``token`` say where the student kernel connects, if it inherits no socket."""

    ready: bool
    port: int
    token: str


class RunOrder(TypedDict):
    """Run a given cell. ``name`` takes the place of a file's in tracebacks. The answer is a `CellReport`."""

    do: Literal["run"]
    code: str
    name: str


class CheckOrder(TypedDict):
    """Run a check within ``seconds``. The answer is a `Serving`, and when the check has ended, a `CellReport`.

    ``students`` are the names to be bound to what the student kernel has; ``imports`` those that the examiner imports itself,
    each with a module and an attribute.
    """

    do: Literal["check"]
    code: str
    name: str
    seconds: float
    students: list[str]
    imports: dict[str, tuple[str, str | None]]


class Serving(TypedDict):
    """The code that the student kernel must execute while the check lasts."""

    serve: str


class CellReport(TypedDict):
    """How a cell ended.

    ``stdout`` is what it printed; ``error`` its name, text and line in the cell (a list, since JSON has no tuples); ``value``
    the text of the cell's last expression; ``broken`` whether the conversation with the student kernel broke off.
    """

    stdout: str
    error: tuple[str, str, int] | None
    value: str | None
    broken: bool


class EndOrder(TypedDict):
    """Say what was seen. The answer is a `Seen`."""

    do: Literal["end"]


class Seen(TypedDict):
    """The ways in which proxies were used."""

    seen: list[str]


Order = StartOrder | RunOrder | CheckOrder | EndOrder
Answer = Started | Serving | CellReport | Seen
