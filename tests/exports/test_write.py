"""Edits of alembic.ini and pyproject.toml: in place, every comment kept, again and again."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.errors import SettingsError
from dbman.exports import Export

LIST = ["acme", "broken", "gadget", "notes", "poser"]
OWN = "%(here)s/migrations/versions"


def difference(before: str, after: str) -> list[str]:
    """Return the lines that were taken out and put in."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize("template", ["generic", "async", "multidb"])
def test_ini(template: str, export: Callable[..., Export], project: Callable[[str], Path]) -> None:
    """Nothing but the list and the separator changes, and the mode stays."""
    ini = project(template) / "alembic.ini"
    before = ini.read_text("utf-8")
    ini.chmod(0o640)
    result = export("write", file=ini)
    after = ini.read_text("utf-8")
    assert difference(before, after) == [
        "+version_locations =",
        f"+    {OWN}",
        *(f"+    {name}:migrations" for name in LIST),
        "-path_separator = os",
        "+path_separator = newline",
    ]
    example = "# version_locations = %(here)s/bar:%(here)s/bat:%(here)s/alembic/versions"
    assert f"{example}\nversion_locations =\n" in after
    assert (result.changed, result.text, result.file) == (True, "", ini)
    assert ini.stat().st_mode & 0o777 == 0o640
    assert sorted(ini.parent.glob("*ini*")) == [ini]


@pytest.mark.parametrize("template", ["pyproject", "pyproject_async"])
def test_pyproject(
    template: str, export: Callable[..., Export], project: Callable[[str], Path]
) -> None:
    """Only the array is added, in `[tool.alembic]`, whatever stands behind it."""
    toml = project(template) / "pyproject.toml"
    before = toml.read_text("utf-8") + "\n[tool.ruff]\nline-length = 100 # wide\n"
    toml.write_text(before, encoding="utf-8")
    export("write", file=toml)
    assert difference(before, toml.read_text("utf-8")) == [
        "+version_locations = [",
        f'+    "{OWN}",',
        *(f'+    "{name}:migrations",' for name in LIST),
        "+]",
    ]


@pytest.mark.parametrize("name", ["alembic.ini", "pyproject.toml"])
def test_again(name: str, export: Callable[..., Export], project: Callable[[str], Path]) -> None:
    """A second run writes nothing; one that skips takes out, one that does not puts in again."""
    file = project("pyproject") / name
    export("write", file=file)
    written = file.read_bytes(), file.stat().st_mtime_ns
    assert not export("write", file=file).changed
    assert (file.read_bytes(), file.stat().st_mtime_ns) == written
    less = export("write", file=file, skip=["poser"])
    assert less.locations[-1] == "notes:migrations"
    assert b"poser" not in file.read_bytes()
    export("write", file=file)
    assert file.read_bytes() == written[0]


def test_dry(export: Callable[..., Export], project: Callable[[str], Path]) -> None:
    """Nothing is written; the text is what would be."""
    ini = project("generic") / "alembic.ini"
    before = ini.read_bytes()
    dry = export("write", file=ini, dry=True)
    assert ini.read_bytes() == before
    export("write", file=ini)
    assert ini.read_text("utf-8") == dry.text


def test_an_ini_with_a_list(export: Callable[..., Export], tmp_path: Path) -> None:
    """What stands there stays, with its comments; a package that is gone goes, and is told."""
    ini = tmp_path / "alembic.ini"
    ini.write_bytes(
        b"[alembic]\r\nscript_location = here\r\n# the list\r\nversion_locations =\r\n"
        b"    # mine\r\n    %(here)s/one:gone/x\r\n    ; acme's\r\n    acme:gone\r\n"
        b"path_separator = newline\r\nprepend_sys_path = a:b\r\n"
    )
    ini.write_bytes(ini.read_bytes().replace(b"acme:gone", b"acme:migrations\r\n    gone:x"))
    result = export("write", file=ini, skip=["broken", "gadget", "notes"])
    assert ini.read_bytes() == (
        b"[alembic]\r\nscript_location = here\r\n# the list\r\nversion_locations =\r\n"
        b"    # mine\r\n    %(here)s/one:gone/x\r\n    ; acme's\r\n    acme:migrations\r\n"
        b"    poser:migrations\r\n"
        b"path_separator = newline\r\nprepend_sys_path = a:b\r\n"
    )
    assert result.notes[0] == "taken out: gone:x (there is no package 'gone')"


@pytest.mark.parametrize(
    ("separator", "joined"),
    [("path_separator = os\n", ":"), ("path_separator = space\n", " "), ("", ", ")],
)
def test_other_separators(
    separator: str, joined: str, export: Callable[..., Export], tmp_path: Path
) -> None:
    """Lists that were split by another separator are converted with it."""
    ini = tmp_path / "alembic.ini"
    ini.write_text(
        f"[alembic]\nscript_location = here\nprepend_sys_path = .{joined}src\n{separator}"
        f"version_locations = %(here)s/one{joined}%(here)s/two\n[other]\na = b\n",
        encoding="utf-8",
    )
    export("write", file=ini, skip=["broken", "gadget", "notes", "poser"])
    text = ini.read_text("utf-8")
    assert text.endswith("\n[other]\na = b\n")
    assert sorted(text.splitlines()[:-2]) == sorted(
        "[alembic]\nscript_location = here\nprepend_sys_path =\n    .\n    src\n"
        "path_separator = newline\nversion_locations =\n    %(here)s/one\n    %(here)s/two\n"
        "    acme:migrations".splitlines()
    )


def test_a_link(export: Callable[..., Export], project: Callable[[str], Path]) -> None:
    """A link stays a link, and what it leads to is edited."""
    folder = project("generic")
    real = (folder / "alembic.ini").rename(folder / "real.ini")
    (folder / "alembic.ini").symlink_to(real)
    export("write", file=folder / "alembic.ini")
    assert (folder / "alembic.ini").is_symlink()
    assert "poser:migrations" in real.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("no.ini", None, "settings file no.ini does not exist"),
        ("a.ini", "[alembic]\nx = y\n", "a.ini is no configuration of Alembic"),
        ("b.ini", "[other]\nx = y\n", r"b.ini has no section \[alembic\]"),
        ("c.ini", "[alembic]\nscript_location = x\n[alembic]\n", "stands twice"),
        ("d.toml", "[tool.ruff]\n", r"d.toml is no configuration of Alembic: .*\[tool.alembic\]"),
        ("e.toml", "[tool.alembic\n", "e.toml is not valid TOML"),
    ],
)
def test_no_configuration(
    name: str, text: str | None, message: str, export: Callable[..., Export], tmp_path: Path
) -> None:
    """A file that is missing or says nothing to Alembic is an error, and stays as it is."""
    file = tmp_path / name
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        export("write", file=Path(name))
    assert (file.read_text("utf-8") if file.exists() else None) == text


def test_the_ini_wins(export: Callable[..., Export], project: Callable[[str], Path]) -> None:
    """A list in the ini beside a pyproject.toml would hide what is written, and is told."""
    folder = project("pyproject")
    export("write", file=folder / "alembic.ini")
    notes = export("write", file=folder / "pyproject.toml").notes
    assert "version_locations in alembic.ini [alembic] wins: write there, or take it out" in notes
