"""Errors between the two processes. In: an exception, or the name of a builtin class and a text. Out: the other."""

from __future__ import annotations

import builtins
import sys

LONGEST_TEXT = 2000

# These classes want more than one text. Their errors are sent as those of the next class above them.
_WANT_MORE = {
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeTranslateError",
    "ExceptionGroup",
    "BaseExceptionGroup",
}
CLASSES: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException) and name not in _WANT_MORE
}


def report_of(error: BaseException) -> tuple[str, str]:
    """The name of the nearest class that the other process knows, and the error's text."""
    name = next((kind.__name__ for kind in type(error).__mro__ if _is_known(kind)), "Exception")
    try:
        text = error.args[0] if isinstance(error, KeyError) and type(error.args[0]) is str else str(error)
    except BaseException:  # its __str__ is the student's
        text = ""
    return name, str.__str__(text)[:LONGEST_TEXT] if isinstance(text, str) else ""


def error_of(name: object, text: object) -> BaseException:
    """An error of the class of that name; an `Exception` where there is no such class."""
    kind: type[BaseException] = CLASSES.get(name, Exception) if isinstance(name, str) else Exception
    numpy = sys.modules.get("numpy")
    if name == "LinAlgError" and numpy is not None:
        kind = numpy.linalg.LinAlgError
    return kind(text[:LONGEST_TEXT] if isinstance(text, str) else "")


def _is_known(kind: type) -> bool:
    numpy = sys.modules.get("numpy")
    linalg = getattr(numpy, "linalg", None)
    return CLASSES.get(kind.__name__) is kind or (linalg is not None and kind is getattr(linalg, "LinAlgError", None))
