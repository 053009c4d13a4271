"""Headers that were kept are those that the files have."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbman import headers, scripts
from dbman.headers import kept_headers
from dbman.scripts import Script, read_script
from dbman.store import kept_store
from scripts_text import makes, script

pytestmark = pytest.mark.any_version
OLD = 1_700_000_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of three scripts that did not change for long; so few are worth keeping."""
    monkeypatch.setattr(headers, "_WORTH", 2)
    monkeypatch.setattr(headers, "_SETTLED", -10_000_000_000)  # a file's ctime is always now
    for name, down in (("a", None), ("b", "a"), ("c", "b")):
        write(tmp_path / f"{name}.py", script(name, *makes(name), down=down))
    return tmp_path


def write(path: Path, text: str) -> None:
    """Write a script that is as old as all others."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (OLD, OLD))


def read(folder: Path) -> list[Script]:
    """Return all scripts of a folder, as a run reads them."""
    with kept_headers([folder]) as reading:
        return [reading(str(path)) for path in sorted(folder.glob("*.py"))]


def read_plainly(folder: Path) -> list[Script]:
    """Return all scripts of a folder, each read from its file."""
    return [read_script(path) for path in sorted(folder.glob("*.py"))]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are read from now on."""
    names: list[str] = []

    def noting(path: str) -> Script:
        names.append(Path(path).name)
        return scripts.read_script(path)

    monkeypatch.setattr(headers, "read_script", noting)
    return names


def test_a_second_run_reads_no_file(folder: Path, parsed: list[str]) -> None:
    """And finds the same."""
    first = read(folder)
    assert first == read_plainly(folder)
    parsed.clear()
    assert read(folder) == first
    assert parsed == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: write(path, script("b", *makes("other"), down="a")), id="longer"),
        pytest.param(
            lambda path: write(path, path.read_text().replace("'a'", "'c'")), id="in place"
        ),
        pytest.param(lambda path: os.utime(path, (OLD + 1, OLD + 1)), id="touched"),
        pytest.param(
            lambda path: (
                write(path.with_name("x"), path.read_text()),
                path.with_name("x").replace(path),
            ),
            id="replaced",
        ),
    ],
)
def test_only_what_changed_is_read_again(
    folder: Path, parsed: list[str], change: Callable[[Path], Any]
) -> None:
    """Also where neither size nor time of change tell."""
    read(folder)
    parsed.clear()
    change(folder / "b.py")
    assert read(folder) == read_plainly(folder)
    assert parsed == ["b.py"]


def test_what_is_gone_is_forgotten(folder: Path) -> None:
    """And what is new is there."""
    read(folder)
    (folder / "c.py").unlink()
    write(folder / "d.py", script("d", *makes("d"), down="b"))
    assert [each.revision for each in read(folder)] == ["a", "b", "d"]
    (entry,) = kept_store().entries()
    kept = headers._rows(kept_store().read(entry.path.stem))
    assert sorted(Path(path).name for path in kept) == ["a.py", "b.py", "d.py"]


def test_what_may_change_at_once_is_not_kept(
    folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within one tick of the clock nothing would tell."""
    monkeypatch.setattr(headers, "_SETTLED", 2_000_000_000)
    read(folder)
    parsed.clear()
    read(folder)
    assert parsed == ["a.py", "b.py", "c.py"]
    assert kept_store().entries() == ()


def test_what_is_computed_or_wrong_is_read_each_time(folder: Path, parsed: list[str]) -> None:
    """The file alone does not tell it, or is about to be mended."""
    write(folder / "d.py", "import os\nrevision = os.path.join('d')\ndown_revision = 'c'\n")
    write(folder / "e.py", "down_revision = 'd'\n")
    assert read(folder) == read_plainly(folder)
    parsed.clear()
    assert read(folder) == read_plainly(folder)
    assert parsed == ["d.py", "e.py"]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-9]), id="truncated"),
        pytest.param(lambda path: path.write_bytes(b"{}"), id="foreign"),
        pytest.param(lambda path: (path.unlink(), path.mkdir()), id="a folder"),
        pytest.param(lambda path: path.parent.chmod(0), id="unreadable"),
    ],
)
def test_what_is_not_sound_is_read_anew(folder: Path, spoil: Callable[[Path], Any]) -> None:
    """In silence."""
    first = read(folder)
    (entry,) = kept_store().entries()
    spoil(entry.path)
    try:
        assert read(folder) == first
    finally:
        entry.path.parent.chmod(0o700)


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[]", b"a.py\x1f1 2 3 4\x1fa"])
def test_what_another_dbman_has_kept_is_read_anew(folder: Path, content: bytes) -> None:
    """Its file is sound, and of another shape."""
    first = read(folder)
    (entry,) = kept_store().entries()
    kept_store().write(entry.path.stem, content)
    assert read(folder) == first


def test_few_scripts_are_just_read(tmp_path: Path) -> None:
    """Nothing is written to anybody's disk for them."""
    write(tmp_path / "a.py", script("a", *makes("a")))
    read(tmp_path)
    assert kept_store().entries() == ()
