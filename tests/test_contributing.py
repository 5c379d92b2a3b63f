"""CONTRIBUTING's table and list lead to what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| `([\w./-]+)` \| `(.+?)` \|$", PAGE, re.MULTILINE)


def test_the_table_has_the_likely_changes():
    assert len(ROWS) >= 20
    assert len({what for what, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("what", "file", "wanted"), ROWS, ids=lambda value: value[:40])
def test_a_row_leads_to_a_file_that_holds_what_it_says(what, file, wanted):
    assert wanted in (ROOT / file).read_text(encoding="utf-8"), f"to change {what}: {file} has no {wanted}"


def test_the_list_of_rooms_is_made_from_the_contracts_and_the_files():
    result = subprocess.run(
        [sys.executable, ROOT / "tools" / "rooms.py", "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
