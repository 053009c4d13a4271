"""A whole section for ``alembic -n NAME``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dbman.errors import UsageError
from dbman.exports import Export
from exports.test_default import appending, refused

if TYPE_CHECKING:
    from conftest import Demo


def test_the_text(export: Callable[..., Export]) -> None:
    """It names packages, not paths, and dbman's environment."""
    assert export("section").text == (
        "\n[dbman]\n# written by dbman version_locations, for: alembic -n dbman upgrade heads\n"
        "script_location = dbman:environment\npath_separator = newline\nversion_locations =\n"
        "    acme:migrations\n    broken:migrations\n    gadget:migrations\n    notes:migrations\n"
        "    poser:migrations\n"
    )
    assert export("section").notes == (
        "alembic -n dbman will use dbman's default file, unless [alembic] has a sqlalchemy.url",
    )


def test_which_database(
    export: Callable[..., Export], project: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line tells it, in the order in which Alembic will look, without a password."""
    ini = project("generic") / "alembic.ini"
    text = ini.read_text("utf-8")
    ini.write_text(text.replace("driver://user:pass@localhost", "postgresql://u:secret@h"), "utf-8")

    def told(**options: object) -> str:
        note = export("section", config=ini, **options).notes[0]
        return note.replace(str(ini.parent), "HERE").replace("generic/", "")

    url = "postgresql://u:***@h/dbname"
    assert told() == f"alembic -n dbman will use {url} (alembic.ini [alembic])"
    flags = {"url": "sqlite:////flag.db"}
    assert told(flags=flags, name="x") == f"alembic -n x will use {url} (alembic.ini [alembic])"
    (ini.parent / "dbman.toml").write_text("url = 'sqlite:////near.db'\n", "utf-8")
    assert told() == "alembic -n dbman will use sqlite:////near.db (dbman.toml)"
    monkeypatch.setenv("DBMAN_URL", "sqlite:////env.db")
    assert told() == "alembic -n dbman will use sqlite:////env.db (DBMAN_URL)"
    with ini.open("a", encoding="utf-8") as file:
        file.write("[dbman]\nurl = sqlite:////own.db\n")
    assert told(name="x") == "alembic -n x will use sqlite:////own.db (alembic.ini [dbman])"


@pytest.mark.parametrize(
    ("key", "value"), [("url", "sqlite:////flag.db"), ("db", Path("/flag.db"))]
)
def test_a_database_of_the_command_line_is_not_kept(
    export: Callable[..., Export], key: str, value: object
) -> None:
    """Alembic will not see it, so that is told."""
    exported = export("section", flags={key: value})
    assert exported.notes[1:] == (
        f"--{key} is not written: DBMAN_URL, or sqlalchemy.url, names it",
    )
    assert "flag.db" not in exported.text


def test_own_scripts_come_first(
    export: Callable[..., Export], project: Callable[[str], Path]
) -> None:
    """The project's own are listed relative to the ini, with what it puts on `sys.path`."""
    folder = project("generic")
    with appending(folder / "alembic.ini") as stdout:
        result = export("section", stdout_fd=stdout)
    assert result.locations[:2] == (str(folder / "migrations" / "versions"), "acme:migrations")
    assert "version_locations =\n    %(here)s/migrations/versions\n    acme:" in result.text
    assert "prepend_sys_path =\n    .\n" in result.text


def test_twice(export: Callable[..., Export], project: Callable[[str], Path]) -> None:
    """A second section of that name would be a DuplicateSectionError."""
    ini = project("generic") / "alembic.ini"
    with ini.open("a", encoding="utf-8") as file:
        file.write(export("section").text)
    assert refused(export, ini, "section") == (
        "alembic.ini has a section [dbman] already",
        "take it out first, or name another: --section NAME",
    )


@pytest.mark.parametrize("name", ["poser", "poser_alembic_version"])
def test_one_tree(name: str, export: Callable[..., Export]) -> None:
    """An extension with a version table of its own gets a section of its own."""
    result = export("section", name=name, flags={"version_table": "{name}_alembic_version"})
    assert result.text == (
        f"\n[{name}]\n# written by dbman version_locations, for: alembic -n {name} upgrade heads\n"
        "script_location = dbman:environment\npath_separator = newline\n"
        "version_table = poser_alembic_version\nversion_locations =\n    poser:migrations\n"
    )


def test_no_such_tree(export: Callable[..., Export]) -> None:
    """With several version tables the name must say which."""
    with pytest.raises(UsageError, match="5 version tables"):
        export("section", flags={"version_table": "{name}_alembic_version"})


@pytest.mark.parametrize("name", ["", "DEFAULT", "a]b", "a\nb", "a b"])
def test_names(name: str, export: Callable[..., Export]) -> None:
    """A name that would break the ini is refused."""
    with pytest.raises(UsageError, match="is no name for a section"):
        export("section", name=name)


def test_folders_below(
    export: Callable[..., Export],
    make_extension: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Alembic looks into no folder below, and takes no whole environment for its versions."""
    from scripts_text import script

    site = make_extension("net", {"env.py": "raise SystemExit"})
    for folder in ("expand", "contract"):
        (site / "net" / "migrations" / "versions" / folder).mkdir(parents=True)
        text = script(folder[:3])
        (site / "net" / "migrations" / "versions" / folder / "a.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(site)
    found = [entry for entry in export("section").locations if entry.startswith("net")]
    assert found == ["net:migrations/versions/contract", "net:migrations/versions/expand"]


@pytest.mark.parametrize(
    ("inits", "named"),
    [
        (("shop", "shop.db"), "shop:db/alembic/versions"),
        (("shop.db",), "shop.db:alembic/versions"),
    ],
    ids=["package", "namespace package"],
)
def test_no_inner_package_is_imported(
    export: Callable[..., Export],
    project: Callable[[str], Path],
    odd: Demo,
    odd_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    inits: Sequence[str],
    named: str,
) -> None:
    """Alembic imports what stands before the colon: no more than it has to."""
    from scripts_text import script

    site = tmp_path / "inner"
    versions = site / "shop" / "db" / "alembic" / "versions"
    versions.mkdir(parents=True)
    (versions / "s1.py").write_text(script("s1"), "utf-8")
    for init in inits:
        fails = "raise ImportError('no')" if "." in init and "shop" in inits else ""
        (site / init.replace(".", "/") / "__init__.py").write_text(fails, "utf-8")
    monkeypatch.syspath_prepend(site)
    folder = project("generic")
    (folder / "dbman.toml").write_text(
        '[extensions.shop]\nversions = "shop.db:alembic/versions"\n', "utf-8"
    )
    result = export("section", config=folder / "dbman.toml")
    assert f"    {named}\n" in result.text
    with (folder / "alembic.ini").open("a", encoding="utf-8") as ini:
        ini.write(result.text)
    paths = os.pathsep.join([str(site), odd.environment()["PYTHONPATH"]])
    ran = odd.alembic("-n", "dbman", "heads", cwd=folder, env={"PYTHONPATH": paths})
    assert (ran.returncode, "s1 (head)" in ran.stdout) == (0, True), ran.stderr
