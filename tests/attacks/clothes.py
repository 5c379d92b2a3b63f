"""Right answers in unusual clothes: no attacks at all. Each stands between attacks, and must keep every point."""

from __future__ import annotations

import copy
from functools import partial

from tests.attacks.catalogue import Alone, Scene, Work, attack
from tests.attacks.course import ALL, RIGHT

right = partial(attack, ALL, alone=Alone.HARMLESS)


@right()
def an_answer_in_plain_clothes(scene: Scene) -> Work:
    return Work(otherwise=RIGHT)


@right()
def answers_that_write_to_stderr(scene: Scene) -> Work:
    cell = "import sys, warnings"
    answer = """
    def scaled(x):
        print("hm", file=sys.stderr)
        warnings.warn("this is only a warning")
        return (x - x.mean()) / x.std()
    """
    return Work(cell, {"scaled": answer}, otherwise=RIGHT)


@right()
def answers_of_related_types(scene: Scene) -> Work:
    answers = {
        "area": "area = np.float64(np.pi) * RADIUS**2",
        "scaled": "def scaled(x): return list((x - x.mean()) / x.std())",
        "counts": "import collections\n\ndef counts(words): return collections.Counter(words)",
        "slope": "def slope(f, x): return np.float64((f(x + 1e-6) - f(x - 1e-6)) / 2e-6)",
        "sign": "def sign(x): return np.sign(x)",
    }
    return Work(answers=answers, otherwise=RIGHT)


@right()
def answers_that_are_no_plain_functions(scene: Scene) -> Work:
    answers = {
        "scaled": "class Scaler:\n    def __call__(self, x): return (x - x.mean()) / x.std()\n\nscaled = Scaler()",
        "account": "import dataclasses\n\n@dataclasses.dataclass\nclass Account:\n    balance: float = 0.0\n\n"
        "    def deposit(self, amount):\n        self.balance += amount\n        return self.balance",
        "slope": "slope = lambda f, x: (f(x + 1e-6) - f(x - 1e-6)) / 2e-6",
        "sign": "import functools\n\ndef compare(zero, x): return (x > zero) - (x < zero)\n\nsign = functools.partial(compare, 0)",
        "counts": "import functools\n\n@functools.lru_cache\ndef count(words, word): return words.count(word)\n\n"
        "def counts(words): return {word: count(tuple(words), word) for word in words}",
    }
    return Work(answers=answers, otherwise=RIGHT)


@right()
def answers_with_helpers_magics_and_imports_of_their_own(scene: Scene) -> Work:
    cell = "%matplotlib inline\nimport numpy\nfrom math import *\n\ndef helper(x):\n    return x - numpy.mean(x)\n\n!ls > listing.txt"
    answers = {
        "area": "%%time\narea = pi * RADIUS ** 2",
        "scaled": "def scaled(x): return helper(x) / numpy.std(x)",
    }
    return Work(cell, answers, otherwise=RIGHT)


@right()
def answers_that_use_files_threads_and_processes(scene: Scene) -> Work:
    cell = """
    import concurrent.futures, json, pathlib, subprocess, sys, tempfile
    pathlib.Path("notes.json").write_text(json.dumps({"radius": RADIUS}))
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x")
    """
    answers = {
        "area": "area = math.pi * json.loads(pathlib.Path('notes.json').read_text())['radius'] ** 2",
        "scaled": "def scaled(x):\n    with concurrent.futures.ThreadPoolExecutor(4) as pool:\n"
        "        return np.array(list(pool.map(lambda value: (value - x.mean()) / x.std(), x)))",
        "sign": "def sign(x):\n    told = subprocess.run([sys.executable, '-c', f'print(({x} > 0) - ({x} < 0))'], "
        "capture_output=True, text=True)\n    return int(told.stdout)",
    }
    return Work(cell, answers, otherwise=RIGHT)


@right()
def an_error_in_a_cell_of_ones_own(scene: Scene) -> Work:
    return Work("1 / 0", otherwise=RIGHT)


@right()
def much_output_and_a_progress_bar(scene: Scene) -> Work:
    cell = """
    import time
    for step in range(3000):
        print(f"\\r{step / 3000:.0%} done", end="")
    print("x" * 150_000)
    """
    return Work(cell, otherwise=RIGHT)


@right()
def a_copied_cell(scene: Scene) -> Work:
    def change(notebook):
        at = next(
            n for n, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == "scaled"
        )
        twin = copy.deepcopy(notebook.cells[at])
        twin.id = "a-copy"
        notebook.cells.insert(at + 1, twin)

    return Work(change=change, otherwise=RIGHT)


@right()
def a_deleted_check_and_lost_metadata(scene: Scene) -> Work:
    def change(notebook):
        notebook.cells[:] = [cell for cell in notebook.cells if cell.id != "slope-check"]
        for number, cell in enumerate(notebook.cells):
            cell.metadata, cell.id = type(cell)(), f"cell-{number}"
        notebook.metadata.pop("grader")

    return Work(change=change, otherwise=RIGHT)


@right()
def cells_run_by_an_older_kernel(scene: Scene) -> Work:
    """Counts, outputs and metadata as Jupyter leaves them."""

    def change(notebook):
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                cell.execution_count = 100 - number
                cell.outputs = [{"output_type": "stream", "name": "stdout", "text": "old"}]
        notebook.metadata["kernelspec"] = {"name": "python2", "display_name": "Python 2", "language": "python"}

    return Work(change=change, otherwise=RIGHT)
