"""`show` refuses a figure that a reader could not use: without a title, without labels, without a full alternative text.

In: a source notebook that is to be run. Out: a copy in which each cell that defines `show` also puts the check around it.
This file's own text goes into that cell, so that the kernel needs nothing of the grader. No notebook is ever written with it.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DEFINES_SHOW = re.compile(r"^def show\(", re.MULTILINE)
REFUSED = "FigureError"  # the name by which a refusal is known among a cell's outputs
SHORTEST = 40  # characters of an alternative text


# What a figure lacks, and how to add it.
Missing = Iterator[tuple[str, str]]


class FigureError(Exception):
    """A figure that says too little: what is missing, and how to add it, in two sentences."""


def with_strict_figures(notebook: Any) -> Any:
    """A copy of the notebook in which `show` is strict. Its cells have the positions and ids that they had."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and DEFINES_SHOW.search(cell.source):
            cell.source += _strictness()
    return notebook


def without_strict_figures(notebook: Any) -> Any:
    """The same notebook, run or not, with the cells as they were. It is changed in place."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = cell.source.removesuffix(_strictness())
    return notebook


@functools.cache
def _strictness() -> str:
    text = Path(__file__).read_text(encoding="utf-8")
    lines = [
        "_strict = {'__name__': 'strict_figures'}",
        f"exec({text!r}, _strict)",
        "show = _strict['strict'](show)",
        "del _strict",
    ]
    return "\n\n" + "\n".join(lines)


# --- in the kernel ---------------------------------------------------------------------------------------------------


def strict(show: Callable[..., object]) -> Callable[..., object]:
    """The function `show`, which raises a `FigureError` first where the figure says too little.

    A figure that is shown in another way is refused, too: it has no alternative text.
    """
    import matplotlib.pyplot as plt
    from IPython import get_ipython

    @functools.wraps(show)
    def strict_show(fig: Any, alt: str = "") -> object:
        try:
            refuse(fig, alt)
        except FigureError:
            plt.close(fig)  # or else it would be refused a second time, as one that was not shown
            raise
        return show(fig, alt)

    def refuse_plt_show(*args: object, **kwargs: object) -> None:
        plt.close("all")
        raise FigureError("`plt.show()` gives a figure no alternative text. Use `show(fig, alt)`.")

    def refuse_open_figures(*args: object) -> None:
        if plt.get_fignums():
            plt.close("all")
            raise FigureError(
                "A figure is left open, so it is shown without an alternative text. Use `show(fig, alt)`."
            )

    plt.show = refuse_plt_show
    shell = get_ipython()
    if shell is not None:
        # Before matplotlib's own callback, which shows and closes what is open.
        shell.events.callbacks["post_execute"].insert(0, refuse_open_figures)
    return strict_show


def refuse(fig: Any, alt: str) -> None:
    """Raise a `FigureError` with the first thing that is missing."""
    for missing in (_missing_titles(fig), _missing_labels(fig), _missing_text(alt)):
        for what, how in missing:
            title = next(filter(None, [_suptitle(fig), *map(_title, fig.axes)]), "")
            named = f"The figure “{title}”" if title else "The figure"
            raise FigureError(f"{named} {what}. {how}.")


def _missing_titles(fig: Any) -> Missing:
    if _suptitle(fig):
        return
    axes = [ax for ax in fig.axes if not _is_colour_bar(ax)]
    titled = [ax for ax in axes if _title(ax)]
    for number, ax in enumerate(axes, start=1):
        # Twin axes lie one over the other and share one title.
        if not any(ax.bbox.bounds == other.bbox.bounds for other in titled):
            what = "has no title" if len(axes) == 1 else f"has no title above panel {number}"
            yield what, "State its point with `set_title`, or that of all panels with `suptitle`"


def _missing_labels(fig: Any) -> Missing:
    for ax in fig.axes:
        names = [name for name in ("x", "y", "z") if hasattr(ax, f"get_{name}label")]
        labels = {name: getattr(ax, f"get_{name}label")().strip() for name in names}
        if _is_colour_bar(ax):
            if not any(labels.values()):
                yield "has a colour bar without a label", 'Write `colorbar(…, label="…")`'
            continue
        if ax.images or not (ax.axison or "z" in names):  # for three dimensions it is always False
            continue
        for name in names:
            if not (labels[name] or _labelled_elsewhere(fig, ax, name)) and len(getattr(ax, f"get_{name}ticks")()):
                what = f"has no label on its {name} axis"
                what += f" in the panel “{_title(ax)}”" if len(fig.axes) > 1 and _title(ax) else ""
                yield what, f"Say with `set_{name}label` what it measures, and its unit"


def _labelled_elsewhere(fig: Any, ax: Any, name: str) -> bool:
    """Whether the label is on the figure, or on other axes that share this one's."""
    if name == "z":
        return False
    shared = getattr(ax, f"get_shared_{name}_axes")().get_siblings(ax)
    labels = [getattr(other, f"get_{name}label")() for other in shared]
    return any(map(str.strip, [getattr(fig, f"get_sup{name}label")(), *labels]))


def _missing_text(alt: str) -> Missing:
    text = " ".join(str(alt).split())
    shown = text if len(text) <= 30 else f"{text[:30]}…"
    if not text:
        yield "has no alternative text", "Show it with `show(fig, alt)`, and say in `alt` what can be seen"
    elif len(text) <= SHORTEST:
        yield f"has an alternative text that says little: “{text}”", "Say in a sentence or three what can be seen"
    elif re.match(r"(an? |the )?(figure|image|picture|photo|graphic) (of|with|show)", text, re.IGNORECASE):
        yield (
            f"has an alternative text that begins “{shown}”",
            "A reader knows that it is a figure: begin with what it shows",
        )
    elif not text.endswith((".", "?", "!")):
        yield f"has an alternative text that ends “…{text[-20:]}”", "End it with a full stop: it is read aloud"
    elif text[0].islower():
        yield f"has an alternative text that begins “{shown}”", "Begin it with a capital letter: write full sentences"


def _suptitle(fig: Any) -> str:
    return str(fig.get_suptitle()).strip()


def _title(ax: Any) -> str:
    return " ".join(filter(None, (ax.get_title(loc).strip() for loc in ("left", "center", "right"))))


def _is_colour_bar(ax: Any) -> bool:
    return ax.get_label() == "<colorbar>"
