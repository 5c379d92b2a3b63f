"""A zygote's life, and that of its kernels."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from grader.core.model import Limits
from grader.kernel.inside.memory import family
from grader.kernel.sandbox import Sandbox, SandboxError, SandboxKind
from grader.kernel.warm import Zygote
from tests.kernel.conftest import needs_linux, needs_sandbox

pytestmark = needs_linux
NONE = Sandbox(SandboxKind.NONE)


@needs_sandbox
def test_killing_a_kernel_leaves_the_zygote_alive(kernels, zygote):
    talk = kernels()
    talk.kernel.kill()
    assert talk.kernel.wait(timeout=5) == -9
    assert zygote.alive
    assert kernels().run("print('next')") == "next"


@needs_sandbox
def test_a_kernel_that_ends_itself_tells_its_code(kernels):
    talk = kernels()
    talk.send("import os; os._exit(7)")
    assert talk.kernel.wait(timeout=5) == 7
    assert talk.kernel.why == ""


@needs_sandbox
def test_an_interrupt_reaches_the_running_cell(kernels):
    talk = kernels()
    talk.send("while True: pass")
    time.sleep(0.5)
    talk.kernel.send_signal(signal.SIGINT)
    assert talk.run("print('on we go')", timeout=10) == "on we go"


@needs_sandbox
def test_a_kernel_ends_when_nobody_holds_its_line(kernels, zygote):
    talk = kernels()
    before = len(list(family(zygote.process.pid)))
    talk.kernel.line.close()
    assert _wait_for(lambda: len(list(family(zygote.process.pid))) < before)
    with pytest.raises(TimeoutError):
        talk.run("1", timeout=1)
    talk.kernel.returncode = -9  # what its closed line can no longer tell


@needs_sandbox
def test_a_killed_zygote_is_noticed():
    with Zygote() as zygote:
        place = zygote.address.place()
        kernel = zygote.address.fork(place, target="time:sleep", arguments=[60])
        assert kernel.poll() is None
        zygote.process.kill()
        assert kernel.wait(timeout=5) == -9
        assert kernel.why == "zygote"
        zygote.process.wait(timeout=5)
        assert not zygote.alive
        with pytest.raises(SandboxError, match="does not answer"):
            zygote.address.fork(place, target="time:sleep", arguments=[60])


@pytest.mark.parametrize("walls", ["none", pytest.param("bubblewrap", marks=needs_sandbox)])
def test_a_zygote_and_its_kernels_end_with_their_parent(walls):
    script = (
        "import os, sys, time\n"
        "from grader.kernel.sandbox import Sandbox, SandboxKind\n"
        "from grader.kernel.warm import Zygote\n"
        f"zygote = Zygote(Sandbox(SandboxKind({walls!r})), kernel=False)\n"
        "kernel = zygote.address.fork(zygote.address.place(), target='subprocess:run', arguments=[['sleep', '99.1357']])\n"
        "print(zygote.address.room, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    room = parent.stdout.readline().strip()
    assert _wait_for(lambda: _running("99.1357"))
    parent.kill()
    parent.wait()
    assert _wait_for(lambda: not _running("99.1357") and not _running(room)), "something was left behind"
    shutil.rmtree(room)


def test_without_walls_a_kernel_is_warm_and_its_children_end_with_it(kernels, tmp_path):
    with Zygote(NONE, modules=["numpy"]) as zygote:
        talk = kernels({"a.txt": b"x"}, zygote_address=zygote.address)
        assert talk.run("import sys, os; print('numpy' in sys.modules, os.listdir())") == "True ['a.txt']"
        assert talk.run(f"print(os.path.exists({str(tmp_path)!r}))") == "True"
        talk.run("import subprocess; subprocess.Popen(['sleep', '88.2468'])")
        talk.close()
        assert _wait_for(lambda: not _running("88.2468"))


def test_a_target_runs_in_place_of_a_kernel_with_the_files_it_was_given():
    with Zygote(NONE, kernel=False) as zygote:
        ours, theirs = socket.socketpair()
        code = "import os, socket; socket.socket(fileno=int(os.environ['GRADER_BOUNDARY_FD'])).sendall(b'hello')"
        kernel = zygote.address.fork(
            zygote.address.place(),
            fds={"GRADER_BOUNDARY_FD": theirs.fileno()},
            target="builtins:exec",
            arguments=[code],
        )
        theirs.close()
        assert ours.recv(10) == b"hello"
        assert kernel.wait(timeout=5) == 0
        ours.close()


@needs_sandbox
def test_a_kernel_inherits_the_boundary_and_its_children_do_not(kernels):
    ours, theirs = socket.socketpair()
    talk = kernels(fds={"GRADER_BOUNDARY_FD": theirs.fileno()})
    theirs.close()
    talk.run("import os, socket; s = socket.socket(fileno=int(os.environ['GRADER_BOUNDARY_FD'])); s.sendall(b'hello')")
    assert ours.recv(10) == b"hello"
    assert talk.run("print(os.get_inheritable(s.fileno()))") == "False"
    ours.close()


@needs_sandbox
@pytest.mark.slow
def test_several_processes_fork_from_one_zygote(zygote):
    script = (
        "import pathlib, sys\nfrom grader.kernel.warm import ZygoteAddress\n"
        "zygote_address = ZygoteAddress(pathlib.Path(sys.argv[1]))\n"
        "for _ in range(5):\n    place = zygote_address.place()\n    kernel = zygote_address.fork(place, target='os:getpid')\n"
        "    assert kernel.wait(timeout=10) == 0\n    place.remove()"
    )
    command = [sys.executable, "-c", script, str(zygote.address.room)]
    workers = [subprocess.Popen(command) for _ in range(4)]
    assert [worker.wait(timeout=60) for worker in workers] == [0] * 4


def test_a_module_that_starts_a_thread_is_refused_by_name(tmp_path, monkeypatch):
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "busy.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True, name='worker').start()"
    )
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    with pytest.raises(SandboxError, match=r"importing busy started 1 thread\(s\) \(worker\)"):
        Zygote(NONE, modules=["busy"], kernel=False)


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(SandboxError, match="no_such_module cannot be imported"):
        Zygote(NONE, modules=["no_such_module"], kernel=False)


@needs_sandbox
def test_the_same_seeds_give_the_same_numbers_in_every_fork(kernels):
    code = "import random, numpy; print(random.random(), numpy.random.rand(3), hash('x'))"
    answers = set()
    for _ in range(10):
        talk = kernels()
        answers.add(talk.run(code))
        talk.close()
    assert len(answers) == 1
    assert kernels(seed=1).run(code) not in answers


@needs_sandbox
@pytest.mark.slow
def test_keras_gives_the_same_numbers_in_every_fork_and_mnist_without_a_network(kernels, tmp_path):
    digits = np.arange(40 * 28 * 28, dtype=np.uint32).reshape(40, 28, 28).astype(np.uint8)
    labels = (np.arange(40) % 10).astype(np.uint8)
    file = tmp_path / "digits.npz"
    np.savez(file, x_train=digits, y_train=labels, x_test=digits[:8], y_test=labels[:8])
    code = (
        "import keras, numpy as np, tensorflow as tf\n"
        "from tensorflow.keras.datasets import mnist\n"
        "(x, y), (a, b) = keras.datasets.mnist.load_data()\n"
        "(u, v), _ = mnist.load_data()\n"
        "assert np.array_equal(x, u) and x.shape == (40, 28, 28) and b.shape == (8,)\n"
        "x[0] = 0\n"
        "assert tf.keras.datasets.mnist.load_data()[0][0][0].any()\n"
        "model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dropout(0.2), "
        "keras.layers.Dense(10, activation='softmax')])\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\n"
        "print(model.fit(x / 255, y, epochs=2, verbose=0).history['loss'], tf.random.normal((2,)).numpy())"
    )
    answers = set()
    with Zygote(modules=["tensorflow"], data={"mnist": file}) as zygote:
        for _ in range(10):
            talk = kernels(zygote_address=zygote.address)
            answers.add(talk.run(code, timeout=60))
            assert talk.run("import os; print(os.path.exists('/data/mnist.npz'))") == "False"
            talk.close()
    assert len(answers) == 1
    assert "Error" not in answers.pop()


@needs_sandbox
@pytest.mark.slow
def test_a_module_that_is_imported_in_the_notebook_only_is_seeded_then(kernels):
    with Zygote() as zygote:
        answers = []
        for _ in range(2):
            talk = kernels(zygote_address=zygote.address)
            talk.run("import random; random.random()")
            assert talk.run("import sys; print('keras' in sys.modules)") == "False"
            answers.append(
                talk.run(
                    "import keras, numpy; print(keras.random.normal((2,)).numpy(), numpy.random.rand(), random.random())",
                    90,
                )
            )
            talk.close()
    assert answers[0] == answers[1]
    assert "Error" not in answers[0]


def test_data_that_is_not_as_keras_data_is_refused(tmp_path):
    file = tmp_path / "x.npz"
    np.savez(file, x=np.zeros(3))
    with pytest.raises(SandboxError, match="no data set of Keras is called digits"):
        Zygote(NONE, data={"digits": file}, kernel=False)
    with pytest.raises(SandboxError, match="x_train"):
        Zygote(NONE, data={"mnist": file}, kernel=False)
    with pytest.raises(SandboxError, match="there is no file"):
        Zygote(NONE, data={"mnist": tmp_path / "no.npz"}, kernel=False)


@needs_sandbox
def test_a_kernel_that_cannot_be_made_is_told(zygote):
    place = zygote.address.place()
    with pytest.raises(SandboxError, match="no_such_module"):
        zygote.address.fork(place, target="no_such_module:main")
    place.remove()
    with pytest.raises(SandboxError, match="walls around the kernel could not be raised"):
        zygote.address.fork(place, target="time:sleep", limits=Limits())
    assert zygote.alive


def _running(argument: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument.encode() in path.read_bytes():
                return True
        except OSError:  # it has just ended
            continue
    return False


def _wait_for(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
