"""What a proxy can ask of an object: traits, and operations that do what their names say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.exam import operations, proxies
from grader.exam.operations import BINARY, COMPARE, UNARY, run_operation, traits_of
from grader.exam.proxies.traits import TRAITS


class Box:
    def __init__(self, *items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, key):
        return self.items[key]

    def __enter__(self):
        return "entered"

    def __exit__(self, *error):
        self.items.append(error)


class Meta(type):
    def __len__(cls):
        return 3


class Plain(metaclass=Meta):
    pass


@pytest.mark.parametrize(
    ("value", "traits"),
    [
        (Box(), {"len", "item", "with"}),
        (Box, {"call", "class"}),
        (len, {"call", "compare"}),
        (iter([1]), {"iter", "next"}),
        (1.5, {"bool", "float", "int", "arithmetic", "compare"}),
        (Plain(), set()),  # its class has a length, and it has none
        (object(), set()),
    ],
)
def test_an_object_has_the_traits_of_its_class(value, traits):
    assert set(traits_of(value)) == traits


def test_every_trait_has_a_class_of_proxies():
    assert set(operations._METHODS) | {"class", "arithmetic", "compare"} == set(TRAITS)


def run(op, target, *args, **kwargs):
    return run_operation(op, {"known": 5}, target, args, kwargs)


def test_names_are_looked_up_in_the_namespace():
    assert run("has", ("known", "unknown")) == [True, False]
    assert run("get", "known") == 5
    with pytest.raises(NameError, match="name 'unknown' is not defined"):
        run("get", "unknown")


def test_objects_are_used_as_a_check_would():
    box = Box(1, 2)
    assert run("call", dict, a=1) == {"a": 1}
    assert (run("len", box), run("item", box, 1), run("attr", box, "items")) == (2, 2, [1, 2])
    assert run("contains", [1, 2], 2) is True
    run("setattr", box, "colour", "red")
    assert box.colour == "red" and "colour" in run("dir", box)
    run("delattr", box, "colour")
    assert not hasattr(box, "colour")
    values = [1, 2]
    run("setitem", values, 0, 9)
    run("delitem", values, 1)
    assert values == [9]
    assert run("enter", box) == "entered"
    run("exit", box)
    assert box.items[-1] == (None, None, None)
    assert run("isinstance", Box, box) is True
    assert run("text", "é", "repr") == "'é'" and run("text", "é", "str") == "é"


def test_a_loop_ends_with_an_empty_answer():
    iterator = run("iter", [7])
    assert (run("next", iterator), run("next", iterator)) == ((7,), ())


def test_operators_work_from_both_sides():
    assert run("operator", 7, "sub", 2) == 5 and run("operator", 7, "rsub", 2) == -5
    assert run("operator", 1, "rshift", 1) == 0 and run("operator", 1, "rrshift", 4) == 2
    assert run("operator", 7, "neg") == -7 and run("operator", 7, "le", 7) is True
    for name in (*BINARY, *COMPARE):
        run("operator", 3, name, 2) if name != "matmul" else None
    for name in UNARY:
        run("operator", 3, name)


def test_a_signature_is_described_parameter_by_parameter():
    def function(a, /, b=None, *c, d, **e):
        pass

    assert run("signature", function) == [
        ("a", 0, False, None), ("b", 1, True, None), ("c", 2, False, None), ("d", 3, False, None), ("e", 4, False, None),
    ]  # fmt: skip


def test_every_operation_that_proxies_ask_for_is_known():
    asked = set()
    for path in Path(proxies.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ask", "ask_once"):
                asked |= {arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant)}
    assert len(asked) > 10 and asked <= {*operations._OPERATIONS, "call"}
