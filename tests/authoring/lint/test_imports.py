"""What a notebook may import, and that it needs no network."""

from __future__ import annotations

import pytest

from grader.authoring.lint.imports import imports_are_in_colab, nothing_is_downloaded, nothing_is_installed
from tests.authoring.lint.samples import Samples, assert_found, each, lecture, prose

QUIET = "# %%\nkeras.datasets.mnist.load_data()\nimport os\nos.environ.get('A')\nprint(7\n% 2)"
SAMPLES: Samples = {
    imports_are_in_colab: [
        (
            "# %%\nimport math\nimport numpy as np\nfrom scipy.special import expit\nfrom keras.layers import Dense",
            None,
        ),
        ("# %%\nimport torch", "`torch` is not in Colab"),
        (
            '# %% exercise="x"\n### BEGIN SOLUTION\nfrom jax.numpy import exp\n### END SOLUTION',
            "`jax.numpy` is not in Colab",
        ),
    ],
    nothing_is_installed: [
        (QUIET, None),
        ("# %%\n# pip install torch", "This line has `pip install`"),
        (prose("First run `pip3 install torch`."), "This line has `pip3 install`"),
    ],
    nothing_is_downloaded: [
        (QUIET, None),
        ("# %%\nimport os\nos.system('ls')", "This line calls `os.system`"),
        ("# %%\nimport urllib.request\nurllib.request.urlretrieve('x')", "calls `urllib.request.urlretrieve`"),
        ("# %%\nkeras.utils.get_file('x')", "calls `keras.utils.get_file`"),
    ],
}


@pytest.mark.parametrize("rule, cells, message", each(SAMPLES))
def test_a_rule_catches_a_broken_lecture_and_lets_a_good_one_pass(rule, cells, message, tmp_path):
    assert_found(rule, lecture(tmp_path, cells), message)
