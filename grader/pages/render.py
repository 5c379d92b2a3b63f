"""What all pages share: a Jinja2 environment that escapes everything, and the formatting of numbers.

In: the name of a template, and values. Out: a page as text.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.core.model import MB


def render(template: str, **values: object) -> str:
    """A whole page. It can always be encoded as UTF-8: lone surrogates, which JSON allows, become '?'."""
    page = _environment().get_template(template).render(**values)
    return page.encode("utf-8", "replace").decode("utf-8")


def number(value: float) -> str:
    """Points as people write them: 3, 2.5, 0.33."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # + 0.0: no "-0"


def points(value: float) -> str:
    """``1 point``, ``2.5 points``."""
    return f"{number(value)} {'point' if number(value) == '1' else 'points'}"


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``."""
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def memory(size: float) -> str:
    """``310 MB``, ``1.2 GB``."""
    return f"{size / MB:.0f} MB" if size < 1000 * MB else f"{size / MB / 1024:.1f} GB"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def counted(count: int, noun: str) -> str:
    """``1 student``, ``3 students``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def with_code(text: str) -> Markup:
    """A sentence in which `names in backticks` become code. Everything is escaped."""
    pieces = re.split(r"`([^`\n]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces)
    )


def feedback_address(student: str, assignment: str) -> str:
    """The relative URL of a student's page."""
    who, what = (quote(part, safe="", errors="replace") for part in (student, assignment))
    return f"feedback/{who}/{what}/{what}.html"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, points=points, percent=percent, with_code=with_code)
    environment.filters.update(duration=duration, memory=memory)
    environment.globals["counted"] = counted
    return environment
