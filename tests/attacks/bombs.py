"""Bombs: code that uses up time, memory, processes, disk, output, or the patience of whoever waits for it."""

from __future__ import annotations

from functools import partial

from tests.attacks.catalogue import Alone, Scene, Work, attack
from tests.attacks.course import ALL, POINTS, RIGHT, SEEN

bomb = partial(attack, alone=Alone.NEVER)


def without(*exercises: str) -> int:
    """The points of one who answers all other exercises rightly."""
    return ALL - sum(POINTS[exercise] for exercise in exercises)


# --- machines ---------------------------------------------------------------------------------------------------------


@bomb()
def a_fork_bomb(scene: Scene) -> Work:
    return Work("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass")


@bomb()
def a_fork_bomb_in_an_answer(scene: Scene) -> Work:
    return Work(
        answers={
            "scaled": f"""
            def scaled(x):
                {SEEN["scaled"]}
                import os
                while True:
                    try:
                        os.fork()
                    except OSError:
                        pass
            """
        }
    )


@bomb()
def threads_without_end(scene: Scene) -> Work:
    cell = """
    import threading, time
    while True:
        try:
            threading.Thread(target=time.sleep, args=(999,), daemon=True).start()
        except RuntimeError:
            pass
    """
    return Work(cell)


@bomb(without("area"))
def memory_asked_for_at_once(scene: Scene) -> Work:
    """A single request that is too large is an error like any other."""
    return Work(answers={"area": "area = np.ones(10**11)"}, otherwise=RIGHT)


@bomb(told="memory")
def memory_bit_by_bit(scene: Scene) -> Work:
    """Where one process gets no more, another one begins anew."""
    cell = """
    import os, time
    kept = []
    while True:
        try:
            kept.append(b"x" * 50_000_000)
        except MemoryError:
            if os.fork():
                time.sleep(60)
            kept = []
    """
    return Work(cell)


@bomb()
def memory_of_many_processes(scene: Scene) -> Work:
    cell = """
    import os, time
    for _ in range(40):
        if os.fork() == 0:
            kept = bytearray(b"x" * 150_000_000)
            time.sleep(60)
    time.sleep(60)
    """
    return Work(cell)


@bomb(without("area"))
def a_full_disk(scene: Scene) -> Work:
    answer = """
    import os
    area, block = 0.0, bytes(10_000_000)
    for folder in (".", "/tmp", "/dev/shm"):
        for number in range(10_000):
            with open(os.path.join(folder, f"filler-{number}"), "wb") as file:
                for _ in range(1000):
                    file.write(block)
    """
    return Work(answers={"area": answer}, otherwise=RIGHT)


@bomb(without("area"))
def a_million_little_files(scene: Scene) -> Work:
    answer = "area = 0.0\nfor number in range(1_000_000):\n    open(f'file-{number}', 'w').close()"
    return Work(answers={"area": answer}, otherwise=RIGHT)


@bomb(without("area"))
def a_sparse_file_of_a_terabyte(scene: Scene) -> Work:
    answer = "area = 0.0\nwith open('huge', 'wb') as file:\n    file.truncate(10**12)"
    return Work(answers={"area": answer}, otherwise=RIGHT)


@bomb()
def every_file_descriptor(scene: Scene) -> Work:
    cell = """
    import os, socket
    kept = []
    try:
        while True:
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    """
    return Work(cell)


# --- output -----------------------------------------------------------------------------------------------------------


@bomb(without("area"), told="wrote more than")
def output_without_end(scene: Scene) -> Work:
    return Work(answers={"area": "area = 0.0\nwhile True:\n    print('still here ' * 100)"}, otherwise=RIGHT)


@bomb(ALL, told="wrote more than")
def one_line_of_fifty_megabytes(scene: Scene) -> Work:
    return Work("print('x' * 50_000_000)", otherwise=RIGHT)


@bomb(ALL)
def a_picture_of_fifty_megabytes(scene: Scene) -> Work:
    return Work("display({'image/png': 'A' * 50_000_000, 'text/plain': 'x' * 50_000_000}, raw=True)", otherwise=RIGHT)


@bomb(ALL)
def displays_that_are_updated_ten_thousand_times(scene: Scene) -> Work:
    cell = """
    from IPython.display import update_display
    display({"text/plain": "x"}, raw=True, display_id="one")
    for number in range(10_000):
        update_display({"text/plain": "x" * 1000}, raw=True, display_id="one")
    """
    return Work(cell, otherwise=RIGHT)


@bomb()
def widgets_that_grow_without_end(scene: Scene) -> Work:
    """What a widget tells the front end is kept there by whoever executes the notebook."""
    cell = """
    kernel = get_ipython().kernel
    number = 0
    while True:
        number += 1
        state = {"_model_module": "m", "_model_name": "n", f"s{number}": "x" * 5_000_000}
        content = {"comm_id": f"c{number}", "target_name": "jupyter.widget", "data": {"state": state, "method": "update"}}
        for kind in ("comm_open", "comm_msg"):
            kernel.session.send(
                kernel.iopub_socket, kind, content, parent=kernel.get_parent(), ident=b"x", metadata={"version": "2.1.0"},
                buffers=[bytes(5_000_000)],
            )
    """
    return Work(cell)


@bomb()
def an_error_of_fifty_megabytes(scene: Scene) -> Work:
    answer = f"def scaled(x):\n    {SEEN['scaled']}\n    raise ValueError('x' * 50_000_000)"
    return Work("raise ValueError('y' * 50_000_000)", {"scaled": answer})


@bomb(without("scaled"))
def output_without_end_in_an_answer(scene: Scene) -> Work:
    answer = f"def scaled(x):\n    {SEEN['scaled']}\n    while True: print('still here' * 100)"
    return Work(answers={"scaled": answer}, otherwise=RIGHT)


# --- time -------------------------------------------------------------------------------------------------------------


@bomb(without("area"), told="was stopped after")
def an_endless_loop(scene: Scene) -> Work:
    return Work(answers={"area": "while True:\n    pass"}, otherwise=RIGHT)


@bomb(without("scaled"), told="was stopped after")
def an_endless_loop_in_an_answer(scene: Scene) -> Work:
    answer = f"def scaled(x):\n    {SEEN['scaled']}\n    while True: pass"
    return Work(answers={"scaled": answer}, otherwise=RIGHT)


@bomb()
def an_endless_loop_that_catches_interrupts(scene: Scene) -> Work:
    return Work("while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass")


@bomb()
def an_endless_loop_in_an_answer_that_catches_interrupts(scene: Scene) -> Work:
    answer = """
    def scaled(x):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
    """
    return Work(answers={"scaled": answer})


@bomb(told="could not be interrupted")
def signals_that_are_ignored(scene: Scene) -> Work:
    cell = """
    import signal
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
    """
    return Work(cell)


@bomb()
def one_step_that_takes_for_ever(scene: Scene) -> Work:
    """Python looks for interrupts between two steps, and this is one."""
    return Work("huge = 10 ** (10 ** 9)")


@bomb()
def a_lock_that_is_never_released(scene: Scene) -> Work:
    return Work("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()")


@bomb(ALL)
def a_question_to_nobody(scene: Scene) -> Work:
    return Work("name = input('Who are you? ')", otherwise=RIGHT)


@bomb()
def recursion_to_the_end_of_the_stack(scene: Scene) -> Work:
    cell = """
    import sys, threading
    sys.setrecursionlimit(10 ** 9)
    class Deep:
        def __repr__(self): return repr(self)
        __eq__ = lambda self, other: self == other
    def deep(x): return deep(x) + 1
    """
    return Work(cell, {"scaled": "def scaled(x): return deep(x)", "sign": "def sign(x): return Deep()"})


@bomb(without("scaled", "slope"))
def answers_that_each_take_almost_too_long(scene: Scene) -> Work:
    slow = "def {0}(*args):\n    import time\n    time.sleep(3)\n    return 0.0"
    return Work(answers={name: slow.format(name) for name in ("scaled", "slope")}, otherwise=RIGHT)


# --- answers that are bombs -------------------------------------------------------------------------------------------


@bomb(without("area", "scaled", "counts"))
def answers_that_are_too_large(scene: Scene) -> Work:
    answers = {
        "area": "area = 10 ** (10 ** 6)",
        "scaled": "def scaled(x): return np.zeros((40_000, 10_000), dtype='u1')",
        "counts": "def counts(words): return dict.fromkeys(range(6_000_000), 1)",
    }
    return Work(answers=answers, otherwise=RIGHT)


@bomb(without("area", "scaled", "counts"))
def answers_that_are_too_deep_or_hold_themselves(scene: Scene) -> Work:
    answers = {
        "area": "area = []\nfor _ in range(100_000):\n    area = [area]",
        "scaled": "def scaled(x):\n    found = []\n    found.append(found)\n    return found",
        "counts": "def counts(words):\n    found = {}\n    found['a'] = found\n    return found",
    }
    return Work(answers=answers, otherwise=RIGHT)


@bomb(without("scaled", "counts", "slope"))
def answers_that_never_end(scene: Scene) -> Work:
    cell = """
    class Endless:
        def __iter__(self):
            while True:
                yield 1.0
        def __len__(self): return 10 ** 9
        def __getitem__(self, key): return Endless()
        def __float__(self):
            while True: pass
        def __getattr__(self, name): return Endless()
        def __repr__(self): return "x" * 10 ** 9
    """
    answers = {name: f"def {name}(*args): return Endless()" for name in ("scaled", "counts", "slope")}
    return Work(cell, answers, otherwise=RIGHT)


@bomb(without("scaled"))
def an_answer_with_a_million_handles(scene: Scene) -> Work:
    cell = "class Thing: pass"
    answer = "def scaled(x): return [Thing() for _ in range(1_000_000)]"
    return Work(cell, {"scaled": answer}, otherwise=RIGHT)
