"""Stand-ins: what a check can do with a student's objects across a real socket, and what a student's code cannot."""

from __future__ import annotations

import inspect
import os
import socket
import struct
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from grader.core.cell_names import Import
from grader.exam.ownership.dataflow import CellPlan, Role
from grader.exam.proxies import Proxy, StudentConnection
from grader.exam.wire.codec import BoundaryError, WireLimits
from grader.exam.wire.remote_errors import CLASSES, error_of, told
from tests.exam.plain_student import Student

ANSWERS = '''
import collections, enum, fractions, numpy as np, pandas as pd
number, text, table = 42, "hello", {"a": [1, 2.5], "b": (None, True)}

def add(a, b=2, *rest, key=None):
    """Add two."""
    return a + b

def same(x): return x
def change(x): x[0] = 99
def grow(x): x.append({"new": x[0]}); x[0] = 0
def fill(d): d["k"] = [1]
def inner(pair): pair[0][0] = 7
def spoil(frame): frame["b"] = frame["a"] * 2
def apply(f, x): return f(x) + 1
def deeper(f, n): return n if n == 0 else f(n - 1) + 1
def draw(rng): return rng.normal(size=2)
def count(n):
    yield from range(n)
def for_ever():
    while True: yield 1
def fail(kind, *args): raise kind(*args)
class Odd(ValueError): pass
def odd(): raise Odd("odd")
def leave(): raise SystemExit(3)
def deep():
    x = []
    for _ in range(500): x = [x]
    return x
def big(): return np.zeros(10_000_000)
def attributes(point): return point.x, type(point).__name__
class Point:
    kind = "point"
    def __init__(self, x): self.x = x
    def moved(self, by): return Point(self.x + by)
    def itself(self): return self
    def __add__(self, other): return Point(self.x + getattr(other, "x", other))
    def __radd__(self, other): return Point(other + self.x)
    def __eq__(self, other): return self.x == other.x
    def __len__(self): return 3
    def __getitem__(self, k): return self.x * k
    def __float__(self): return float(self.x)
    def __contains__(self, k): return k == self.x
    def __enter__(self): self.x = "in"; return self
    def __exit__(self, *e): self.x = "out"
class Node:
    def __init__(self, name, *parents): self.name, self.parents = name, list(parents)
def family(): a = Node("a"); b = Node("b", a); return [Node("c", b), b, a]
class Plain: pass
class Always:
    def __eq__(self, other): return True
    def __ne__(self, other): return True
    def __getattr__(self, name): return lambda *a, **k: 1.0
    def __array__(self, *a, **k): return np.array(1.0)
    def evaluate(self, *args): return [0.0, 1.0]
always = Always()
def lie(*args): return always
def lies(*args): return [always]
class Colour(enum.IntEnum): RED = 1
class Str(str): pass
def clothes():
    return (collections.OrderedDict(a=1), collections.namedtuple("N", "x y")(1, 2), Colour.RED, Str("s"), np.matrix([[1, 2]]),
            fractions.Fraction(1, 3), collections.Counter("aab"), np.longdouble(2), collections.defaultdict(list))
def views(): return {"x": 1}.keys(), map(str, [1, 2]), (i for i in range(3)), np.array([None, 1])
'''


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    student = Student(tmp_path_factory.mktemp("student"))
    assert student.execute(ANSWERS) == ""
    yield student
    student.close()


@pytest.fixture
def wall(student):
    """A wall whose student is serving."""
    wall = StudentConnection(student.wall, deadline=time.monotonic() + 30)
    serve(wall, student, {})
    yield wall
    end(wall, student)


def serve(wall, student, namespace):
    student.tell(nonce=wall.begin(namespace).split("'")[-2])


def end(wall, student):
    if wall.broken is None:
        wall.deadline = time.monotonic() + 30
        wall.end()
        student.answer()


@pytest.fixture
def names(wall):
    """The student's names as attributes."""

    class Names:
        def __getattr__(self, name):
            return wall.fetch(name)

    return Names()


def test_plain_values_are_copied(names):
    assert (names.number, names.text) == (42, "hello")
    assert names.table == {"a": [1, 2.5], "b": (None, True)}


def test_a_function_is_called_across_the_wall(names):
    assert names.add(1) == 3
    assert names.add("a", b="b") == "ab"
    assert np.array_equal(names.add(np.arange(3), 1), [1, 2, 3])
    assert callable(names.add) and not callable(names.Point(1))
    assert (names.add.__name__, names.add.__doc__) == ("add", "Add two.")
    assert str(inspect.signature(names.add)) == "(a, b=2, *rest, key=None)"
    assert "function add" in repr(names.add)
    assert type(names.add).__name__ == "function"


def test_a_missing_name_is_a_name_error(names):
    with pytest.raises(NameError, match="name 'nothing' is not defined"):
        names.nothing  # noqa: B018


def test_what_was_passed_comes_back_as_the_same_object(names):
    for value in (np.arange(3), [1], {}, set()):
        assert names.same(value) is value
    assert names.same(names.Point) is names.Point


@pytest.mark.parametrize("value", [np.arange(3), [1, 2], np.zeros((2, 2))[0]])
def test_a_change_in_place_is_seen_by_the_examiner(names, value):
    names.change(value)
    assert value[0] == 99


def test_changes_of_containers_are_seen_and_keep_what_is_the_same(names):
    first = [1]
    values = [first, 2]
    names.grow(values)
    assert values[0] == 0 and values[2]["new"] is first
    table = {"old": 1}
    names.fill(table)
    assert table == {"old": 1, "k": [1]}
    pair = (np.zeros(2), np.ones(2))
    names.inner(pair)
    assert pair[0][0] == 7


def test_a_frame_changed_in_place_is_seen(names):
    frame = pd.DataFrame({"a": [1, 2]})
    names.spoil(frame)
    assert frame["b"].tolist() == [2, 4]


def test_an_array_that_must_not_change_raises_where_it_is_changed(names):
    array = np.arange(3)
    array.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        names.change(array)


def test_a_random_generator_moves_on_here_as_it_does_there(names):
    ours, theirs = np.random.default_rng(5), np.random.default_rng(5)
    assert np.array_equal(names.draw(theirs), ours.normal(size=2))
    assert theirs.normal() == ours.normal()


def test_a_check_s_own_function_is_called_back(names):
    calls = []
    assert names.apply(lambda x: calls.append(x) or 2 * x, 4) == 9
    assert calls == [4]
    assert names.apply(np.sqrt, 9.0) == 4
    assert names.apply(names.Point, 3).x == 4


def test_calls_back_and_forth_are_answered_in_turn(names):
    deeper = names.deeper
    assert deeper(lambda n: deeper(lambda k: k, n) + 1, 5) == 6


def test_an_error_of_a_check_s_function_reaches_the_student_s_code_and_comes_back(names):
    with pytest.raises(ZeroDivisionError):
        names.apply(lambda x: 1 / 0, 4)


@pytest.mark.parametrize("error", [ValueError("v"), KeyError("k"), AssertionError("no"), ZeroDivisionError()])
def test_errors_come_as_builtin_ones_with_their_text(names, error):
    with pytest.raises(type(error)) as caught:
        names.fail(type(error), *error.args)
    assert str(caught.value) == str(error)


def test_a_student_s_own_error_comes_as_the_builtin_one_above_it(names):
    with pytest.raises(ValueError, match="odd"):
        names.odd()
    with pytest.raises(SystemExit):
        names.leave()


def test_objects_can_be_used_as_such(names):
    point = names.Point(3)
    assert isinstance(point, Proxy) and type(point).__name__ == "Point"
    assert (point.x, point.kind, point.moved(2).x) == (3, "point", 5)
    assert (point + names.Point(1)).x == 4 and (1 + point).x == 4
    assert (len(point), point[4], float(point), 3 in point, 4 in point) == (3, 12, 3.0, True, False)
    assert point == names.Point(3) and point != names.Point(4)
    assert point.itself() is point
    assert isinstance(point, names.Point) and not isinstance(3, names.Point)
    point.x = 8
    assert point.x == 8
    with point as inside:
        assert inside.x == "in"
    assert point.x == "out"
    assert not hasattr(point, "nothing")
    with pytest.raises(TypeError):
        point(1)


def test_loops_over_a_student_s_generator_ask_for_each_item(names, wall):
    assert list(names.count(4)) == [0, 1, 2, 3]
    wall.limits = WireLimits(items=50)
    with pytest.raises(BoundaryError, match="never ends"):
        list(names.for_ever())


def test_unusual_clothes_are_taken_off(names):
    assert names.clothes()[:4] == ({"a": 1}, (1, 2), 1, "s")
    assert np.array_equal(names.clothes()[4], [[1, 2]]) and type(names.clothes()[4]) is np.ndarray
    assert [float(names.clothes()[5]), *names.clothes()[6:]] == [1 / 3, {"a": 2, "b": 1}, 2.0, {}]
    keys, texts, numbers, objects = names.views()
    assert (list(keys), list(texts), list(numbers), list(objects)) == (["x"], ["1", "2"], [0, 1, 2], [None, 1])


def test_an_answer_that_is_too_deep_or_too_large_is_an_error_and_the_next_one_is_read(names, wall, student):
    with pytest.raises(ValueError, match="nested too deeply"):
        names.deep()
    assert names.number == 42
    end(wall, student)
    wall.limits = WireLimits(message_bytes=1 << 20)
    code = wall.begin({})
    student.tell(nonce=code.split("'")[-2])
    with pytest.raises(BoundaryError, match="allowed"):  # this agent was not told the limit
        names.big()
    wall.limits = WireLimits()
    student.answer() if wall.broken is None else None
    serve_again(wall, student)
    assert wall.fetch("number") == 42


def serve_again(wall, student):
    """End a conversation that broke off, as the worker does by an interrupt, and begin another."""
    os.kill(student.process.pid, 2)
    student.answer()
    serve(wall, student, {})


def test_an_instance_of_a_given_class_goes_over_by_its_name(wall, student):
    namespace = {"__name__": "__main__"}
    exec("class Given:\n    def __init__(self, x): self.x = x", namespace)
    end(wall, student)
    student.execute("class Given:\n    def __init__(self, x): self.x = x")
    serve(wall, student, namespace)
    assert wall.fetch("attributes")(namespace["Given"](5)) == (5, "Given")


# --- a lying student --------------------------------------------------------------------------------------------------

HONEST = {"lie", "lies", "same", "Point", "Point()", "Point()==", "Point().moved", "Point().moved()"}


@pytest.fixture
def strict(wall):
    """Held to what the reference solution was seen to do: `lie` and `lies` gave numbers."""
    wall.paths = frozenset(HONEST)
    return wall


def test_an_object_that_equals_everything_equals_nothing(strict):
    answer = strict.fetch("lie")(1)
    assert (answer == 3) is False
    assert (answer != 3) is True
    assert not np.any(np.equal(np.array([3.0]), np.array([answer], dtype=object)))
    assert strict.fetch("lies")() != [1.0]
    with pytest.raises(TypeError):
        np.isclose(answer, 3.0)


@pytest.mark.parametrize(
    "use", [lambda o: o.evaluate(1, 2), lambda o: o.score, lambda o: o(1), lambda o: setattr(o, "x", 1)]
)
def test_an_object_in_place_of_a_number_is_asked_for_nothing(strict, use):
    with pytest.raises((AttributeError, TypeError), match="object"):
        use(strict.fetch("lie")())
    assert np.shape(strict.fetch("lie")()) == ()


def test_where_the_reference_has_an_object_the_student_s_is_asked(strict):
    assert strict.fetch("Point")(2) == strict.fetch("Point")(2)


def test_an_object_seen_where_it_may_be_used_is_no_more_than_itself_elsewhere(strict):
    assert (strict.fetch("lie")() == strict.fetch("Point")(2)) is False


def test_nodes_may_be_walked_in_another_order_than_the_reference_s(wall):
    youngest_first, oldest_first = (3, 2, 1), (1, 2, 3)
    walk = "[family[-n].parents for n in order]"
    wall.seen.clear()
    eval(walk, {"family": wall.fetch("family")(), "order": oldest_first})
    wall.paths = frozenset(wall.seen)
    family = wall.fetch("family")()
    names = [[parent.name for parent in family[-n].parents] for n in youngest_first]
    assert names == [["b"], ["a"], []]


def test_imports_are_the_examiner_s_own(wall, student):
    plan = CellPlan(
        "c", Role.CHECK, frozenset({"number", "nothing"}), {"np": Import("numpy"), "sqrt": Import("math", "sqrt")}
    )
    namespace = {"nothing": "left over"}
    end(wall, student)
    serve(wall, student, namespace)
    wall.bind(plan)
    assert namespace == {"number": 42, "np": np}  # the student has no sqrt, and a check must notice


HOSTILE_SERVER = """
import os, socket, struct, sys
sock = socket.socket(fileno=int(sys.argv[1]))
sock.sendall(bytes.fromhex(sys.argv[2]))
while True:
    head = sock.recv(12, socket.MSG_WAITALL)
    if len(head) < 12: break
    sock.recv(struct.unpack("<QI", head)[0], socket.MSG_WAITALL)
    sock.sendall(bytes.fromhex(sys.argv[3]))
"""


def t(*parts: bytes) -> bytes:
    return b"t" + struct.pack("<I", len(parts)) + b"".join(parts)


def s(text: bytes) -> bytes:
    return b"s" + struct.pack("<I", len(text)) + text


NO_CHANGES = b"l" + struct.pack("<I", 0)
FORGED = {
    "no tuple": b"N",
    "unknown word": t(t(s(b"passed"), b"T"), NO_CHANGES),
    "no changes": t(t(s(b"ok"), b"N")),
    "an object that was not passed": t(t(s(b"ok"), b"m" + struct.pack("<I", 99)), NO_CHANGES),
    "a change of what was not passed": t(t(s(b"ok"), b"N"), b"l" + struct.pack("<I", 1) + t(b"i\x01\0\0\0\x05", b"N")),
    "a handle of nothing": t(t(s(b"ok"), b"hN"), NO_CHANGES),
    "a pickle": t(t(s(b"ok"), b"p" + struct.pack("<I", 2) + b"N."), NO_CHANGES),
    "a generator with a state beyond its memory": t(
        t(s(b"ok"), b"Rl" + struct.pack("<I", 2) + s(b"MT19937") + b"d" + struct.pack("<I", 0)), NO_CHANGES
    ),
    "a model of nothing": t(t(s(b"ok"), b"Ml" + struct.pack("<I", 0)), NO_CHANGES),
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_a_forged_reply_is_a_boundary_error(body):
    with forged(struct.pack("<QI", len(body), 0) + body) as wall, pytest.raises((BoundaryError, RuntimeError)):
        wall.fetch("x")


def test_calls_back_without_end_are_ended():
    body = t(t(s(b"callback"), b"i\x01\0\0\0\x00", t(), t()), NO_CHANGES)
    with forged(struct.pack("<QI", len(body), 0) + body) as wall:
        wall.limits = WireLimits(callbacks=20)
        wall.deadline = time.monotonic() + 2
        with pytest.raises(BoundaryError):
            wall.fetch("x")
        assert wall.broken is not None


def test_an_announced_terabyte_breaks_the_conversation():
    with forged(struct.pack("<QI", 1 << 40, 0)) as wall:
        with pytest.raises(BoundaryError, match="allowed"):
            wall.fetch("x")
        assert wall.broken is not None
        with pytest.raises(BoundaryError):
            wall.fetch("x")


def test_silence_is_a_boundary_error_at_the_deadline():
    with forged(b"") as wall:
        wall.deadline = time.monotonic() + 0.3
        with pytest.raises(BoundaryError, match="in time"):
            wall.fetch("x")
        assert wall.broken is not None


class forged:  # noqa: N801
    """A wall to a process that says the same to every request."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply

    def __enter__(self):
        ours, theirs = socket.socketpair()
        wall = StudentConnection(ours, deadline=time.monotonic() + 10)
        nonce = wall.begin({}).split("'")[-2]
        command = [sys.executable, "-c", HOSTILE_SERVER, str(theirs.fileno()), nonce, self.reply.hex()]
        self.process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stderr=subprocess.DEVNULL)
        theirs.close()
        self.sock = ours
        return wall

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.sock.close()


def test_every_builtin_error_can_be_told_and_made():
    for name, kind in CLASSES.items():
        assert type(error_of(name, "text")) is kind
    assert type(error_of("NoSuchError", "x")) is Exception
    assert told(UnicodeDecodeError("utf-8", b"x", 0, 1, "why"))[0] == "UnicodeError"
    assert told(np.linalg.LinAlgError("singular")) == ("LinAlgError", "singular")
