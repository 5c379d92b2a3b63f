"""Make the README's pictures from the real thing.

In: a course folder that ``make demo`` has graded into. Out: ``docs/pictures/*.png``. Debian's chromium looks at the class
report, at a student's feedback, at a notebook in Jupyter and at a playground. Run it in the project's environment, where
Jupyter and selenium are:

    python docs/pictures.py [build/demo/course]
"""

from __future__ import annotations

import base64
import copy
import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from nbformat import NotebookNode
from PIL import Image
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from grader.authoring import build_assignment, notebook_bytes
from grader.course import Course
from grader.examiner.execution import execute
from grader.pages import feedback_address
from grader.results import Limits
from grader.script import Kind, inside, read_script
from grader.script import BEGIN_SOLUTION, END_SOLUTION

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LECTURE, EXERCISE = "03_neuron", "gates"
SCALE = 2  # pixels of the picture for one of the page, so that text is sharp on every screen
COLOURS = 128
SECONDS = 60  # that any one wait may take
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb",
)  # fmt: skip
FRAME = """<!doctype html><meta charset="utf-8"><body style="margin: 0; padding: 26px; background: #eef2f5">
<iframe style="display: block; width: 100%; height: {height}px; border: 1px solid #ccd4da; border-radius: 12px;
background: #fff; box-shadow: 0 6px 24px rgb(29 39 48 / 14%)" sandbox="allow-scripts" srcdoc="{page}"></iframe>"""


def main(folder: Path) -> None:
    """Make every picture. ``folder`` is what was given to ``grader grade`` as --out."""
    PICTURES.mkdir(exist_ok=True)
    with browser() as chromium:
        report(chromium, folder)
        feedback(chromium, folder)
        playground(chromium)
        notebook(chromium)


def report(chromium: Chrome, folder: Path) -> None:
    """The top of the class report."""
    set_size(chromium, 1000, 900)
    chromium.get((folder / "report.html").as_uri())
    take(chromium, "report")


def feedback(chromium: Chrome, folder: Path) -> None:
    """What a student reads whose notebook is partly right."""
    set_size(chromium, 820, 1000)
    chromium.get((folder / feedback_address(interesting_student(folder), LECTURE)).as_uri())
    take(chromium, "feedback")


def interesting_student(folder: Path) -> str:
    """One whose file was in order, and who has about half of the points."""
    with (folder / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == LECTURE and row["score"]]
    partly = [row for row in rows if not row["problems"] and 0 < float(row["score"]) < float(row["max_score"])]
    return min(partly, key=lambda row: abs(float(row["score"]) / float(row["max_score"]) - 0.55))["student"]


def playground(chromium: Chrome) -> None:
    """The neuron's playground, in the frame that a notebook gives it, with the sigmoid chosen."""
    page = (ROOT / "solutions" / "playgrounds" / "neuron.html").read_text(encoding="utf-8")
    set_size(chromium, 940, 700)
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "playground.html"
        path.write_text(FRAME.format(page=escape(page), height=646), encoding="utf-8")
        chromium.get(path.as_uri())
        chromium.switch_to.frame(chromium.find_element(By.TAG_NAME, "iframe"))
        chromium.execute_script("playground.set({ phi: 'sigmoid', w: [0.9, 1.3], b: -1.6, x: [2.2, -1.2] })")
        chromium.switch_to.default_content()
        take(chromium, "playground")


def notebook(chromium: Chrome) -> None:
    """A student's notebook in Jupyter: a figure, an exercise, and what its check says."""
    with tempfile.TemporaryDirectory() as room:
        home = Path(room)
        answered = solved_and_run()
        (home / "course").mkdir()
        (home / "course" / f"{LECTURE}.ipynb").write_bytes(notebook_bytes(answered))
        with jupyter(home) as address:
            set_size(chromium, 1200, 900)
            chromium.get(f"{address}/notebooks/{LECTURE}.ipynb")
            cells = WebDriverWait(chromium, SECONDS).until(
                lambda driver: (
                    len(found := driver.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-Cell")) == len(answered.cells)
                    and found
                )
            )
            ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in answered.cells]
            position = ids.index(EXERCISE)
            figure = max(n for n in range(position) if "image/png" in str(answered.cells[n].get("outputs", "")))
            time.sleep(3)  # until fonts and formulas have settled
            chromium.execute_script(
                "arguments[1].click(); arguments[0].querySelector('.jp-Cell-outputWrapper').scrollIntoView();",
                cells[figure],
                cells[position],
            )
            time.sleep(2)
            take(chromium, "notebook")


def solved_and_run() -> NotebookNode:
    """The lecture's release as a student saves it who has solved everything."""
    script = read_script(ROOT / "solutions" / f"{LECTURE}.py")
    assignment = build_assignment(Course(ROOT), script)
    answered = copy.deepcopy(assignment.release)
    answers = {
        cell.name: "\n".join(
            line for line in cell.source.splitlines() if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION)
        )
        for cell in script.of_kind(Kind.EXERCISE)
    }
    for cell in answered.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    execute(answered, Limits(60, 300), files=assignment.files)
    return answered


@contextmanager
def jupyter(home: Path) -> Iterator[str]:
    """Jupyter Notebook in ``home/course``, with nobody's settings. Gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = home / "config" / "lab" / "user-settings" / "@jupyterlab"
    for name, value in (
        ("notebook-extension/tracker", {"windowingMode": "none"}),
        ("apputils-extension/notification", {"fetchNews": "false", "checkForUpdates": False}),
    ):
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    environment = {
        **os.environ,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    subprocess.run(
        [sys.executable, "-m", "jupyter", "trust", f"{LECTURE}.ipynb"],
        cwd=home / "course",
        env=environment,
        check=True,
        capture_output=True,
    )
    command = [sys.executable, "-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
               "--ServerApp.port_retries=0", "--IdentityProvider.token="]  # fmt: skip
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=home / "course", env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address, end = f"http://127.0.0.1:{port}", time.monotonic() + SECONDS
            while not answers(f"{address}/api"):
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit(f"Jupyter did not start. It said:\n{(home / 'server.log').read_text()}")
                time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except (URLError, OSError):
        return False


@contextmanager
def browser() -> Iterator[Chrome]:
    """Debian's chromium without a window, in a profile of its own."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/bin"])
    program, driver = (shutil.which(name, path=places) for name in ("chromium", "chromedriver"))
    if program is None or driver is None:
        sys.exit("The pictures need Debian's packages chromium and chromium-driver. Mend: apt install chromium-driver")
    options = ChromeOptions()
    options.binary_location = program
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        chromium = Chrome(options=options, service=Service(driver))
        try:
            chromium.set_page_load_timeout(SECONDS)
            yield chromium
        finally:
            chromium.quit()


def set_size(chromium: Chrome, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": SCALE, "mobile": False}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def take(chromium: Chrome, name: str) -> None:
    """Write what is seen into a small PNG file."""
    time.sleep(0.5)  # the last transitions
    taken = chromium.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    image = Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")
    path = PICTURES / f"{name}.png"
    image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {image.width} × {image.height}, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "demo" / "course").resolve())
