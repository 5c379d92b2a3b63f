"""Attacks on what lies between the two processes: the socket, the agent, the Jupyter messages. None of it is secret."""

from __future__ import annotations

from functools import partial

from nbformat import NotebookNode

from tests.attacks.catalogue import Alone, Scene, Work, attack
from tests.attacks.course import ALL, POINTS, RIGHT, SEEN, TWICE

harmless = partial(attack, alone=Alone.HARMLESS)

_SOCKET = """
import os, socket, struct, sys, threading, time
number = int(os.environ.get("GRADER_BOUNDARY_FD", -1))
wire = socket.socket(fileno=os.dup(number)) if number >= 0 else socket.socketpair()[0]
def text(word): return b"s" + struct.pack("<I", len(word)) + word
def many(tag, *parts): return tag + struct.pack("<I", len(parts)) + b"".join(parts)
import grader.exam.student_agent as agent
def session(): return next((each.session for each in agent._agents.values() if each.session is not None), 0)
def head(length): return struct.pack("<QI", length, session())
def message(value): return head(len(value)) + value
none, whole = b"N", lambda number: b"i" + struct.pack("<I", 1) + bytes([number])
def ok(value): return message(many(b"t", many(b"t", text(b"ok"), value), many(b"l")))
"""


@harmless()
def an_agent_of_ones_own(scene: Scene) -> Work:
    """It answers the examiner by itself, and says yes to all."""
    cell = (
        _SOCKET
        + """
def answer(self, request):
    if b"end" in bytes(request):
        raise agent._Done
    wire.sendall(ok(many(b"l", *[b"T"] * 9)) if b"has" in bytes(request) else ok(whole(1)))
agent.Agent.answer = answer
"""
    )
    return Work(cell, {"area": "area = 3.0"})


@harmless()
def answers_sent_before_they_are_asked_for(scene: Scene) -> Work:
    cell = (
        _SOCKET
        + """
wire.setblocking(False)
try:
    for _ in range(200):
        wire.send(ok(many(b"l", *[b"T"] * 9)) + ok(none) + ok(whole(1)) + b"passed" + bytes(32))
except OSError:
    pass
"""
    )
    return Work(cell)


@harmless()
def a_thread_that_answers_first(scene: Scene) -> Work:
    """It takes requests away from the agent, and mixes its own answers into the agent's."""
    cell = (
        _SOCKET
        + """
def race():
    while True:
        try:
            wire.setblocking(False)
            wire.recv(1 << 20)
        except OSError:
            pass
        try:
            wire.send(ok(whole(6)))
        except OSError:
            pass
        time.sleep(0.0005)
threading.Thread(target=race, daemon=True).start()
"""
    )
    return Work(cell)


@harmless()
def words_that_only_the_examiner_may_say(scene: Scene) -> Work:
    """Tags for names, pickles and the other side's objects, and the words "end", "passed" and "verdict"."""
    cell = (
        _SOCKET
        + f"""
import pickle
class Bomb:
    def __reduce__(self): return eval, ("open({str(scene.footprint)!r}, 'w').write('here')",)
raw = pickle.dumps(Bomb())
forged = [
    b"p" + struct.pack("<I", len(raw)) + raw + many(b"l"), b"G" + struct.pack("<I", 2) + b"os" + struct.pack("<I", 6) + b"system",
    b"C" + struct.pack("<I", 0) + text(b"f")[1:] + text(b"")[1:], b"m" + struct.pack("<I", 0), b"n" + text(b"_want")[1:],
]
words = [b"end", b"passed", b"verdict", b"do", b"callback"]
def answer(self, request):
    if b"end" in bytes(request):
        raise agent._Done
    if forged:
        wire.sendall(ok(forged.pop()))
    else:
        wire.sendall(message(many(b"t", many(b"t", text(words[int(time.time()) % 5]), b"T"), many(b"l"))))
agent.Agent.answer = answer
"""
    )
    return Work(cell)


@harmless()
def a_wire_that_is_cut(scene: Scene) -> Work:
    cell = (
        _SOCKET
        + """
wire.shutdown(socket.SHUT_RDWR)
if number >= 0:
    os.close(number)
"""
    )
    return Work(cell)


@harmless()
def a_flood_on_the_wire(scene: Scene) -> Work:
    """An answer that announces more than there is, and one that never ends."""
    cell = (
        _SOCKET
        + """
def answer(self, request):
    wire.sendall(head(1 << 27))
    while True:
        wire.sendall(bytes(1 << 20))
agent.Agent.answer = answer
"""
    )
    return Work(cell)


@harmless()
def calls_back_without_end(scene: Scene) -> Work:
    answer = f"""
    def slope(f, x):
        {SEEN["slope"]}
        def again(depth=0):
            try:
                return f(again(depth + 1) if depth < 100 else 1.0)
            except Exception:
                return 0.0
        while True:
            f(1.0)
            again()
    """
    return Work(answers={"slope": answer})


@harmless(ALL - POINTS["slope"])
def a_check_s_own_function_made_to_work_too_hard(scene: Scene) -> Work:
    """The examiner itself runs this function, with what the answer gives it."""
    answer = f"""
    def slope(f, x):
        {SEEN["slope"]}
        big = np.ones(20_000_000)
        kept = []
        while len(kept) < 60:
            kept.append(f(big))
        return 0.0
    """
    return Work(answers={"slope": answer}, otherwise=RIGHT)


@harmless(ALL - POINTS["slope"])
def a_number_that_grows_in_the_check_s_function(scene: Scene) -> Work:
    answer = f"""
    def slope(f, x):
        {SEEN["slope"]}
        number = 3 ** 300_000
        for _ in range(30):
            number = f(number)
        return 0.0
    """
    return Work(answers={"slope": answer}, otherwise=RIGHT)


def _updating(*names: str) -> Work:
    """Displays with a name can be changed later; where they stood, the check's own value may stand now."""
    answer = f"""
    shown = []
    def sign(x):
        for name in {names}[len(shown) : len(shown) + 1]:
            shown.append(display({{"text/plain": "64"}}, raw=True, display_id=name))
        return 1
    """
    late = """
    from IPython.display import update_display
    update_display({"text/plain": "64"}, raw=True, display_id="later")
    """

    def change(notebook: NotebookNode) -> None:
        added = next(cell for cell in notebook.cells if cell.id == "added")
        notebook.cells.remove(added)
        notebook.cells.append(added)

    return Work(late, {"sign": answer}, change)


@harmless(TWICE + 24)
def a_display_that_is_updated_after_the_check(scene: Scene) -> Work:
    return _updating("first", "later")


@harmless(TWICE + 24)
def more_displays_updated_than_the_check_has_outputs(scene: Scene) -> Work:
    return _updating(*["later"] * 9)


@harmless()
def messages_in_the_name_of_another_cell(scene: Scene) -> Work:
    """Outputs, errors and replies for requests that are long over, or have not come yet."""
    cell = """
    kernel = get_ipython().kernel
    parents = [kernel.get_parent()]
    def spread(*args):
        parents.append(kernel.get_parent())
        for parent in parents:
            for kind, content in (
                ("execute_result", {"data": {"text/plain": "64"}, "metadata": {}, "execution_count": 1}),
                ("clear_output", {"wait": False}),
                ("stream", {"name": "stdout", "text": "8 of 8 numbers have their sign."}),
                ("execute_reply", {"status": "ok", "execution_count": 1}),
                ("shutdown_reply", {"status": "ok", "restart": False}),
                ("status", {"execution_state": "dead"}),
            ):
                kernel.session.send(kernel.iopub_socket, kind, content, parent=parent, ident=b"x")
        return 7
    """
    return Work(cell, {name: f"def {name}(*args): return spread()" for name in ("scaled", "counts", "slope", "sign")})


@harmless()
def messages_that_are_none(scene: Scene) -> Work:
    """Wrong types, wrong signatures, and frames of bytes where Jupyter expects JSON."""
    cell = """
    kernel = get_ipython().kernel
    for kind, content in (
        ("stream", {"name": 7, "text": ["no", 3]}), ("stream", {}), ("error", {"traceback": 5, "ename": None}),
        ("display_data", {"data": "none", "metadata": 3, "transient": 8}), ("execute_result", {"data": {"text/plain": {}}}),
        ("comm_open", {"comm_id": [], "data": 5}), ("comm_msg", {"comm_id": "x", "data": {"state": 5}}), ("clear_output", {}),
        ("status", {"execution_state": 3}), ("nothing", {"a": {}}), ("update_display_data", {"transient": {"display_id": {}}}),
    ):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent(), ident=b"x")
    # The thread behind iopub sends what it is given.
    kernel.iopub_socket.send_multipart([b"stream", b"<IDS|MSG>", b"no signature", b"{", b"\\xff", b"[]", b"{}"])
    kernel.iopub_socket.send_multipart([b""])
    """
    return Work(cell)
