"""What is other on Windows, as far as it can be tested elsewhere: paths, encodings, open files."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO, TextIOWrapper
from pathlib import Path, PureWindowsPath
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from conftest import Demo
from dbman import Manager
from dbman.autogenerate.rendering import file_name
from dbman.cli import main
from dbman.cli.consoles import shows_colours
from dbman.config import Settings, ini
from dbman.config import load as load_settings
from dbman.dialects import open_dialect
from dbman.dialects.files import file_uri
from dbman.errors import SettingsError, UsageError
from dbman.extensions.locations import names_package, of_module
from dbman.files import is_reserved
from dbman.scaffold.names import check_form
from dbman.scaffold.tomls import quoted, read_toml
from dbman.urls import parse_url
from scripts_text import makes, script

Install = Callable[..., Path]
BOM = b"\xef\xbb\xbf"
DRIVE = PureWindowsPath("C:/Program Files/100%/acme #1.db")


@pytest.mark.any_version
@pytest.mark.parametrize(
    ("source", "is_package"),
    [
        (r"C:\acme\migrations", False),
        ("C:/acme/migrations", False),
        (r"\\server\share\migrations", False),
        ("acme:migrations", True),
        ("c:migrations", True),
    ],
)
def test_drive_letters_are_no_packages(source: str, is_package: bool) -> None:
    """One letter and a slash behind the colon is a drive."""
    assert names_package(source) == is_package
    assert of_module(source) == source


@pytest.mark.any_version
def test_version_locations_with_drive_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are split where Alembic splits them there: at semicolons, or newlines."""
    monkeypatch.setitem(ini._SEPARATORS, "os", ";")
    file = tmp_path / "alembic.ini"
    listed = {"os": r"C:\acme\db;acme:migrations", "newline": "\n  C:\\acme\\db\n  acme:migrations"}
    for separator, text in listed.items():
        file.write_text(
            f"[alembic]\nscript_location = x\npath_separator = {separator}\n"
            f"version_locations = {text}\n",
            encoding="utf-8",
        )
        found = load_settings(file).version_locations
        assert found == (r"C:\acme\db", "acme:migrations")


@pytest.mark.parametrize(
    "path", [str(DRIVE), DRIVE.as_posix(), r"\\server\share\acme.db", r"C:\%20\a?b.db"]
)
def test_urls_take_paths_as_they_are(path: str) -> None:
    """With backslashes, blanks, percent signs and shares."""
    url = parse_url(f"sqlite:///{path}")
    assert (url.database, dict(url.query)) == (path, {})
    assert str(open_dialect(url).path) == path


def test_uris_with_drive_letters(tmp_path: Path) -> None:
    """SQLite's own form begins with a slash that is none of the path; a share is no authority."""
    url = parse_url("sqlite:///file:///C:/acme/my%20shop.db?mode=rw&uri=true")
    assert str(open_dialect(url).path) == "C:/acme/my shop.db"
    share = file_uri(Path(r"\\server\share\a b.db"), mode="ro")
    assert share == "file:%5C%5Cserver%5Cshare%5Ca%20b.db?mode=ro"
    odd = tmp_path / r"C:\?#%20&é.db"
    with closing(sqlite3.connect(file_uri(odd, mode="rwc"), uri=True)) as connection:
        connection.execute("CREATE TABLE item (id INTEGER)")
    assert odd.is_file()


@pytest.mark.any_version
def test_backslashes_in_toml() -> None:
    """A path in a file that dbman writes is the same path when it is read."""
    import tomllib

    for path in (str(DRIVE), r"\\server\new\t", "é\x7f"):
        assert tomllib.loads(f"path = {quoted(path)}")["path"] == path


@pytest.mark.any_version
@pytest.mark.parametrize("name", ["con", "NUL.py", "aux.tar.gz", "Com1", "lpt9 .txt", "CONIN$"])
def test_names_of_devices(name: str) -> None:
    """Windows would write to a device, whatever stands behind the point."""
    assert is_reserved(name)
    assert not is_reserved(f"x{name}")
    assert not is_reserved(f"console{name}")


@pytest.mark.any_version
def test_no_project_is_called_like_a_device() -> None:
    """Git could not check it out there."""
    with pytest.raises(UsageError, match="'aux' is what Windows calls a device"):
        check_form("aux")


@pytest.mark.any_version
def test_no_script_is_called_like_a_device() -> None:
    """The message of a migration may be one, and the settings may begin the name with it."""
    from datetime import datetime

    def named(message: str, template: str | None) -> str:
        header: Any = SimpleNamespace(
            message=message, created=datetime(2026, 1, 2), place=SimpleNamespace(revision="a1")
        )
        return file_name(Settings(file_template=template), header)

    assert named("con", None) == "a1_con.py"
    with pytest.raises(SettingsError, match=r"gives con\.py, a name that Windows keeps"):
        named("con", "%(slug)s")
    with pytest.raises(SettingsError, match=r"gives aux/a1\.py"):
        named("aux", "%(slug)s/%(rev)s")


@pytest.mark.parametrize("mark", [b"", BOM], ids=["plain", "marked"])
def test_files_that_windows_editors_write(
    make_extension: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: bytes
) -> None:
    """Scripts, settings and a bootstrap with CRLF, with and without a byte order mark."""
    texts = {
        "a1.py": script("a1", *makes("thing"), label="shop"),
        "a2.py": script("a2", *makes("café"), down="a1"),
    }
    site = make_extension("shop", texts)
    monkeypatch.syspath_prepend(site)
    for path in (site / "shop" / "migrations").glob("*.py"):
        path.write_bytes(mark + path.read_bytes().replace(b"\n", b"\r\n"))
    (tmp_path / "before.sql").write_bytes(
        mark + b"-- caf\xc3\xa9\r\nCREATE TABLE old (id INTEGER);\r\n"
    )
    settings = 'core = "shop"\nbootstrap = "before.sql"\nurl = "sqlite:///x.db"\n'
    file = tmp_path / "dbman.toml"
    file.write_bytes(mark + settings.replace("\n", "\r\n").encode())
    manager = Manager(file=file)
    assert [each.doc for each in manager.history()] == ["a2 of a test", "a1 of a test"]
    manager.initdb()
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE sql > '' ORDER BY 1"
            )
        ]
    assert names == ["alembic_version", "café", "old", "thing"]
    assert manager.drift().matches


@pytest.mark.parametrize("name", ["alembic.ini", "pyproject.toml"])
def test_an_edited_configuration_loses_its_mark(
    make_extension: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Alembic cannot read it; line ends and comments stay."""
    site = make_extension("shop", {"a1.py": script("a1", *makes("thing"), label="shop")})
    monkeypatch.syspath_prepend(site)
    head = "[alembic]" if name.endswith("ini") else "[tool.alembic]"
    value = "here" if name.endswith("ini") else '"here"'
    file = tmp_path / name
    file.write_bytes(BOM + f"# mine\r\n{head}\r\nscript_location = {value}\r\n".encode())
    export = Manager(core="shop").version_locations("write", file=file)
    assert f"{name} loses its byte order mark: Alembic cannot read one" in export.notes
    assert file.read_bytes().startswith(f"# mine\r\n{head}\r\n".encode())
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b"")
    again = Manager(core="shop").version_locations("write", file=file)
    assert (again.changed, "mark" in "".join(again.notes)) == (False, False)


def test_a_project_with_a_mark_is_told(tmp_path: Path) -> None:
    """No tool could install it."""
    (tmp_path / "pyproject.toml").write_bytes(BOM + b'[project]\r\nname = "p"\r\n')
    with pytest.raises(SettingsError, match=r"pyproject\.toml begins with a byte order mark"):
        read_toml(tmp_path / "pyproject.toml")


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_narrow_consoles(
    make_extension: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """What the console lacks is spelled out; nothing fails, and the picture has plain signs."""
    text = script("a1", *makes("thing"), label="shop")
    named = text.replace("a1 of a test", "Größe → 尺寸 ✓")
    monkeypatch.syspath_prepend(make_extension("shop", {"a1.py": named}))
    monkeypatch.chdir(tmp_path)
    naming = ("history", "heads -v", "show shop")
    for call in ("initdb -v", "status", "graph", *naming):
        out, err = (TextIOWrapper(BytesIO(), encoding=encoding) for _ in range(2))
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            assert main([*call.split(), "--db", "x.db"]) == 0
        out.seek(0)
        shown = out.read()
        assert ("\\u5c3a\\u5bf8" in shown) == (call in naming), call
        assert ("Größe" in shown) <= (encoding != "ascii")


@pytest.mark.any_version
def test_consoles_are_told_to_show_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that can is switched over; what is none, or cannot, gets no colours."""
    modes: list[int] = []
    state = SimpleNamespace(known=1, takes=1)

    class Kernel:
        def GetConsoleMode(self, handle: int, mode: Any) -> int:
            mode.value = 0x2
            return state.known

        def SetConsoleMode(self, handle: int, mode: int) -> int:
            modes.append(mode)
            return state.takes

    ctypes = ModuleType("ctypes")
    vars(ctypes).update(
        c_ulong=SimpleNamespace, byref=lambda mode: mode, windll=SimpleNamespace(kernel32=Kernel())
    )
    msvcrt = ModuleType("msvcrt")
    vars(msvcrt)["get_osfhandle"] = lambda number: number
    assert shows_colours(sys.__stdout__, "linux")
    assert not shows_colours(sys.__stdout__, "win32")
    monkeypatch.setitem(sys.modules, "ctypes", ctypes)
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    stream = SimpleNamespace(fileno=lambda: 1)
    assert shows_colours(stream, "win32")
    assert modes == [0x7]
    state.takes = 0
    assert not shows_colours(stream, "win32")
    state.known = 0
    assert not shows_colours(stream, "win32")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let files be as on Windows: none that is open goes, and no folder is opened.

    Yield what was taken away or replaced.
    """
    gone: list[str] = []
    plain_open, plain_sync = os.open, os.fsync

    def opened(path: object) -> bool:
        found = Path(os.fsdecode(path))  # type: ignore[arg-type]
        if not found.exists():
            return False
        for each in Path("/proc/self/fd").iterdir():
            try:
                if each.readlink() == found.resolve():
                    return True
            except OSError:
                continue
        return False

    def refusing(name: str) -> Callable[..., None]:
        plain = getattr(os, name)

        def act(path: Any, *args: Any, **options: Any) -> None:
            targets = [path, *args[:1]] if name in ("replace", "rename") else [path]
            for each in targets:
                if opened(each):
                    raise PermissionError(errno.EACCES, "in use by another process", str(each))
            plain(path, *args, **options)
            gone.append(str(path))

        return act

    def open_file(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if not flags & getattr(os, "O_DIRECTORY", 0) and Path(os.fsdecode(path)).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return plain_open(path, flags, *args, **options)

    def sync(descriptor: int) -> None:
        import fcntl

        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")
        plain_sync(descriptor)

    for name in ("unlink", "remove", "replace", "rename"):
        monkeypatch.setattr(os, name, refusing(name))
    monkeypatch.setattr(os, "open", open_file)
    monkeypatch.setattr(os, "fsync", sync)
    yield gone
    monkeypatch.undo()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="nothing tells what is open")
def test_nothing_is_removed_while_it_is_open(
    make_extension: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: list[str]
) -> None:
    """Moves, backups, a restore, a failure, scratch files and dropdb close what they remove."""
    monkeypatch.syspath_prepend(
        make_extension(
            "shop",
            {
                "a1.py": script("a1", *makes("thing"), label="shop"),
                "a2.py": script("a2", 'op.execute("NONSENSE")', down="a1"),
            },
        )
    )
    place = tmp_path / "x.db"
    options: dict[str, Any] = {"db": place, "core": "shop"}
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(Exception, match="NONSENSE"):
        Manager(**options).initdb()
    assert not place.exists()
    Manager(**options).initdb("shop@a1")
    backup = Manager(**options).backup(tmp_path / "copy.db")
    assert backup.path.is_file()
    Manager(**options).backup(backup.path, force=True)
    Manager(**options).downgrade("shop@base")
    Manager(**options).restore(backup.path)
    assert [key.id for key in Manager(**options).rows()] == ["a1"]
    scratch_url = f"sqlite:///{scratch / 'some.db'}"
    assert Manager(**options).drift(scratch_url=scratch_url).matches
    assert list(scratch.iterdir()) == []
    assert Manager(**options).dropdb().removed
    assert not place.exists()
    assert str(place) in windows


def test_no_file_is_read_in_the_encoding_of_the_system(demo: Demo) -> None:
    """Python warns where none is named; here that is an error."""
    code = (
        "from dbman.cli import main\n"
        "calls = ['initdb --skip broken', 'status', 'checkdb', 'config',\n"
        "         'version_locations --section x', 'new shelf', 'graph -o x.svg', 'show poser',\n"
        "         'generate poser -m x --empty --dry-run', 'backup']\n"
        "for call in calls:\n"
        "    assert main([*call.split(), '-q']) in (0, 1), call\n"
    )
    options = ("-X", "warn_default_encoding", "-W", "error::EncodingWarning")
    done = demo.python(*options, "-c", code, cold=True)
    assert (done.returncode, done.stderr) == (0, "")
