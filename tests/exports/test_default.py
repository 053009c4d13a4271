"""`[DEFAULT]` for ``>> alembic.ini``, and where it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dbman.errors import ExtensionError, UsageError
from dbman.exports import Export

if TYPE_CHECKING:
    from conftest import Demo

NAMES = ("acme", "broken", "gadget", "notes", "poser")


@contextmanager
def appending(file: Path) -> Iterator[int]:
    """Open a file as the shell does for ``>>``, and give its descriptor."""
    with file.open("a", encoding="utf-8") as stdout:
        yield stdout.fileno()


def refused(export: Callable[..., Export], file: Path, form: str = "default") -> tuple[str, str]:
    """Return the message and the hint with which appending to a file is refused."""
    before = file.read_bytes()
    with appending(file) as stdout, pytest.raises(UsageError) as caught:
        export(form, stdout_fd=stdout)
    assert file.read_bytes() == before
    return caught.value.message, caught.value.hint or ""


def test_the_text(export: Callable[..., Export], odd_site: Path) -> None:
    """It begins with an empty line; each path but the last ends in a colon; ``%`` is doubled."""
    site = str(odd_site).replace("%", "%%")
    paths = "".join(f"    {site}/{name}/migrations:\n" for name in NAMES)
    result = export()
    assert result.text == (
        "\n[DEFAULT]\n# written by dbman version_locations\npath_separator = os\n"
        f"version_locations =\n{paths.removesuffix(':' + chr(10))}\n"
    )
    assert result.locations == tuple(f"{odd_site}/{name}/migrations" for name in NAMES)
    assert result.notes[0] == (
        "plain Alembic needs sqlalchemy.url in its ini too, and for --autogenerate target_metadata"
        " in its env.py"
    )


def test_own_scripts_come_first(
    export: Callable[..., Export], project: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They do where the ini is stdout, or named by ``-c``; and the notes say what it lacks."""
    folder = project("generic")
    monkeypatch.chdir(folder)
    with appending(folder / "alembic.ini") as stdout:
        appended = export(stdout_fd=stdout)
    assert appended.locations[0] == str(folder / "migrations" / "versions")
    assert appended.notes[:2] == (
        "alembic.ini has no sqlalchemy.url yet",
        f"target_metadata is None in {folder / 'migrations' / 'env.py'}: --autogenerate needs it",
    )
    named = export(config=folder / "alembic.ini")
    assert sorted(named.locations) == sorted(appended.locations)
    assert named.locations[0] == appended.locations[0]


def test_an_ini_elsewhere_is_known(
    export: Callable[..., Export], project: Callable[[str], Path]
) -> None:
    """The system names the file behind the descriptor."""
    folder = project("generic")
    with appending(folder / "alembic.ini") as stdout:
        assert export(stdout_fd=stdout).locations[0] == str(folder / "migrations" / "versions")


def test_stdout_is_no_ini(export: Callable[..., Export], tmp_path: Path) -> None:
    """Into a pipe, a closed descriptor or any other file the text goes as it is."""
    with appending(tmp_path / "out.txt") as stdout:
        assert export(stdout_fd=stdout) == export()
    assert export(stdout_fd=987) == export()


def test_twice(export: Callable[..., Export], project: Callable[[str], Path]) -> None:
    """A second `[DEFAULT]` would be a DuplicateOptionError."""
    ini = project("generic") / "alembic.ini"
    with ini.open("a", encoding="utf-8") as file:
        file.write(export(config=ini).text)
    assert refused(export, ini) == (
        "alembic.ini has a [DEFAULT] section already",
        "`dbman version_locations --write alembic.ini` edits it in place",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("path_separator = space", "alembic.ini has path_separator = space in [alembic]"),
        ("version_locations = a", "alembic.ini has version_locations in [alembic]"),
    ],
)
def test_the_section_wins(
    line: str, message: str, export: Callable[..., Export], project: Callable[[str], Path]
) -> None:
    """What `[alembic]` says itself would win in silence."""
    ini = project("generic") / "alembic.ini"
    text = ini.read_text("utf-8").replace("path_separator = os", line)
    ini.write_text(text, encoding="utf-8")
    assert refused(export, ini)[0].startswith(message)
    (note,) = [note for note in export(config=ini).notes if note.startswith(message)]
    assert note.endswith("`dbman version_locations --write alembic.ini` edits it in place")


def test_emptied(export: Callable[..., Export], tmp_path: Path) -> None:
    """The shell has emptied the file before dbman runs, if it was ``>``."""
    (tmp_path / "alembic.ini").touch()
    assert refused(export, tmp_path / "alembic.ini") == (
        "alembic.ini is empty",
        "append with >>, because > empties a file",
    )


def test_skipped(export: Callable[..., Export]) -> None:
    """What the run leaves aside is not listed."""
    assert not [path for path in export(skip=["poser"]).locations if "poser" in path]


def test_no_scripts_yet(
    export: Callable[..., Export], make_extension: Callable[..., Path], odd_site: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A folder that is missing is left out, and told."""
    site = make_extension("fresh", {})
    (site / "fresh" / "migrations").rmdir()
    monkeypatch.syspath_prepend(site)
    result = export()
    assert f"fresh has no scripts yet, {site}/fresh/migrations is left out" in result.notes
    assert result.locations == tuple(f"{odd_site}/{name}/migrations" for name in NAMES)


@pytest.mark.parametrize("folder", ["new\nline", "tab\tbed", "line\u2028break"])
@pytest.mark.parametrize("form", ["default", "plain"])
def test_control_characters(
    folder: str,
    form: str,
    export: Callable[..., Export],
    make_extension: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A path that would become another line of the ini is refused."""
    site = make_extension("fresh", {}, site=tmp_path / folder)
    monkeypatch.syspath_prepend(site)
    with pytest.raises(ExtensionError, match="has a control character in it"):
        export(form)


def test_separator_in_a_path(
    export: Callable[..., Export],
    make_extension: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A colon in a path cannot stand in this form; the section carries it."""
    site = make_extension("fresh", {}, site=tmp_path / "co:lon")
    monkeypatch.syspath_prepend(site)
    with pytest.raises(ExtensionError) as caught:
        export()
    assert caught.value.message == (
        f"the path {site}/fresh/migrations has a ':' in it, at which Alembic would split it"
    )
    assert "fresh:migrations" in export("section").locations


def test_trees(export: Callable[..., Export]) -> None:
    """Plain Alembic knows one version table at a time."""
    with pytest.raises(UsageError) as caught:
        export(flags={"version_table": "{name}_alembic_version"})
    assert caught.value.message == (
        "there are 5 version tables, and plain Alembic knows one at a time"
    )
    assert caught.value.hint == (
        "write a section for each: `dbman version_locations --section NAME`"
        " (acme, broken, gadget, notes, poser)"
    )


def test_unknown_form(export: Callable[..., Export]) -> None:
    """The nearest one is offered."""
    with pytest.raises(UsageError, match=r"no form 'sektion' .*; did you mean 'section'\?"):
        export("sektion")


def test_plain(export: Callable[..., Export], odd_site: Path) -> None:
    """The ancestor's line, and that these paths do not fit into it."""
    result = export("plain")
    paths = [f"{odd_site}/{name}/migrations" for name in NAMES]
    assert result.text == f"version_locations = {' '.join(paths)}\n".replace("%", "%%")
    assert result.notes[0] == (
        f"Alembic splits {paths[0]} at its blank or comma, and 4 more: use --section or --write"
    )


@pytest.mark.parametrize("form", ["default", "section", "plain"])
def test_nothing_to_list(form: str, export: Callable[..., Export]) -> None:
    """An export of nothing would hide Alembic's own default."""
    with pytest.raises(ExtensionError, match="no installed extension has scripts to list"):
        export(form, skip=NAMES)


def test_nothing_heavy(odd: Demo) -> None:
    """No form imports SQLAlchemy or Alembic."""
    program = (
        "import sys\nfrom dbman.manager import Manager\n"
        "for form in ('default', 'section', 'plain'): Manager().version_locations(form)\n"
        "print([name for name in ('sqlalchemy', 'alembic') if name in sys.modules])"
    )
    done = odd.python("-c", program, cold=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
