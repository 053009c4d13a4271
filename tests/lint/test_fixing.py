"""--fix writes what nobody has to think about; what cannot be written is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.errors import UsageError
from dbman.lint import Linted, fix, lint
from dbman.manager import Manager
from lint.conftest import install, told

Lint = Callable[..., Linted]
MAKES = """
def upgrade():
    op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True){more})


def downgrade():
    op.drop_table("{table}")
"""
REFERS = ', sa.Column("one_id", sa.Integer, sa.ForeignKey("{}.id"))'
CORE = {
    "acme/a1.py": MAKES.format(table="product", more=""),
    "acme/a2.py": "down_revision = 'a1'\n" + MAKES.format(table="shop", more=""),
}


def poser(header: str, *targets: str) -> dict[str, str]:
    """Return the core, and a script with a header whose table refers to others."""
    more = "".join(REFERS.format(each).replace("one", each) for each in targets)
    return {**CORE, "poser/p1.py": f"{header}\n{MAKES.format(table='poser_one', more=more)}"}


def header(path: Path) -> str:
    """Return the line of `depends_on`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    (found,) = (line for line in lines if line.startswith("depends_on"))
    return found


@pytest.mark.parametrize(
    ("before", "targets", "after"),
    [
        ("depends_on = None", ["product"], "depends_on = 'a1'"),
        ('revision = "p1"\ndepends_on = None', ["product"], 'depends_on = "a1"'),
        (
            "depends_on: str | None = None  # none",
            ["product"],
            "depends_on: str | None = 'a1'  # none",
        ),
        ("depends_on = ()", ["shop"], "depends_on = 'a2'"),
        ("depends_on = 'g1'", ["product"], "depends_on = ('g1', 'a1')"),
        ("depends_on = ['g1']", ["product"], "depends_on = ('g1', 'a1')"),
        ("depends_on = None", ["product", "shop"], "depends_on = 'a2'"),
        ("depends_on = ('a1', 'a2', 'g1')", [], "depends_on = ('a2', 'g1')"),
        ("depends_on = ('a1', 'a2')", ["shop"], "depends_on = 'a2'"),
    ],
)
def test_dependencies_are_written(
    linted: Lint, site: Path, before: str, targets: list[str], after: str
) -> None:
    """Quotes, annotations and comments stay; then nothing is left to find."""
    scripts = {"gadget/g1.py": "", **poser(before, *targets)}
    result = linted(scripts, "DBM105", "DBM106")
    assert result.findings
    done = fix(result)
    assert (done.done, done.refused, done.left.findings) == (True, (), ())
    assert header(site / "poser" / "migrations" / "p1.py") == after
    scripts["poser/p1.py"] = (site / "poser" / "migrations" / "p1.py").read_text(encoding="utf-8")
    assert told(linted(scripts, "DBM105", "DBM106")) == []


def test_a_dry_run_writes_nothing(linted: Lint, site: Path) -> None:
    """It shows what would change."""
    result = linted(poser("depends_on = None", "product"), "DBM105")
    shown = fix(result, dry_run=True)
    assert (shown.done, shown.left) == (False, result)
    assert shown.scripts[0].diff.splitlines()[2:] == [
        "@@ -1,3 +1,3 @@",
        ' """p1 of a test"""',
        "-depends_on = None",
        "+depends_on = 'a1'",
        " ",
    ]
    assert header(site / "poser" / "migrations" / "p1.py") == "depends_on = None"


def test_encoding_and_line_ends_stay(linted: Lint, site: Path) -> None:
    """But for the one line nothing changes, not a byte."""
    path = site / "poser" / "migrations" / "p1.py"
    linted(poser("depends_on = None", "product"), "DBM105")
    text = "# coding: latin-1\n# Größe\n" + path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("\n", "\r\n").encode("latin-1"))
    fix(lint(Manager().scene, select=["DBM105"]))
    changed = text.replace("depends_on = None", "depends_on = 'a1'")
    assert path.read_bytes() == changed.replace("\n", "\r\n").encode("latin-1")


def test_a_computed_header_is_left_as_it_is(linted: Lint, site: Path) -> None:
    """It is told, and the others are written."""
    scripts = {
        **poser("depends_on = tuple(())", "product"),
        "gadget/g1.py": poser("", "shop")["poser/p1.py"].replace("poser_one", "gadget_one"),
    }
    result = linted(scripts, "DBM105")
    done = fix(result)
    assert [script.path.name for script in done.scripts] == ["g1.py"]
    assert [each.path.name for each in done.left.findings if each.path] == ["p1.py"]
    (refused,) = done.refused
    assert "depends_on is computed: edit this script by hand" in refused


def test_installed_scripts_are_left_as_they_are(
    linted: Lint, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pip has put there is mended where it comes from."""
    monkeypatch.setattr("dbman.lint.fixing.is_installed", lambda path: True)
    done = fix(linted(poser("depends_on = None", "product"), "DBM105"))
    assert (done.scripts, done.done) == ((), False)
    assert "p1.py is installed: mend it where it comes from" in done.refused[0]


def test_all_or_none(linted: Lint, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one file cannot be written, the others are as they were."""
    other = poser("", "shop")["poser/p1.py"].replace("poser_one", "gadget_one")
    result = linted({**poser("depends_on = None", "product"), "gadget/g1.py": other}, "DBM105")
    before = {path: path.read_bytes() for path in site.rglob("*.py")}
    from dbman import files

    real = files.replace_file

    def failing(path: Path, content: bytes) -> None:
        if path.name == "p1.py":
            raise PermissionError(13, "Permission denied", str(path))
        real(path, content)

    monkeypatch.setattr(files, "replace_file", failing)
    with pytest.raises(UsageError, match=r"cannot write .*p1\.py"):
        fix(result)
    assert {path: path.read_bytes() for path in site.rglob("*.py")} == before


def test_a_database_that_has_both_rows_goes_on(linted: Lint, site: Path) -> None:
    """The row of what is depended on now is one too many, and goes with the next upgrade."""
    scripts = {"acme/a1.py": CORE["acme/a1.py"], "poser/p1.py": poser("", "product")["poser/p1.py"]}
    result = linted(scripts, "DBM105")
    database = {"db": site / "x.db"}
    Manager(**database).initdb()
    fix(result)
    manager = Manager(**database)
    assert manager.checkdb().at_head
    assert [key.id for key in manager.rows()] == ["a1", "p1"]
    install(site, {"poser/p2.py": "down_revision = 'p1'\nbranch_labels = None"})
    manager = Manager(**database)
    assert [step.revision.id for step in manager.upgrade().plan.steps] == ["p2"]
    assert [key.id for key in manager.rows()] == ["p2"]
