"""A folder of kept files: whole or nothing, bounded, and never in the way."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dbman.store import Store, kept_store

pytestmark = pytest.mark.any_version


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store that keeps three files of 100 bytes together."""
    return Store(lambda: tmp_path / "cache" / "kept", ".kept", most=3, limit=100 + 3 * 32)


def age(store: Store, key: str, seconds: int) -> None:
    """Let a file have been used last some seconds after 1970."""
    os.utime(store.folder / f"{key}.kept", (seconds, seconds))


def test_what_was_written_is_read(store: Store) -> None:
    """By its key; others read nothing."""
    assert store.read("a") is None
    store.write("a", b"one")
    assert store.read("a") == b"one"
    assert store.read("b") is None


def test_nobody_else_can_read_it(store: Store) -> None:
    """The folder is 0700, the files are 0600."""
    store.write("a", b"one")
    (entry,) = store.entries()
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(entry.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1]), id="truncated"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"x" * 64), id="foreign"),
        pytest.param(lambda path: path.with_name("b.kept").replace(path), id="renamed"),
        pytest.param(lambda path: (path.unlink(), path.mkdir()), id="a folder"),
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: (path.unlink(), os.mkfifo(path)), id="a pipe"),
    ],
)
def test_what_is_not_sound_is_not_there(store: Store, spoil) -> None:
    """Whatever happened to the file; writing mends it where a file can be written."""
    store.write("a", b"one")
    store.write("b", b"two")
    spoil(store.folder / "a.kept")
    assert store.read("a") is None
    store.write("a", b"three")
    assert store.read("a") in (b"three", None)


def test_the_number_is_bounded(store: Store) -> None:
    """What was used last stays; reading is using."""
    for number, key in enumerate("abc"):
        store.write(key, b"x")
        age(store, key, number)
    assert store.read("a") == b"x"
    store.write("d", b"x")
    assert {each.path.stem for each in store.entries()} == {"a", "c", "d"}


def test_the_size_is_bounded(store: Store) -> None:
    """What does not fit goes, oldest first; what never fits is not written."""
    store.write("a", b"x" * 90)
    age(store, "a", 1)
    store.write("b", b"x" * 90)
    store.write("c", b"x" * 1000)
    assert [each.path.stem for each in store.entries()] == ["b"]


def test_a_file_that_nobody_finished_goes(store: Store) -> None:
    """After an hour, and with `clear` at once."""
    store.write("a", b"one")
    old, new = store.folder / "old.partial", store.folder / "new.partial"
    for path in (old, new):
        path.write_bytes(b"")
    os.utime(old, (1, 1))
    store.write("b", b"two")
    assert (old.exists(), new.exists()) == (False, True)
    assert len(store.clear()) == 3
    assert list(store.folder.iterdir()) == []


def test_a_disk_that_refuses_costs_only_speed(tmp_path: Path) -> None:
    """A file where the folder should be: nothing is kept, and nothing is raised."""
    (tmp_path / "cache").write_bytes(b"")
    store = Store(lambda: tmp_path / "cache" / "kept", ".kept")
    store.write("a", b"one")
    assert store.read("a") is None
    assert store.entries() == store.clear() == ()


@pytest.mark.parametrize("found", ["~/.cache/dbman", "cache"])
def test_without_a_home_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    """A folder that is no place of its own would be made wherever somebody stands."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *args, **options: Path(found))
    monkeypatch.chdir(tmp_path)
    store = kept_store()
    store.write("a", b"one")
    assert store.read("a") is None
    assert store.entries() == ()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_half_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full says what a full disk says."""
    really = os.open

    def full(path, flags, mode=0o777):
        if not str(path).endswith(".partial"):
            return really(path, flags, mode)
        os.close(really(path, flags, mode))
        return really("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(os, "open", full)
    store.write("a", b"one")
    assert list(store.folder.iterdir()) == []


def test_many_writers_at_once(tmp_path: Path) -> None:
    """Each reader finds one writer's content whole, or none."""
    store = Store(lambda: tmp_path / "kept", ".kept")
    contents = [bytes([number]) * 50_000 for number in range(8)]

    def work(content: bytes) -> bytes | None:
        store.write("a", content)
        return store.read("a")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, contents))
    assert set(found) <= {*contents, None}
    assert store.read("a") in contents
