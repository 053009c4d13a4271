"""Whatever is wrong is one clear error, and no file and no folder is left."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest

from dbman.autogenerate.writing import NewScript, write_scripts
from dbman.config import PostWriteHook, Settings
from dbman.errors import DbmanError, ExtensionError, InvalidError, ScriptError, UsageError

SCRIPT = '''"""{id}"""
revision = {id!r}
down_revision = {down!r}
branch_labels = {labels!r}


def upgrade():
    {body}


def downgrade():
    pass
'''


def script(revision, down=None, labels=None, body="pass"):
    """Return the text of a script by the name of its file."""
    text = SCRIPT.format(id=revision, down=down, labels=labels, body=body)
    return {f"{revision}.py": text}


def files(workshop) -> list[str]:
    """Return everything that lies in the workshop."""
    return sorted(
        str(path.relative_to(workshop.site))
        for path in workshop.site.rglob("*")
        if "__pycache__" not in path.parts
    )


def refused(workshop, name="shop", message="change", **options) -> DbmanError:
    """Return the error that generating ends with; nothing may be left."""
    before = files(workshop)
    with pytest.raises(DbmanError) as caught:
        workshop.generate(name, message, **options)
    assert files(workshop) == before
    return caught.value


def told(error: DbmanError) -> tuple[int, str, str | None]:
    """Return what people see of an error."""
    return error.exit_code, error.message, error.hint


def test_unknown_extension(shop):
    """An unknown name offers the nearest one."""
    assert told(refused(shop, "shup")) == (
        2,
        "no extension 'shup' is installed; did you mean 'shop'?",
        "`dbman extensions` lists them",
    )


@pytest.mark.parametrize("message", ["", "  \n"])
def test_no_message(shop, message):
    """A message is needed."""
    assert refused(shop, message=message).message == "a migration needs a message"


@pytest.mark.parametrize(
    "revision",
    ["", "../x", "a/b", "x" * 41, "a-b", "a@b", "a+1", "a:b", "é", "a b", "head", "heads", "base"],
)
def test_wrong_revision_id(shop, revision):
    """An id is letters, digits and underscores, and no word of Alembic's."""
    assert told(refused(shop, rev_id=revision)) == (
        2,
        f"{revision!r} cannot be a revision id",
        "take 1 to 32 letters, digits and underscores",
    )


def test_taken_revision_id(workshop):
    """An id that any extension of the tree has, as an id or a label, is refused with its file."""
    workshop.extension("shop", "extension = None", scripts=script("a1", labels="core"))
    path = workshop.scripts("shop")[0]
    for taken in ("a1", "core"):
        error = refused(workshop, rev_id=taken, empty=True)
        assert error.message == f"the revision id {taken!r} is taken by {path}"


def test_label_that_is_taken(shop):
    """A label that another extension's script carries is found before anything is written."""
    shop.extension("poser", "extension = None", scripts=script("b1", labels="shop"))
    error = refused(shop)
    assert isinstance(error, ScriptError)
    assert error.message == (
        f"the label 'shop' of a first revision is taken by {shop.scripts('poser')[0]}"
    )


def test_several_heads(workshop):
    """With two heads they are named, and one of them can be."""
    workshop.extension(
        "shop", "extension = None", scripts=script("a1") | script("b1", "a1") | script("c1", "a1")
    )
    assert told(refused(workshop, empty=True)) == (
        2,
        "shop has 2 heads: b1, c1",
        "`dbman merge shop` joins them; --head shop@b1 goes on from one",
    )
    result = workshop.generate(None, head="shop@c1", empty=True, rev_id="d1")
    assert "= 'c1'" in result.text
    assert result.path == workshop.site / "shop" / "migrations" / "d1_change.py"
    assert "= 'b1'" in workshop.generate("shop@b1", empty=True, dry_run=True).text


def test_the_nearest_label(workshop):
    """With a label for each of two branches the header tells that of the one it goes on."""
    branches = script("a1", labels="core") | script("b1", "a1", "expand") | script("c1", "a1")
    workshop.extension("shop", "extension = None", scripts=branches)
    for head, label in (("b1", "expand"), ("c1", "core")):
        text = workshop.generate(None, head=head, empty=True, dry_run=True).text
        assert f"\nBranch: {label}\n" in text


def test_splice(workshop):
    """What is no head is revised only when that is said."""
    workshop.extension("shop", "extension = None", scripts=script("a1") | script("b1", "a1"))
    error = refused(workshop, None, head="a1", empty=True)
    assert told(error) == (2, "a1 is no head of shop", "--splice revises it all the same")
    assert "= 'a1'" in workshop.generate(None, head="a1", empty=True, splice=True).text


@pytest.mark.parametrize("head", ["shop", "shop@head", "shop@heads", "shop@b1", "core@head", "b1"])
def test_head_does_as_name(workshop, head):
    """`--head NAME` names the extension, as in the ancestor."""
    workshop.extension(
        "shop", "extension = None", scripts=script("a1", labels="core") | script("b1", "a1")
    )
    workshop.extension("poser", "extension = None", scripts=script("p1"))
    result = workshop.generate(None, head=head, empty=True, dry_run=True)
    assert (result.extension, "= 'b1'" in result.text) == ("shop", True)
    error = refused(workshop, "poser", head=head, empty=True)
    assert error.message == f"{head} is not of poser"


def test_empty_for_which(shop):
    """An empty migration needs a name where there are several extensions."""
    assert shop.generate(None, empty=True, dry_run=True).extension == "shop"
    shop.extension("poser", "extension = None", scripts=script("b1"))
    assert refused(shop, None, empty=True).message == (
        "an empty migration for which extension? (shop, poser)"
    )


def test_models_that_fail_to_import(workshop):
    """Models that cannot be imported are told with what they miss."""
    workshop.extension("shop", "import nosuch\n")
    error = refused(workshop)
    assert isinstance(error, ExtensionError)
    assert error.message == (
        "extension shop (shop 1.0): cannot import nosuch (ModuleNotFoundError: No module named"
        " 'nosuch')"
    )


def test_models_of_others_that_fail_to_import(shop):
    """An extension that fails to import is told and does not stop another one."""
    shop.extension("poser", "import nosuch\n")
    assert shop.generate("shop", dry_run=True).notes == (
        "extension poser (poser 1.0): cannot import nosuch (ModuleNotFoundError: No module named"
        " 'nosuch')",
    )


def test_no_models(tmp_path, workshop):
    """Without models there is nothing to compare."""
    (workshop.site / "bare").mkdir()
    bare = {"versions": [str(workshop.site / "bare")]}
    settings = {"core": None, "extensions": {"bare": bare}}
    error = refused(workshop, "bare", settings=settings)
    assert told(error) == (
        4,
        "extension bare has no models",
        "--empty writes a migration without them",
    )
    result = workshop.generate("bare", settings=settings, empty=True, rev_id="a1")
    assert result.path == workshop.site / "bare" / "a1_change.py"


def test_a_table_of_two_owners(shop):
    """A table that two extensions have the same right to is told with both."""
    for name in ("poser", "gadget"):
        shop.extension(name, "from shop.db import metadata as extension\n")
    claims = {"poser": {"prefix": "prod"}, "gadget": {"prefix": "prod"}}
    assert told(refused(shop, settings={"extensions": claims})) == (
        4,
        "table product may belong to gadget or to poser",
        "say whose it is in its model: Table.info['extension'] = 'gadget'",
    )


def test_two_definitions_of_a_table(shop):
    """Two extensions that define one table differently are both named."""
    shop.extension(
        "poser",
        """
        from sqlalchemy import Column, MetaData, Table, Text

        extension = MetaData()
        Table("product", extension, Column("id", Text, primary_key=True))
        """,
    )
    assert refused(shop).message == "table product is defined in two ways, by shop and by poser"


def test_broken_script_of_its_own(workshop):
    """A script of the extension itself that is broken stops it."""
    workshop.extension("shop", "extension = None", scripts={"a1.py": "revision = 'a1'\ndef"})
    error = refused(workshop, empty=True)
    assert isinstance(error, InvalidError)
    assert error.message == f"{workshop.scripts('shop')[0]}:2: invalid syntax"


def test_broken_script_of_another(shop):
    """A broken script of an extension that is not needed leaves that one aside, and is told."""
    shop.extension("poser", "extension = None", scripts={"b1.py": "revision = 'b1'\ndef"})
    result = shop.generate("shop", dry_run=True)
    assert result.operations == ("create table product",)
    assert f"poser was left aside: {shop.scripts('poser')[0]}:2: invalid syntax" in result.notes


def test_needs_what_is_broken(shop):
    """An extension whose migrations stand on broken ones cannot be compared."""
    shop.generate("shop", rev_id="a1")
    text = SCRIPT.format(id="b1", down=None, labels=None, body="pass") + "depends_on = 'a1'\n"
    shop.extension(
        "poser",
        "from sqlalchemy import MetaData\nextension = MetaData()\n",
        scripts={"b1.py": text},
    )
    (shop.site / "shop" / "migrations" / "a2.py").write_text("revision = 'a2'\ndef")
    assert refused(shop, "poser").message == (
        "the migrations of poser cannot be replayed: it needs shop"
    )


def test_a_migration_that_fails(workshop):
    """A migration that fails on the scratch database is told as ever."""
    workshop.extension(
        "shop",
        "from sqlalchemy import MetaData\nextension = MetaData()\n",
        scripts=script("a1", body="1 / 0"),
    )
    error = refused(workshop)
    path = workshop.scripts("shop")[0]
    assert (error.exit_code, error.message) == (
        5,
        f"shop a1 a1 failed at {path}:8: ZeroDivisionError: division by zero; nothing was changed",
    )


def test_skipped_and_disabled(shop):
    """What was left aside is not generated for."""
    settings = {"extensions": {"shop": {"enabled": False}}}
    assert refused(shop, settings=settings).message == (
        "extension shop (shop 1.0) is disabled in the settings"
    )
    assert refused(shop, settings={"skip": ["shop"]}).message == (
        "extension shop (shop 1.0) is left aside by --skip"
    )


def test_not_editable(workshop, monkeypatch):
    """What pip installed is not written into, unless a folder is named."""
    site = workshop.site / "site-packages"
    workshop.make("wheel", {}, site=site)
    (site / "wheel" / "migrations").rmdir()
    monkeypatch.syspath_prepend(site)
    assert told(refused(workshop, "wheel", empty=True, settings={"core": None})) == (
        2,
        "extension wheel (wheel 1.0) is not installed editable: its script would go to"
        f" {site / 'wheel' / 'migrations'}",
        "install it with `pip install -e`, or say --version-path FOLDER",
    )
    shown = workshop.generate("wheel", empty=True, dry_run=True, settings={"core": None})
    assert "def upgrade()" in shown.text
    assert shown.notes == (
        "extension wheel (wheel 1.0) is not installed editable: its script would go to"
        f" {site / 'wheel' / 'migrations'}",
    )
    folder = workshop.site / "checkout" / "migrations"
    options = {"rev_id": "a1", "version_path": folder, "settings": {"core": None}}
    result = workshop.generate("wheel", empty=True, **options)
    assert result.path == folder / "a1_change.py"
    assert result.notes == (f"{folder} is no version location of wheel: dbman does not read it",)


def test_an_extension_in_a_zip_file(shop, tmp_path, monkeypatch):
    """Of what lies in a zip file nobody knows the heads, so that no folder helps."""
    archive = tmp_path / "boxed.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("boxed/__init__.py", "")
        file.writestr("boxed/db.py", "from sqlalchemy import MetaData\nextension = MetaData()\n")
        file.writestr("boxed-1.0.dist-info/METADATA", "Name: boxed\nVersion: 1.0\n")
        points = "[dbman.extensions]\nboxed = boxed.db:extension\n"
        file.writestr("boxed-1.0.dist-info/entry_points.txt", points)
    monkeypatch.syspath_prepend(archive)
    shop.packages.append("boxed")
    error = refused(shop, "boxed", empty=True)
    assert told(error) == (
        4,
        f"extension boxed (boxed 1.0): it lives in a zip file, {archive}, where scripts cannot be"
        " listed",
        "install it unpacked; or leave it aside with --skip boxed",
    )


@contextmanager
def as_nobody():
    """Take root's right to write everywhere away from this process for a while."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


def test_read_only_folder():
    """A folder that cannot be written to is told, and what was written before is gone."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "open").mkdir()
        (folder / "closed").mkdir()
        for place, mode in ((folder, 0o755), (folder / "open", 0o777), (folder / "closed", 0o555)):
            place.chmod(mode)
        scripts = [
            NewScript(folder / each / "a1.py", "pass\n", lambda: None)
            for each in ("open", "closed")
        ]
        with as_nobody(), pytest.raises(UsageError) as caught:
            write_scripts(scripts, Settings())
        assert told(caught.value) == (
            2,
            f"cannot write {folder / 'closed' / 'a1.py'}: Permission denied",
            "--version-path FOLDER names another folder",
        )
        assert list(folder.rglob("*.py")) == []


def test_a_dirty_work_tree_is_no_obstacle(shop):
    """Changes that are not committed stay as they are, and the script is one more."""
    git = ["git", "-C", str(shop.site)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "shop/db.py"], check=True)
    shop.models("shop", "String(40)", "String(50)")
    path = shop.generate("shop", rev_id="a1").path
    status = subprocess.run(
        [*git, "status", "--short", "shop"], check=True, capture_output=True, text=True
    )
    assert status.stdout.splitlines()[0] == "AM shop/db.py"
    assert "?? shop/migrations/" in status.stdout.splitlines()
    assert path.is_file()


def test_folder_that_is_a_file(shop):
    """A folder that cannot be made is told, and what was made on the way is gone."""
    place = shop.site / "file"
    place.write_text("")
    error = refused(shop, version_path=place / "below", rev_id="a1")
    assert told(error) == (
        2,
        f"cannot write {place / 'below' / 'a1_change.py'}: Not a directory",
        "--version-path FOLDER names another folder",
    )


def test_nothing_is_overwritten(shop):
    """A file of that name stays as it is."""
    path = shop.site / "shop" / "change.py"
    path.write_text("mine", encoding="utf-8")
    options = {"version_path": path.parent, "settings": {"file_template": "%(slug)s"}}
    error = refused(shop, **options)
    assert told(error) == (2, f"{path} is there already", "nothing is overwritten")
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("../%(rev)s", "gives ../a1.py, which is no script's name"),
        ("/%(rev)s", "gives /a1.py, which is no script's name"),
        ("env", "gives env.py, which is no script's name"),
        ("%(nosuch)s", "cannot be filled in: 'nosuch'"),
        ("%(rev)d", "cannot be filled in: %d format: a real number is required, not str"),
    ],
)
def test_wrong_file_template(shop, template, reason):
    """A template that names no file, or one elsewhere, is refused."""
    error = refused(shop, rev_id="a1", settings={"file_template": template})
    assert told(error) == (2, f"file_template = {template!r} {reason}", None)


def test_unknown_time_zone(shop):
    """A time zone that is not known is told."""
    error = refused(shop, settings={"timezone": "Mars/Olympus"})
    assert error.message == "timezone = 'Mars/Olympus' is not known here"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"type": "exec", "executable": "/no/such/program"}, "No such file or directory"),
        (
            {"type": "console_scripts", "entrypoint": "nosuch"},
            "no installed distribution has a command nosuch",
        ),
        ({"type": "module", "module": "no.such"}, "there is no module no.such"),
        ({"type": "exec"}, "executable is missing"),
        ({"type": "nosuch"}, "No formatter with name 'nosuch' registered"),
        ({}, "is required for post write hook 'format'"),
    ],
)
def test_hooks_that_cannot_be_run(shop, options, reason):
    """A hook that cannot be run is told, and the script is gone."""
    manager = shop.manager()
    hooks = (PostWriteHook("format", options),)
    object.__setattr__(manager.settings, "post_write_hooks", hooks)
    before = files(shop)
    with pytest.raises(UsageError, match="the post-write hook format cannot be run: ") as caught:
        manager.generate("shop", "change")
    assert reason in caught.value.message
    assert files(shop) == before


def test_no_models_at_all(workshop):
    """Without a name there must be somebody whose models can be compared."""
    workshop.extension("shop", "extension = None", scripts=script("a1"))
    manager = workshop.manager(group="nothing.registers.here", core=None)
    with pytest.raises(ExtensionError) as caught:
        manager.generate(None, "change")
    assert told(caught.value) == (
        4,
        "no extension has models that could be loaded",
        "`dbman extensions` shows where they are looked for",
    )
