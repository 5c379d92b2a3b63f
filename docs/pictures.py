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
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from grader.authoring.build import build_assignment
from grader.authoring.course import Course
from grader.authoring.markers import BEGIN_SOLUTION, END_SOLUTION
from grader.authoring.script import Kind, Script, read_script
from grader.core.cells import notebook_bytes
from grader.core.model import Limits
from grader.exam.execution import execute
from grader.pages.render import feedback_address

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LECTURE, EXERCISE = "03_neuron", "gates"
SCALE = 2  # pixels of the picture for one of the page, so that text is sharp on every screen
BYTES = 300_000  # a larger picture is written with fewer colours
MARGIN = 26
SECONDS = 60  # that any one wait may take
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb",
)  # fmt: skip
FRAME = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 0; padding: {margin}px; background: #eef2f5 }}
  iframe {{ display: block; width: 100%; height: {height}px; border: 0; border-radius: 12px; background: #fff;
    box-shadow: 0 6px 24px rgb(29 39 48 / 14%) }}
</style><iframe sandbox="allow-scripts" srcdoc="{page}"></iframe>"""


def main(folder: Path) -> None:
    """Make every picture. ``folder`` is what was given to ``grader grade`` as --out."""
    PICTURES.mkdir(exist_ok=True)
    with browser() as chromium:
        report(chromium, folder)
        feedback(chromium, folder)
        playground(chromium)
        notebook(chromium)


def report(chromium: Chrome, folder: Path) -> None:
    """The class report from its top to the check that was hardest."""
    set_size(chromium, 1000, 1800)
    chromium.get((folder / "report.html").as_uri())
    take(chromium, "report", below(chromium, ".items > li", 1450))


def feedback(chromium: Chrome, folder: Path) -> None:
    """What a student reads whose notebook is partly right."""
    set_size(chromium, 820, 1800)
    chromium.get(f"{folder.as_uri()}/{feedback_address(interesting_student(folder), LECTURE)}")
    take(chromium, "feedback", below(chromium, "article", 1300))


def interesting_student(folder: Path) -> str:
    """One whose file was in order, and who has about two thirds of the points."""
    with (folder / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == LECTURE and row["score"]]
    partly = [row for row in rows if not row["problems"] and 0 < float(row["score"]) < float(row["max_score"])]
    return min(partly, key=lambda row: abs(float(row["score"]) / float(row["max_score"]) - 0.66))["student"]


def playground(chromium: Chrome) -> None:
    """The neuron's playground, in a frame as high as its notebook gives it, with the sigmoid chosen."""
    [cell] = lecture_script().of_kind(Kind.PLAYGROUND)
    page = (ROOT / "solutions" / "playgrounds" / f"{cell.name}.html").read_text(encoding="utf-8")
    set_size(chromium, 940, cell.height + 2 * MARGIN)
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "playground.html"
        path.write_text(FRAME.format(page=escape(page), height=cell.height, margin=MARGIN), encoding="utf-8")
        chromium.get(path.as_uri())
        chromium.switch_to.frame(chromium.find_element(By.TAG_NAME, "iframe"))
        chromium.execute_script("playground.set({ phi: 'sigmoid', w: [0.8, 1.5], b: -1.6, x: [2.2, -1.2] })")
        chromium.switch_to.default_content()
        take(chromium, "playground")


def notebook(chromium: Chrome) -> None:
    """A student's notebook in Jupyter: a figure, an exercise, and what its check says about a wrong answer."""
    with tempfile.TemporaryDirectory() as room:
        home, answered = Path(room), student_s_notebook()
        (home / "course").mkdir()
        (home / "course" / f"{LECTURE}.ipynb").write_bytes(notebook_bytes(answered))
        exercise = [grade_id(cell) for cell in answered.cells].index(EXERCISE)
        figure = max(n for n in range(exercise) if "image/png" in str(answered.cells[n].get("outputs", "")))
        with jupyter(home) as address:
            set_size(chromium, 1320, 990)
            chromium.get(f"{address}/notebooks/{LECTURE}.ipynb")
            cells = WebDriverWait(chromium, SECONDS).until(
                lambda driver: all_of(driver, ".jp-Notebook .jp-Cell", len(answered.cells)), "the notebook did not open"
            )
            time.sleep(3)  # until kernel, fonts and formulas have settled
            cells[exercise].click()
            output = cells[figure].find_element(By.CSS_SELECTOR, ".jp-Cell-outputWrapper")
            chromium.execute_script("arguments[0].scrollIntoView()", output)
            ActionChains(chromium).move_to_element_with_offset(cells[exercise], 0, -200).perform()
            time.sleep(2)
            take(chromium, "notebook")


def student_s_notebook() -> NotebookNode:
    """The lecture's release, executed, as it looks when all is solved but one exercise; that one's check is folded away."""
    script = lecture_script()
    assignment = build_assignment(Course(ROOT), script)
    answers = {cell.name: without_marks(cell.source) for cell in script.of_kind(Kind.EXERCISE)}
    answers[EXERCISE] = next(cell.source for cell in script.of_kind(Kind.WRONG) if cell.name == EXERCISE)
    answered = copy.deepcopy(assignment.release)
    for cell in answered.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
        if grade_id(cell) == f"{EXERCISE}_check":
            cell.metadata["jupyter"] = {"source_hidden": True}
    execute(answered, Limits(60, 300), files=assignment.files)
    return answered


def lecture_script() -> Script:
    return read_script(ROOT / "solutions" / f"{LECTURE}.py")


def without_marks(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION))


def grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def all_of(chromium: Chrome, selector: str, count: int) -> list[WebElement]:
    """The elements that a selector finds, once there are as many as there should be."""
    found = chromium.find_elements(By.CSS_SELECTOR, selector)
    return found if len(found) == count else []


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
        process = subprocess.Popen(command, cwd=home / "course", env=environment, stdout=log, stderr=subprocess.STDOUT)
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
        sys.exit("The pictures need Debian's packages chromium and chromium-driver. Apt install chromium-driver")
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


def below(chromium: Chrome, selector: str, most: int) -> int:
    """Where to cut a page: under the last element of a kind that ends within ``most`` pixels."""
    script = "return [...document.querySelectorAll(arguments[0])].map(each => each.getBoundingClientRect().bottom)"
    ends = chromium.execute_script(script, selector)
    return round(max((end for end in ends if end <= most), default=most)) + 8


def take(chromium: Chrome, name: str, height: int | None = None) -> None:
    """Write what is seen, or the upper part of it, into a small PNG file."""
    time.sleep(0.5)  # the last transitions
    taken = chromium.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    image = Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")
    if height is not None:
        image = image.crop((0, 0, image.width, height * SCALE))
    path = PICTURES / f"{name}.png"
    image.save(path, optimize=True)
    if path.stat().st_size > BYTES:
        few = image.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {image.width} × {image.height}, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "demo" / "course").resolve())
