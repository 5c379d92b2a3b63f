"""What is handed in is no plain notebook, or has a name that means harm, or a script for the teacher's browser."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from grader.core.cells import notebook_bytes
from grader.core.model import Assignment
from tests.attacks.catalogue import Alone, Delivery, Scene, Work, attack
from tests.attacks.course import ALL, RIGHT, SEEN, SMALL

harmless = partial(attack, alone=Alone.HARMLESS)
ungraded = partial(attack, None, alone=Alone.HARMLESS)
SCRIPT = "<script>alert('from {0}')</script><img src=x onerror=\"alert('from {0}')\">"


def _right(assignment: Assignment) -> bytes:
    return notebook_bytes(Work(otherwise=RIGHT).notebook(assignment))


def _zip(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@ungraded(told="link")
def a_link_to_somebody_s_secret(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        own = folder / scene.name
        own.mkdir()
        (own / f"{SMALL}.ipynb").symlink_to(scene.canaries[0])

    return deliver


@ungraded(told="ordinary file")
def a_pipe_that_nobody_writes_to(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        (folder / scene.name).mkdir()
        os.mkfifo(folder / scene.name / f"{SMALL}.ipynb")

    return deliver


@ungraded(told="damaged")
def a_zip_that_is_broken(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        whole = _zip({f"{SMALL}.ipynb": _right(assignment)})
        (folder / f"{scene.name} {SMALL}.zip").write_bytes(whole[: len(whole) // 2])

    return deliver


@ungraded(told="packed beyond belief")
def a_zip_that_is_a_bomb(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        (folder / f"{scene.name} {SMALL}.zip").write_bytes(_zip({f"{SMALL}.ipynb": bytes(40_000_000)}))

    return deliver


@harmless(ALL)
def a_zip_that_climbs_out_of_its_folder(scene: Scene) -> Delivery:
    """What climbs out is refused; the rest of the zip is graded."""

    def deliver(folder: Path, assignment: Assignment) -> None:
        notebook = _right(assignment)
        members = {
            f"{scene.name}/{SMALL}.ipynb": notebook,
            f"../../{scene.footprint.name}": b"here",
            str(scene.footprint): b"here",
            f"../another/{SMALL}.ipynb": notebook,
        }
        (folder / f"{scene.name}.zip").write_bytes(_zip(members))

    return deliver


@ungraded(told="nested too deeply")
def a_notebook_nested_without_end(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        (folder / scene.name).mkdir()
        (folder / scene.name / f"{SMALL}.ipynb").write_bytes(b'{"cells": ' + b"[" * 1_000_000)

    return deliver


@harmless(ALL, student="C______evil_ a_name_that_leads_elsewhere")
def a_name_that_leads_elsewhere(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        own = folder / f"C:\\..\\..\\evil\n {scene.name}"
        own.mkdir(parents=True)
        (own / f"{SMALL}.ipynb").write_bytes(_right(assignment))

    return deliver


@harmless(ALL, student="_img src=x onerror=alert(1)_ a_name_that_is_markup")
def a_name_that_is_markup(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        own = folder / f"<img src=x onerror=alert(1)> {scene.name}"
        own.mkdir(parents=True)
        (own / f"{SMALL}.ipynb").write_bytes(_right(assignment))

    return deliver


@harmless(ALL, student="=1+cmd_ a_name_that_is_a_formula")
def a_name_that_is_a_formula(scene: Scene) -> Delivery:
    def deliver(folder: Path, assignment: Assignment) -> None:
        own = folder / f"=1+cmd| {scene.name}"
        own.mkdir(parents=True)
        (own / f"{SMALL}.ipynb").write_bytes(_right(assignment))

    return deliver


@harmless()
def a_script_for_the_teacher_s_browser(scene: Scene) -> Work:
    """In markdown, in outputs, in errors, in the metadata: wherever a page could show it."""
    script = SCRIPT.format(scene.name)
    cell = f"""
    from IPython.display import HTML, Javascript, SVG
    script = {script!r}
    display(HTML(script), Javascript("alert(1)"))
    print(script)
    """
    answers = {
        "scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    print(script)\n    raise ValueError(script)",
        "counts": "counts = type(script, (), {'__call__': lambda self, words: self})()",
        "sign": f"def sign(x):\n    {SEEN['sign']}\n    raise AssertionError(script)",
    }

    def change(notebook):
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source += f"\n{script}\n[a link](javascript:alert(1))"
            cell.metadata["name"] = script
        notebook.metadata["title"] = script
        notebook.metadata["kernelspec"]["name"] = script
        notebook.metadata["grader"] = json.loads(json.dumps({"assignment": SMALL, "problems": [{"text": script}]}))

    return Work(cell, answers, change)
