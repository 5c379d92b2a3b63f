"""What a cell does with names: reads, binds, changes in place; magics are tolerated."""

from __future__ import annotations

import ast

import pytest

from grader.core.cell_names import Import, guessed_names, names_of


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("y = x", {"x"}),
        ("x = 1\ny = x", set()),
        ("x += 1", {"x"}),
        ("if c:\n    x = 1\ny = x", {"c", "x"}),
        ("if c:\n    x = 1\nelse:\n    x = 2\ny = x", {"c"}),
        ("for i in things:\n    print(i)", {"things", "print"}),
        ("[i * k for i in things]", {"k", "things"}),
        ("[i for i in i]", {"i"}),
        ("def f(a):\n    b = a\n    return b + c", {"c"}),
        ("def f():\n    def g():\n        return deep\n    return g", {"deep"}),
        ("class A(Base):\n    k = 1\n    m = k\n    def f(self):\n        return k", {"Base", "k"}),
        ("f = lambda a, b=d: a + b + e", {"d", "e"}),
        ("@decorate\ndef f(a=default):\n    pass", {"decorate", "default"}),
        ("def f():\n    global n\n    n = n + 1", {"n"}),
        ("def f():\n    n = 1\n    def g():\n        nonlocal n\n        n += 1\n    return g", set()),
        ("try:\n    x = 1\nexcept E as e:\n    print(e)\ny = x", {"E", "print", "x"}),
        ("with open(p) as f:\n    t = f.read()", {"open", "p"}),
        ("match v:\n    case {'a': q, **rest}:\n        print(q, rest)", {"v", "print", "q", "rest"}),
        ("if (n := count()) > 3:\n    print(n)", {"count", "print"}),
        ("del x\nx = 1", {"x"}),
        ("d[k] = v", {"d", "k", "v"}),
        ("f'{x!r:>{w}}'", {"x", "w"}),
    ],
)
def test_the_names_that_a_cell_reads_before_it_binds_them(code, reads):
    assert names_of(code).reads == reads


@pytest.mark.parametrize(
    ("code", "binds"),
    [
        ("a, (b, *c) = x", {"a", "b", "c"}),
        ("a: int = 1\nb: int", {"a"}),
        ("for i, j in x: pass", {"i", "j"}),
        ("with f() as (a, b): pass", {"a", "b"}),
        ("import os.path\nimport numpy as np\nfrom math import pi, e as euler", {"os", "np", "pi", "euler"}),
        ("def f(): inner = 1", {"f"}),
        ("class A:\n    inner = 1", {"A"}),
        ("[(w := i) for i in x]", {"w"}),
        ("match v:\n    case [p, *q]: pass\n    case Point(x=r) as s: pass", {"p", "q", "r", "s"}),
        ("x.a = 1\ny[0] = 2", set()),
        ("[i for i in x]", set()),
        ("async def f(): pass", {"f"}),
    ],
)
def test_the_names_that_a_cell_binds(code, binds):
    assert names_of(code).binds == binds


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("x.a = 1", {"x"}),
        ("x.a.b[0].c = 1", {"x"}),
        ("del x[0]", {"x"}),
        ("x += [1]", {"x"}),
        ("x[0] += 1", {"x"}),
        ("x.append(1)", {"x"}),
        ("y = rng.normal()", {"rng"}),
        ("y = x.mean()", set()),
        ("np.add.at(x, i, 1)", {"np", "x"}),
        ("rng.shuffle(x)", {"rng", "x"}),
        ("np.multiply(a, b, out=c)", {"np", "c"}),
        ("for x.a in y: pass", {"x"}),
    ],
)
def test_the_objects_that_a_cell_may_change_in_place(code, changes):
    assert names_of(code).changes == changes


def test_a_function_s_effects_come_when_it_is_called():
    names = names_of("def f():\n    global n\n    n = 1\n    log.append(2)\n    local = []\n    local.append(3)")
    assert names.effects["f"] == {"n", "log"}
    assert "n" not in names.binds and "log" not in names.changes


def test_what_is_bound_on_one_way_only_is_not_certain():
    names = names_of("a = 1\nif a:\n    b = 2\nwhile a:\n    c = 3\ntry:\n    d = 4\nexcept E:\n    pass")
    assert names.surely == {"a"}
    assert names.binds == {"a", "b", "c", "d"}


def test_imports_say_what_they_take():
    names = names_of("import numpy as np\nfrom math import sqrt as root\nfrom scipy import *")
    assert names.imports == {"np": Import("numpy"), "root": Import("math", "sqrt")}
    assert names.stars == ["scipy"]


@pytest.mark.parametrize(
    ("code", "reads", "binds"),
    [
        ("%matplotlib inline\ny = x", {"x"}, {"y"}),
        ("!pip list\ny = x", {"x"}, {"y"}),
        ("%time y = x", {"x"}, {"y"}),
        ("%%time\ny = x", {"x"}, {"y"}),
        ("%%capture seen\ny = x", {"x"}, {"y", "seen"}),
        ("%%bash\nls $x", set(), set()),
        ("files = !ls\nfiles?", set(), {"files"}),
    ],
)
def test_magics_are_tolerated(code, reads, binds):
    names = names_of(code)
    assert names.readable
    assert names.reads - {"get_ipython", "files"} == reads
    assert names.binds == binds


def test_code_that_python_cannot_read_says_so():
    assert not names_of("def f(:").readable


@pytest.mark.parametrize(
    "code, names",
    [
        ("x = a + 1", {"a"}),
        ("a += 1", {"a"}),
        ("def f(a):\n    return a + b", {"b"}),
        ("f = lambda a: a + b", {"b"}),
        ("[a for a in b]", {"b"}),
        ("class A:\n    def m(self):\n        return b", {"b"}),
        ("def f():\n    global a\n    return a", {"a"}),
        ("a.b.c = 1", {"a"}),
        ("this is no Python", set()),
    ],
)
def test_the_names_that_a_cell_takes_from_the_notebook(code, names):
    assert names_of(code).reads - {"a"} >= names - {"a"}
    assert names <= names_of(code).reads
    assert ("a" in names_of(code).reads) == ("a" in names)


def test_one_statement_has_names_too():
    first, second = ast.parse("import math\nx = y").body
    assert names_of(first).binds == {"math"}
    assert (names_of(second).binds, names_of(second).reads) == ({"x"}, {"y"})


def test_the_line_that_binds_a_name_first_is_known():
    code = (
        "a = 1\nif a:\n    b = 2\n    a = 3\ntry:\n    pass\nexcept E as e:\n    del c\nimport d\n[(w := i) for i in a]"
    )
    assert names_of(code).lines == {"a": 1, "b": 3, "e": 7, "c": 8, "d": 9, "w": 10}


@pytest.mark.parametrize(
    "code", ["x = " + "(" * 5000, "x = " + "-" * 40_000 + "1", "a" + ".a" * 20_000, "\0", "x = 1\n" + "f(" * 300]
)
def test_code_that_nobody_writes_is_unreadable_and_raises_nothing(code):
    assert not names_of(code).readable


def test_names_are_guessed_where_python_cannot_read_them():
    names = guessed_names("def f(:\nasync def g(x\nclass C\nbound = free +\nequal == 1")
    assert names.binds == {"f", "g", "C", "bound"} and not names.readable
    assert {"free", "x", "equal"} <= names.reads and not names.binds & names.reads
