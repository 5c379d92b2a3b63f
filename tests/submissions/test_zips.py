"""Zips are read, and those that would do harm are refused."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions.layout import Label, read_label
from tests.submissions.samples import (
    ADA_AND_BOB,
    ASSIGNMENTS,
    collect_and_load,
    messages_of,
    submitted,
    who,
    write,
    zip_of,
)


def test_a_name_in_a_macs_zip_is_the_same_as_elsewhere(tmp_path: Path) -> None:
    data = bytearray(zip_of({"Jose\u0301/03_neuron.ipynb": submitted()}))
    for at in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        (flags,) = struct.unpack_from("<H", data, at)
        struct.pack_into("<H", data, at, flags & ~0x800)  # a Mac does not say that its names are UTF-8
    (tmp_path / "x.zip").write_bytes(bytes(data))
    assert who(collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS)) == [("José", "03_neuron")]


def test_a_windows_zip_has_folders_too(tmp_path: Path) -> None:
    data = zip_of({"ada/03_neuron.ipynb": submitted()}).replace(b"ada/03", b"ada\\03")
    (tmp_path / "x.zip").write_bytes(data)
    assert who(collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS)) == [("ada", "03_neuron")]


@pytest.mark.parametrize(
    "name", ["../../evil/03_neuron.ipynb", "/etc/03_neuron.ipynb", "C:/x/03_neuron.ipynb", "a/../b.ipynb"]
)
def test_a_member_that_would_lie_outside_of_the_zip_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zip_of({name: submitted(), "ada/03_neuron.ipynb": submitted()}))
    collected = collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS)
    assert who(collected) == [("ada", "03_neuron")]
    assert len(collected.strays) == 1 and "outside" in collected.strays[0].text


def test_links_and_encrypted_members_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        link = zipfile.ZipInfo("ada/03_neuron.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    data = bytearray(zip_of({"bob/03_neuron.ipynb": submitted()}))
    for at in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        data[at] |= 1
    (tmp_path / "y.zip").write_bytes(bytes(data))
    collected = collect_and_load([tmp_path / "x.zip", tmp_path / "y.zip"], ASSIGNMENTS)
    assert who(collected) == ADA_AND_BOB
    assert [messages_of(each).split(".")[0] for each in collected.submissions] == [
        "It is a link, and links are not followed",
        "It is encrypted",
    ]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(zip_of({"03_neuron.ipynb": b" " * 30_000_000}))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert "packed beyond belief" in messages_of(found) and found.content == b""


@dataclass
class _SmallBudget:
    left: int = 1000
    folders: int = 10
    deep: int = 0


def test_a_zip_with_more_in_it_than_is_bearable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.submissions.zips._Budget", lambda: _SmallBudget())
    (tmp_path / "ada.zip").write_bytes(zip_of({"03_neuron.ipynb": submitted()}))
    (found,) = collect_and_load([tmp_path], ASSIGNMENTS).submissions
    assert found.student == "ada" and "more than 500 MB" in messages_of(found)


def _quine(deep: int) -> bytes:
    """A zip in a zip in a zip …"""
    content = zip_of({"03_neuron.ipynb": submitted()})
    for _ in range(deep):
        content = zip_of({"more.zip": content})
    return content


def test_zips_in_zips_are_opened_so_far_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(_quine(2))
    (tmp_path / "bob.zip").write_bytes(_quine(20))
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert who(collected) == [("ada", "03_neuron"), ("bob", None)]
    assert "that deep it is not opened. Pack the notebooks once" in messages_of(collected.submissions[1])


def test_all_zips_in_a_zip_share_one_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = zip_of({"03_neuron.ipynb": submitted() + b" " * 20_000})
    monkeypatch.setattr("grader.submissions.zips._Budget", lambda: _SmallBudget(left=70_000, folders=100))
    (tmp_path / "x.zip").write_bytes(zip_of({f"s{number}.zip": inner for number in range(9)}))
    collected = collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS)
    read = [each for each in collected.submissions if each.notebook is not None]
    assert 0 < len(read) < 4 and len(collected.submissions) == 9
    assert all("more than 500 MB. " in messages_of(each) for each in collected.submissions if each not in read)


def test_a_zip_that_names_too_many_folders_is_refused_and_costs_little(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bob.zip", "w") as archive:
        for number in range(1500):
            archive.writestr("/".join(f"{number}-{at}" for at in range(15)) + "/x.txt", b"")
    write(tmp_path, "ada/03_neuron.ipynb")
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert ("ada", "03_neuron") in who(collected)
    told = [messages_of(each) for each in collected.submissions if each.student == "bob"]
    told += [stray.text for stray in collected.strays]
    assert any("too many folders. Pack" in text for text in told)


def test_a_list_of_members_that_is_longer_than_any_course_is_not_read(tmp_path: Path) -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    listing = entry * 500_000
    ending = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(listing), 0, 0)
    (tmp_path / "bob.zip").write_bytes(listing + ending)
    write(tmp_path, "ada/03_neuron.ipynb")
    tracemalloc.start()
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert who(collected) == [("ada", "03_neuron"), ("bob", None)]
    assert "too many folders. Pack" in messages_of(collected.submissions[1]) and peak < 4 * len(listing)


def test_names_in_a_zip_that_no_disk_could_hold_are_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        "_" * 30_000 + ".ipynb",
        " - copy" * 5000 + ".ipynb",
        "/".join(f"deep{at}" for at in range(40)) + "/x.ipynb",
    ]
    (tmp_path / "x.zip").write_bytes(
        zip_of({**{name: submitted() for name in names}, "ada/03_neuron.ipynb": submitted()})
    )
    read: list[str] = []

    def noted(name: str, assignments: Iterable[str]) -> Label:
        read.append(name)
        return read_label(name, assignments)

    monkeypatch.setattr("grader.submissions.layout.read_label", noted)
    collected = collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS)
    assert "ada" in read and max(map(len, read)) < 100, (
        "reading a name takes time that grows with the square of its length"
    )
    assert who(collected) == [("ada", "03_neuron")]
    (stray,) = collected.strays
    assert "too long" in stray.text and "2 more were refused" in stray.text and len(stray.text) < 400


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_told_however_it_is_packed(method: int, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("ada/03_neuron.ipynb", submitted())
    data = bytearray(packed.getvalue())
    start = data.find(b".ipynb") + 6
    data[start : start + 60] = bytes(60)
    (tmp_path / "x.zip").write_bytes(bytes(data))
    write(tmp_path, "bob/03_neuron.ipynb")
    collected = collect_and_load([tmp_path / "x.zip", tmp_path / "bob"], ASSIGNMENTS)
    assert who(collected) == ADA_AND_BOB
    assert "damaged in the zip. It has to be handed in again" in messages_of(collected.submissions[0])


def test_a_way_of_packing_that_is_not_known_is_told(tmp_path: Path) -> None:
    data = bytearray(zip_of({"ada/03_neuron.ipynb": submitted()}))
    for at in (data.find(b"PK\x03\x04") + 8, data.find(b"PK\x01\x02") + 10):
        struct.pack_into("<H", data, at, 9)  # Deflate64, as Windows packs large files
    (tmp_path / "x.zip").write_bytes(bytes(data))
    (found,) = collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS).submissions
    assert "packed in a way that is not known here. Pack it as an ordinary zip" in messages_of(found)


def test_a_size_that_is_a_lie_is_not_believed(tmp_path: Path) -> None:
    data = bytearray(zip_of({"ada/03_neuron.ipynb": b"x" * 5000, "bob/03_neuron.ipynb": submitted()}))
    for at in (data.find(b"PK\x03\x04") + 22, data.find(b"PK\x01\x02") + 24):
        struct.pack_into("<I", data, at, 10)
    (tmp_path / "x.zip").write_bytes(bytes(data))
    collected = collect_and_load([tmp_path / "x.zip"], ASSIGNMENTS)
    assert who(collected) == ADA_AND_BOB
    assert "damaged" in messages_of(collected.submissions[0]) and collected.submissions[1].notebook is not None


def test_a_zip_that_is_none_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, "ada/03_neuron.ipynb")
    (tmp_path / "bob.zip").write_bytes(b"PK\x03\x04 no zip at all")
    (tmp_path / "cy_03_neuron.zip").write_bytes(zip_of({"03_neuron.ipynb": submitted()})[:-30])
    collected = collect_and_load([tmp_path], ASSIGNMENTS)
    assert who(collected) == [("ada", "03_neuron"), ("bob", None), ("cy", "03_neuron")]
    assert all("zip is damaged" in messages_of(each) for each in collected.submissions[1:])
    assert "damaged" in collect_and_load([tmp_path / "bob.zip"], ASSIGNMENTS).strays[0].text


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 600), sign=st.integers(0, 255), cut=st.integers(0, 300))
def test_no_damage_to_a_zip_raises(at: int, sign: int, cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = bytearray(
        zip_of({"ada/03_neuron.ipynb": submitted(), "bob/x.zip": zip_of({"03_neuron.ipynb": submitted()})})
    )
    data[at % len(data)] = sign
    path = tmp_path_factory.mktemp("zips") / "x.zip"
    path.write_bytes(bytes(data[: len(data) - cut]))
    collected = collect_and_load([path], ASSIGNMENTS)
    assert collected.submissions or collected.strays
