"""Every lecture, held by two processes across a real socket: solutions pass, listed wrong answers fail with their sentence.

In the second run, stand-ins are held to what they did in the first one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.parametrize("name", ["03_neuron", "09_softmax", "10_mnist"])
def test_a_lecture_holds_across_the_wall(name, tmp_path):
    result = tmp_path / "result.json"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, str(Path(__file__).with_name("across.py")), str(ROOT), name, str(result)]
    subprocess.run(command, env=env, check=True, timeout=600)
    report = json.loads(result.read_text())

    assert report["errors"] == []
    assert {check: said for check, said in report["calibration"].items() if said} == {}

    right = {check: said for check, said in report["again"].items() if ":" not in check}
    assert right.keys() == report["calibration"].keys()
    assert {check: said for check, said in right.items() if said} == {}

    silent = []
    for trial, wrong in report["trials"].items():
        said = [text for check, text in report["again"].items() if check.startswith(f"{trial}:")]
        if not any(wrong["says"].lower() in text.lower() for text in said):
            silent.append((wrong, said))
    assert silent == []
    assert report["trials"]
