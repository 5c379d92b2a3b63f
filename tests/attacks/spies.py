"""Spies: answers that look for the hidden tests, the reference solutions and the check's own variables."""

from __future__ import annotations

from tests.attacks.catalogue import Alone, Scene, Work, attack
from tests.attacks.course import SEEN

# What a spy does once it has the text of a check: it executes the reference's code and calls it.
_ASK = """
import re
def ask(text, name, *args):
    found = re.search(rf"def reference_{name}\\(.*\\n(?:[ ]+.*\\n)+", text)
    names = {"np": np, "math": math}
    exec(found[0], names)
    return names[f"reference_{name}"](*args)
"""


def _asking(where: str) -> dict[str, str]:
    """Answers that take what ``where`` says for the text of the check that calls them."""
    return {
        "scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    return ask({where}, 'scaled', x)",
        "counts": f"def counts(words):\n    {SEEN['counts']}\n    return ask({where}, 'counts', words)",
    }


@attack()
def a_look_at_the_caller_s_frame(scene: Scene) -> Work:
    answers = {
        "scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    import sys\n"
        "    return sys._getframe(1).f_globals['reference_scaled'](x)",
        "slope": f"def slope(f, x):\n    {SEEN['slope']}\n    import sys\n"
        "    return sys._getframe(1).f_globals['_slope'](x)",
        "sign": f"def sign(x):\n    {SEEN['sign']}\n    import sys\n"
        "    frame = sys._getframe(1)\n    return frame.f_locals.get('_want', frame.f_back.f_locals.get('_want'))",
    }
    return Work(answers=answers)


@attack()
def a_look_at_the_frames_of_all_threads(scene: Scene) -> Work:
    answer = f"""
    def scaled(x):
        {SEEN["scaled"]}
        import sys
        for frame in sys._current_frames().values():
            while frame:
                if "reference_scaled" in frame.f_globals:
                    return frame.f_globals["reference_scaled"](x)
                frame = frame.f_back
    """
    return Work(answers={"scaled": answer})


@attack()
def a_look_through_the_garbage_collector(scene: Scene) -> Work:
    answer = f"""
    def scaled(x):
        {SEEN["scaled"]}
        import gc
        for found in gc.get_objects():
            if getattr(found, "__name__", "") == "reference_scaled" and hasattr(found, "__code__"):
                return found(x)
    """
    return Work(answers={"scaled": answer})


@attack()
def the_globals_of_the_check_s_function(scene: Scene) -> Work:
    """The check hands over a function of its own; its globals are the check's."""
    answer = f"""
    def slope(f, x):
        {SEEN["slope"]}
        import sys
        names = getattr(f, "__globals__", globals())
        return names["_slope"](x)
    """
    return Work(answers={"slope": answer})


@attack()
def the_history_of_the_notebook(scene: Scene) -> Work:
    return Work(_ASK, _asking("In[-1]"))


@attack()
def the_message_that_brought_the_check(scene: Scene) -> Work:
    return Work(_ASK, _asking("get_ipython().kernel.get_parent()['content']['code']"))


@attack()
def the_lines_that_python_keeps_for_tracebacks(scene: Scene) -> Work:
    cell = (
        _ASK
        + """
def kept():
    import linecache
    texts = ["".join(entry[2]) for entry in linecache.cache.values() if len(entry) > 2]
    return "\\n".join(text for text in texts if "reference_" in text)
"""
    )
    return Work(cell, _asking("kept()"))


@attack()
def a_search_through_the_process_s_memory(scene: Scene) -> Work:
    cell = (
        _ASK
        + """
def searched(path="/proc/self"):
    pieces = []
    with open(f"{path}/mem", "rb", 0) as memory:
        for line in open(f"{path}/maps"):
            place, rights, *_ = line.split()
            start, end = (int(part, 16) for part in place.split("-"))
            if rights.startswith("rw") and end - start < 1 << 26:
                try:
                    memory.seek(start)
                    piece = memory.read(end - start)
                except OSError:
                    continue
                for found in re.finditer(rb"def reference_" rb"\\w+\\(\\w+\\):[\\n\\x20-\\x7e]{10,400}", piece):
                    pieces.append(found[0].decode() + "\\n")
    return "".join(pieces)
"""
    )
    return Work(cell, _asking("searched()"))


@attack(alone=Alone.HARMLESS)
def a_search_through_other_processes(scene: Scene) -> Work:
    """Its parent, and whatever else is in sight: memory, environment, command line, open files."""
    cell = """
    import glob, os, re
    def look():
        for folder in glob.glob("/proc/[0-9]*")[:200]:
            for name in ("environ", "cmdline", "mem", "maps", "fd", "root", "cwd"):
                path = f"{folder}/{name}"
                try:
                    text = str(os.listdir(path)) if os.path.isdir(path) else open(path, "rb", 0).read(1 << 16)
                except OSError:
                    continue
                found = re.search(rb"def reference_" rb"scaled\\(x\\):\\n.*", text if isinstance(text, bytes) else b"")
                if found:
                    return found[0].decode()
        return ""
    print([look()])
    """
    return Work(cell, {"scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    exec(look(), globals())\n    return x"})


@attack()
def the_lectures_on_the_disk(scene: Scene) -> Work:
    """Where they lie it knows; the reference stands there between two markers."""
    cell = f"""
    import ast, pathlib
    text = pathlib.Path({str(scene.course / "solutions" / "01_small.py")!r}).read_text()
    for cell in text.split("# %%"):
        if "BEGIN SOLUTION" in cell:
            exec(cell[cell.index("\\n"):], globals())
    stolen = dict(globals())
    """
    names = {
        "area": "area",
        "scaled": "scaled",
        "account": "Account",
        "counts": "counts",
        "slope": "slope",
        "sign": "sign",
    }
    return Work(cell, {exercise: f"{name} = stolen['{name}']" for exercise, name in names.items()})


@attack(alone=Alone.HARMLESS)
def a_search_through_every_folder_in_sight(scene: Scene) -> Work:
    cell = f"""
    import os, time
    found, ends = [], time.monotonic() + 2
    homes = [os.path.expanduser("~"), os.getcwd(), "/tmp", "/home", "/root", "/run", "/var", "/opt", "/srv", "/mnt", "/dev/shm"]
    for top in [{str(scene.course.parent)!r}, *homes]:
        for folder, _, names in os.walk(top):
            for name in names:
                if time.monotonic() > ends:
                    break
                path = os.path.join(folder, name)
                if path.endswith((".ipynb", ".db", ".py", ".txt", ".json", ".key")) and os.path.isfile(path):
                    try:
                        text = open(path, errors="replace").read(1 << 20)
                    except OSError:
                        continue
                    if "def reference_" "scaled" in text or "secret-" in text:
                        found.append(text)
    print(found)
    """
    answer = f"def scaled(x):\n    {SEEN['scaled']}\n    raise ValueError(str(found))"
    return Work(cell, {"scaled": answer})


@attack(alone=Alone.HARMLESS)
def the_environment_and_the_arguments(scene: Scene) -> Work:
    """What it finds it tries to carry into its feedback."""
    cell = """
    import os, sys
    loot = f"{dict(os.environ)} {sys.argv} {sys.orig_argv}"
    print(loot)
    """
    answer = f"def scaled(x):\n    {SEEN['scaled']}\n    raise ValueError(loot)"
    return Work(cell, {"scaled": answer})


@attack(alone=Alone.HARMLESS)
def hidden_inputs_printed_for_the_feedback(scene: Scene) -> Work:
    """It shows what a check asks in every way that a notebook has."""
    answer = """
    def twice(x):
        import sys, warnings
        print("asked for", x)
        print("asked for", x, file=sys.stderr)
        warnings.warn(f"asked for {x}")
        display({"text/plain": f"asked for {x}", "text/html": f"<b>{x}</b>"}, raw=True)
        return 2 * x
    """
    return Work(answers={"twice": answer})
