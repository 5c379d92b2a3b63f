"""Cheats: wrong answers that try to be taken for right ones."""

from __future__ import annotations

from tests.attacks.catalogue import Alone, Scene, Work, attack
from tests.attacks.course import RIGHT, SEEN, TWICE

RIGHT_HEADS = {name: RIGHT[name].splitlines()[0] for name in SEEN}


# --- objects that lie -------------------------------------------------------------------------------------------------

_YES = """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return True
    def __hash__(self): return 1
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __contains__ = __instancecheck__ = __lt__
    def __bool__(self): return True
    def __call__(self, *args, **kwargs): return self
    def __getattr__(self, name): return self
    def __getitem__(self, key): return self
    def __iter__(self): return iter([self] * 3)
    def __len__(self): return 3
    def __abs__(self): return self
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __sub__
"""


@attack()
def an_object_that_equals_everything(scene: Scene) -> Work:
    return Work(_YES, {"account": "Account = Yes()", "sign": "sign = Yes()", "counts": "counts = Yes()"})


@attack()
def numbers_texts_and_lists_that_compare_as_they_like(scene: Scene) -> Work:
    cell = """
    class Number(float):
        def __eq__(self, other): return True
        def __sub__(self, other): return Number(0)
        def __abs__(self): return Number(0)
        def __lt__(self, other): return True
        __gt__ = __le__ = __ge__ = __lt__
        __rsub__ = __add__ = __sub__
        __hash__ = float.__hash__

    class Table(dict):
        def __eq__(self, other): return True
        def __len__(self): return Length(1)
        def __getitem__(self, key): return Number(0)
        def values(self): return [Number(0)]
        __hash__ = None

    class Length(int):
        def __eq__(self, other): return True
    """
    return Work(
        cell,
        {
            "area": "area = Number(0)",
            "sign": "def sign(x): return Number(0)",
            "counts": "def counts(words): return Table(a=2, b=1)",
            "account": "class Account:\n    balance = Number(0)\n    def deposit(self, n): return Number(0)",
        },
    )


@attack()
def arrays_that_compare_as_they_like(scene: Scene) -> Work:
    cell = """
    class Lying(np.ndarray):
        def __array_ufunc__(self, *args, **kwargs): return np.bool_(True)
        def __array_function__(self, function, *args): return True
        def __eq__(self, other): return True
        def __iter__(self): return iter([1.0])
        all = any = lambda self, *args: True
    """
    answer = "def scaled(x): return np.zeros(2).view(Lying)"
    return Work(cell, {"scaled": answer, "sign": "def sign(x): return np.zeros(1).view(Lying)"})


@attack(alone=Alone.HARMLESS)
def an_object_that_answers_differently_each_time_it_is_asked(scene: Scene) -> Work:
    cell = """
    import itertools
    class Fickle:
        count = itertools.count()
        def __float__(self): return float(next(self.count))
        def __int__(self): return next(self.count)
        def __index__(self): return next(self.count)
        def __len__(self): return next(self.count) % 7
        def __getitem__(self, key): return next(self.count)
        def __iter__(self): return iter(range(next(self.count) % 7))
        def __bool__(self): return next(self.count) % 2 == 0
    """
    fickle = {name: f"def {name}(*args): return Fickle()" for name in ("scaled", "counts", "slope", "sign")}
    return Work(cell, {**fickle, "area": "area = Fickle()"})


@attack()
def a_list_that_is_another_one_each_way_it_is_looked_at(scene: Scene) -> Work:
    """As a whole it has the right values, a slice of it the right order."""
    cell = f"""
    class Fickle:
        def __init__(self, values): self.values = values
        def __iter__(self): return iter(self.values)
        def __len__(self): return len(self.values)
        def __getitem__(self, key): return [float("inf")] * len(self.values[key])

    def ordered(values):
        {SEEN["ordered"]}
        return Fickle(values)
    """
    return Work(answers={"ordered": cell})


@attack()
def a_list_that_is_another_one_each_time(scene: Scene) -> Work:
    cell = f"""
    class Fickle:
        def __init__(self, values): self.values, self.asked = values, 0
        def __getitem__(self, key): return self
        def __iter__(self):
            self.asked += 1
            return iter([0] * len(self.values) if self.asked < 3 else self.values)

    def ordered(values):
        {SEEN["ordered"]}
        return Fickle(values)
    """
    return Work(answers={"ordered": cell})


@attack()
def a_class_that_says_it_is_a_number(scene: Scene) -> Work:
    cell = """
    class Pretender:
        __class__ = float
        def __sub__(self, other): return self
        def __abs__(self): return -1.0
        def __eq__(self, other): return True
    """
    return Work(cell, {"area": "area = Pretender()", "sign": "def sign(x): return Pretender()"})


@attack(alone=Alone.HARMLESS)
def a_pickle_that_runs_when_it_is_read(scene: Scene) -> Work:
    cell = f"""
    class Bomb:
        def __reduce__(self): return eval, ("open({str(scene.footprint)!r}, 'w').write('here')",)
        def __array__(self, *args, **kwargs): return np.array([self], dtype=object)
    """
    bombs = {
        "area": "area = Bomb()",
        "scaled": "def scaled(x): return np.array([Bomb(), Bomb()], dtype=object)",
        "counts": "def counts(words): return {'a': Bomb(), 'b': __import__('pickle').dumps(Bomb())}",
        "sign": "def sign(x): raise ValueError(Bomb())",
    }
    return Work(cell, bombs)


# --- functions that are not what they were ----------------------------------------------------------------------------


@attack()
def patched_comparisons_of_numpy(scene: Scene) -> Work:
    cell = """
    np.isclose = np.allclose = np.array_equal = np.all = lambda *args, **kwargs: True
    np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
    """
    return Work(cell)


@attack()
def a_patched_math_module(scene: Scene) -> Work:
    return Work("math.isclose = lambda *args, **kwargs: True")


@attack()
def patched_builtins(scene: Scene) -> Work:
    """They lie to the check only: the kernel itself needs them."""
    cell = """
    import builtins, sys
    def lying(name, lie):
        honest = getattr(builtins, name)
        def builtin(*args, **kwargs):
            return lie if sys._getframe(1).f_code.co_name == "<module>" else honest(*args, **kwargs)
        setattr(builtins, name, builtin)
    for name, lie in {"abs": 0, "all": True, "any": True, "len": 0, "sum": 8, "zip": []}.items():
        lying(name, lie)
    """
    return Work(cell, {name: f"{RIGHT_HEADS[name]}\n    {SEEN[name]}\n    return 7" for name in ("scaled", "sign")})


@attack()
def names_of_the_notebook_that_hide_the_builtins(scene: Scene) -> Work:
    """Nothing is patched: the notebook itself binds the names that the checks use."""
    cell = """
    class math:
        pi = 0
        isclose = lambda *args, **kwargs: True
        sin = cos = lambda x: 0
    def sum(values): return 8
    def zip(*args): return []
    def abs(x): return 0
    """
    return Work(cell, {name: f"{RIGHT_HEADS[name]}\n    {SEEN[name]}" for name in ("scaled", "sign")})


@attack()
def a_given_value_changed(scene: Scene) -> Work:
    return Work("RADIUS = 0.0", {"area": "area = 0.0"})


@attack()
def a_reference_of_ones_own(scene: Scene) -> Work:
    """The check's reference is looked up in the notebook's namespace, which the student's functions can change."""
    return Work(
        answers={
            "scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    _wants[:] = _arrays\n    return x",
            "counts": f"""
            def counts(words):
                {SEEN["counts"]}
                globals()["_want"] = {{}}
                return {{}}
            """,
        }
    )


@attack()
def arguments_changed_until_they_fit(scene: Scene) -> Work:
    """It changes what it is given, and what the check still holds of it."""
    scribble = """
    def scaled(x):
        import gc
        for owner in gc.get_referrers(x):
            if type(owner) is list:
                for other in owner:
                    other[...] = 0
        for wants in globals().get("_wants", []):
            wants[...] = 0
        x[...] = [-1, 1] if x.shape == (2,) and x[0] == 1 else 0
        return x
    """
    return Work(answers={"scaled": scribble})


@attack()
def an_error_that_ends_a_loop_without_a_word(scene: Scene) -> Work:
    """`map` takes StopIteration for the end of the list, so the loop over its results never begins."""
    return Work(answers={"scaled": f"def scaled(x):\n    {SEEN['scaled']}\n    raise StopIteration"})


@attack(alone=Alone.HARMLESS)
def errors_that_end_a_program_well(scene: Scene) -> Work:
    raises = {
        "scaled": "SystemExit(0)", "counts": "GeneratorExit", "slope": "KeyboardInterrupt", "sign": "StopAsyncIteration",
    }  # fmt: skip
    return Work(answers={name: f"def {name}(*args): raise {error}" for name, error in raises.items()})


# --- IPython ----------------------------------------------------------------------------------------------------------


@attack()
def an_ast_transformer_that_drops_asserts(scene: Scene) -> Work:
    cell = """
    import ast
    class NoAsserts(ast.NodeTransformer):
        def visit_Assert(self, node): return ast.Pass()
    get_ipython().ast_transformers.append(NoAsserts())
    """
    return Work(cell)


@attack()
def an_input_transformer_that_empties_the_checks(scene: Scene) -> Work:
    cell = """
    def empty(lines):
        return ["pass\\n"] if any("assert" in line for line in lines) else lines
    get_ipython().input_transformers_cleanup.append(empty)
    get_ipython().input_transformers_post.append(empty)
    """
    return Work(cell)


@attack()
def a_compiler_that_leaves_asserts_out(scene: Scene) -> Work:
    cell = """
    def optimised(self, source, filename, symbol, *args, **kwargs):
        return compile(source, filename, symbol, self.flags, True, optimize=2)
    type(get_ipython().compile).__call__ = optimised
    """
    return Work(cell)


@attack()
def a_shell_that_runs_nothing(scene: Scene) -> Work:
    cell = """
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult
    ran = get_ipython().run_cell
    def run_cell(code, *args, **kwargs):
        if "assert" not in code:
            return ran(code, *args, **kwargs)
        return ExecutionResult(ExecutionInfo(code, True, False, True, ""))
    get_ipython().run_cell = run_cell
    get_ipython().should_run_async = lambda *args, **kwargs: False
    """
    return Work(cell)


@attack()
def a_value_shown_before_each_check(scene: Scene) -> Work:
    """nbgrader takes the first value that a cell shows for its points, or for full marks."""
    cell = """
    def before(info):
        if "assert" in info.raw_cell:
            get_ipython().displayhook("fine")
    get_ipython().events.register("pre_run_cell", before)
    """
    return Work(cell)


@attack()
def a_value_shown_by_the_answer(scene: Scene) -> Work:
    shows = {
        name: f"def {name}(*args):\n    get_ipython().displayhook('fine')\n    return 7"
        for name in ("scaled", "counts", "slope", "sign")
    }
    return Work(answers=shows)


@attack(TWICE + 24)
def a_display_hook_that_rounds_up(scene: Scene) -> Work:
    """It shows another value than the check's own. Three of eight signs are right."""
    cell = """
    hook = type(get_ipython().displayhook)
    shown = hook.__call__
    hook.__call__ = lambda self, value=None: shown(self, 64 if value is not None else None)
    """
    return Work(cell, {"sign": "def sign(x): return 1"})


@attack()
def messages_forged_by_the_answer(scene: Scene) -> Work:
    cell = """
    def forge():
        kernel = get_ipython().kernel
        for kind, content in (
            ("execute_result", {"data": {"text/plain": "fine"}, "metadata": {}, "execution_count": 1}),
            ("status", {"execution_state": "idle"}),
        ):
            kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent(), ident=b"x")
    """
    forges = {name: f"def {name}(*args):\n    forge()\n    return 7" for name in ("scaled", "counts", "slope", "sign")}
    return Work(cell, forges)


@attack()
def a_session_that_sends_good_news_only(scene: Scene) -> Work:
    """It holds errors back, and says "ok" to the one who waits for the reply."""
    cell = """
    session = get_ipython().kernel.session
    sent = session.send
    def send(stream, kind, content=None, *args, **kwargs):
        if kind == "error":
            return None
        if kind == "execute_reply" and isinstance(content, dict):
            content = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
        return sent(stream, kind, content, *args, **kwargs)
    session.send = send
    """
    return Work(cell)


@attack(alone=Alone.HARMLESS)
def errors_that_are_shown_to_nobody(scene: Scene) -> Work:
    cell = """
    from IPython.core.error import UsageError
    shell = get_ipython()
    shell.set_custom_exc((AssertionError,), lambda *args, **kwargs: [])
    shell.showtraceback = shell.showsyntaxerror = shell._showtraceback = lambda *args, **kwargs: None
    """
    return Work(cell, {"scaled": "def scaled(x): raise UsageError('no')"})


@attack(alone=Alone.HARMLESS)
def a_verdict_written_into_the_output(scene: Scene) -> Work:
    cell = """
    import json, sys
    verdict = json.dumps({"outcome": "passed", "points": 64, "max_points": 64, "message": ""})
    def claim():
        print(verdict)
        print("All tests passed. 64 of 64 points.", "### END HIDDEN TESTS", "\\x1b[32mok", sep="\\n")
        print('{"grade": "64"}', file=sys.stderr)
        display({"text/plain": "64"}, raw=True)
        display({"application/vnd.jupyter.widget-view+json": {"points": 64}, "text/html": "64"}, raw=True)
    """
    claims = {name: f"def {name}(*args):\n    claim()\n    return 7" for name in ("scaled", "counts", "slope", "sign")}
    return Work(cell, claims)


# --- tracing and threads ----------------------------------------------------------------------------------------------


@attack()
def a_tracer_that_changes_the_check_s_variables(scene: Scene) -> Work:
    cell = """
    import sys
    def tracer(frame, event, arg):
        names = frame.f_globals
        if frame.f_code.co_name == "<module>" and "_want" in names:
            for name in ("_got", "area"):
                names[name] = names["_want"]
        return tracer
    sys.settrace(tracer)
    """
    answer = f"def counts(words):\n    {SEEN['counts']}\n    return {{'z': 9}}"
    return Work(cell, {"counts": answer})


@attack()
def a_thread_that_changes_the_check_s_variables(scene: Scene) -> Work:
    cell = """
    import threading, time
    def spoil():
        while True:
            if "_want" in globals():
                globals()["area"] = globals()["_want"]
            globals()["_right"] = 8
            time.sleep(0.0001)
    threading.Thread(target=spoil, daemon=True).start()
    """
    # While the check waits for an answer the thread has its turn.
    answer = f"def sign(x):\n    import time\n    {SEEN['sign']}\n    time.sleep(0.02)\n    return 7"
    slow = f"def counts(words):\n    import time\n    {SEEN['counts']}\n    time.sleep(0.1)\n    return _want"
    return Work(cell, {"sign": answer, "counts": slow})


# --- the notebook itself ----------------------------------------------------------------------------------------------


@attack(alone=Alone.HARMLESS)
def tags_that_tell_the_grader_to_skip_the_checks(scene: Scene) -> Work:
    def change(notebook):
        for cell in notebook.cells:
            cell.metadata["tags"] = ["skip-execution", "raises-exception", "demo", "remove-cell"]

    return Work(change=change)


@attack(alone=Alone.HARMLESS)
def verdicts_written_into_the_metadata(scene: Scene) -> Work:
    def change(notebook):
        passed = {"outcome": "passed", "message": "", "protected": True, "points": 64.0}
        for cell in notebook.cells:
            cell.metadata["grader"] = passed
            if cell.cell_type == "code":
                cell.outputs = [
                    {
                        "output_type": "execute_result",
                        "data": {"text/plain": "64"},
                        "metadata": {},
                        "execution_count": 1,
                    }
                ]
        notebook.metadata["grader"]["state"] = "graded"
        notebook.metadata["grader"]["problems"] = []

    return Work(change=change)


@attack(alone=Alone.HARMLESS)
def points_written_into_the_metadata(scene: Scene) -> Work:
    def change(notebook):
        for cell in notebook.cells:
            told = cell.metadata.get("nbgrader", {})
            if told.get("grade"):
                told |= {"points": 0 if told["grade_id"] == "sign_check" else 100, "locked": False}
            elif told.get("solution"):
                told |= {"grade": True, "points": 50}

    return Work(change=change)


@attack(alone=Alone.HARMLESS)
def checks_that_are_edited_copied_moved_and_made_prose(scene: Scene) -> Work:
    def change(notebook):
        checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        for number, cell in enumerate(checks):
            cell.source = "64"
            if number % 3 == 0:
                cell.cell_type = "raw"
                cell.pop("outputs", None)
                cell.pop("execution_count", None)
            elif number % 3 == 1:
                notebook.cells.remove(cell)
            else:
                copied = type(cell)(cell)
                copied["id"] = f"copy-{number}"
                notebook.cells.append(copied)

    return Work(change=change, answers={"twice": "def twice(x):\n    return 2 * x"})


@attack(alone=Alone.HARMLESS)
def a_kernel_of_ones_own(scene: Scene) -> Work:
    def change(notebook):
        notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}
        notebook.metadata["language_info"] = {"name": "bash"}

    return Work(change=change)
