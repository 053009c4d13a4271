"""Any company: forgotten dependencies, tables that depend on who else is there, removals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dbman import Manager
from dbman.verify import Bench, Options, Skipped, again, company, plain, removal, stamps
from dbman.verify.results import Finding, Outcome
from scripts_text import makes, models, refers, script

PRODUCT = refers("product_id", "product.id")
CHECKS = {each.CHECK: each.units for each in (company, removal, again, stamps, plain)}
Scripts = dict[str, str]


@dataclass
class Shop:
    """A core with two tables and extensions that depend on it as they say; `with_` adds scripts."""

    make: Callable[..., Path]
    """The fixture `make_extension`."""
    folder: Path
    """The folder of the site."""
    scripts: dict[str, Scripts] = field(default_factory=dict)
    """The scripts of each extension by name."""

    def __post_init__(self) -> None:
        """Write the sound ones."""
        self.scripts = {
            "core": {
                "a1": script("a1", *makes("product", NAME), label="core"),
                "a2": script("a2", *makes("customer"), down="a1"),
                "a3": script("a3", ADD_PRICE, DROP_PRICE, down="a2"),
            },
            "poser": {
                "b1": script("b1", *makes("poser_a", PRODUCT), depends="a1", label="poser"),
                "b2": script("b2", *makes("poser_b"), down="b1", depends="a3"),
            },
            "gadget": {
                "c1": script("c1", *makes("gadget_a", PRODUCT), depends="a1", label="gadget")
            },
            "notes": {"d1": script("d1", *makes("notes_a"), label="notes")},
        }

    def manager(self, **settings: Any) -> Manager:
        """Install them."""
        for name, scripts in self.scripts.items():
            prefix = "" if name == "core" else f"{name}_"
            files = {f"{id_}.py": text for id_, text in scripts.items()}
            self.make(name, files, db=models(prefix))
        return Manager(**{"core": "core", **settings})

    def found(self, *checks: str, options: Options | None = None, **settings: Any) -> list[Outcome]:
        """Return what checks find."""
        manager = self.manager(**settings)
        with Bench(manager.scene, manager.settings, options) as bench:
            units = [unit for check in checks for unit in CHECKS[check](bench)]
            assert len({unit.id for unit in units}) == len(units)
            return [each for unit in units for each in bench.run(unit)]

    def told(self, *checks: str, **settings: Any) -> list[tuple[str | None, str | None, str]]:
        """Return extension, revision and message of what checks find; nothing may be skipped."""
        found = self.found(*checks, **settings)
        assert not [each for each in found if isinstance(each, Skipped)]
        return [(e.extension, e.revision, e.message) for e in found if isinstance(e, Finding)]


NAME = 'sa.Column("name", sa.String(20))'
ADD_PRICE = 'op.add_column("product", sa.Column("price", sa.Integer))'
DROP_PRICE = 'op.drop_column("product", "price")'


@pytest.fixture
def shop(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    """Return a sound shop."""
    (tmp_path / "site").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.chdir(tmp_path)
    return Shop(make_extension, tmp_path)


def test_a_sound_shop(shop: Shop) -> None:
    """Nothing is found, and nothing passed over."""
    assert shop.told(*CHECKS) == []


@pytest.mark.any_version
def test_the_units_of_a_shop(shop: Shop) -> None:
    """Core alone, with each, each pair, all; removals need somebody who stays."""
    manager = shop.manager()
    with Bench(manager.scene, manager.settings) as bench:
        ids = [unit.id for units in CHECKS.values() for unit in units(bench)]
    assert ids == [
        "core company",
        "gadget company",
        "notes company",
        "poser company",
        "all company gadget+notes",
        "all company gadget+poser",
        "all company notes+poser",
        "all company gadget+notes+poser",
        "gadget removal",
        "notes removal",
        "poser removal",
        "all removal gadget+notes",
        "all removal gadget+poser",
        "all removal notes+poser",
        "all removal gadget+notes+poser",
        "all again",
        "core stamp",
        "gadget stamp",
        "notes stamp",
        "poser stamp",
        "all plain",
    ]


def needs(name: str, revision: str, other: str, maker: str, use: str) -> tuple[str, str, str]:
    """Return what is told of a dependency that nobody declared."""
    return (
        name,
        revision,
        f"needs {other} {maker} ({use}), and no depends_on says so: it cannot be"
        f" installed without {other}, or before it",
    )


UNDECLARED = {
    "foreign key to the core": (
        script("c1", *makes("gadget_a", PRODUCT), label="gadget"),
        needs("gadget", "c1", "core", "a1", "foreign key of gadget_a to product"),
    ),
    "foreign key to an extension": (
        script(
            "c1", *makes("gadget_a", refers("b_id", "poser_b.id")), depends="a1", label="gadget"
        ),
        needs("gadget", "c1", "poser", "b2", "foreign key of gadget_a to poser_b"),
    ),
    "view": (
        script(
            "c1",
            "op.execute('CREATE VIEW gadget_v AS SELECT id FROM notes_a')",
            "op.execute('DROP VIEW gadget_v')",
            label="gadget",
        ),
        needs("gadget", "c1", "notes", "d1", "view gadget_v: no such table: main.notes_a"),
    ),
    "rows": (
        script("c1", "op.execute('INSERT INTO notes_a (id) VALUES (7)')", label="gadget"),
        needs("gadget", "c1", "notes", "d1", "it names notes_a"),
    ),
}


@pytest.mark.parametrize("fault", UNDECLARED)
def test_a_dependency_that_is_not_declared(shop: Shop, fault: str) -> None:
    """The pair is named, once; dbman's own order hides it everywhere else."""
    shop.scripts["gadget"]["c1"], wanted = UNDECLARED[fault]
    for name in {"poser", "notes"} - {wanted[-1].split()[1]}:
        del shop.scripts[name]
    assert shop.told("company", "removal") == [wanted]


def fails(shop: Shop, *checks: str) -> tuple[str | None, str | None, str]:
    """Return the one finding in the core and gadget, and notes if it names that; without paths."""
    del shop.scripts["poser"]
    if "notes" not in str(shop.scripts["gadget"]):
        del shop.scripts["notes"]
    ((name, revision, message),) = shop.told(*checks or ("company", "removal"))
    return name, revision, message.replace(str(shop.folder), "")


@pytest.mark.any_version
def test_a_dependency_on_a_revision_that_is_too_old(shop: Shop) -> None:
    """It works as long as the core happens to come first, whole."""
    update = "op.execute('UPDATE product SET price = 1')"
    shop.scripts["gadget"]["c1"] = script("c1", update, depends="a1", label="gadget")
    assert fails(shop) == (
        "gadget",
        "c1",
        "fails where gadget, then core are installed in this order: gadget c1 c1 of a test failed"
        " at /site/gadget/migrations/c1.py:18: no such column: price; nothing was changed",
    )


@pytest.mark.any_version
def test_a_dependency_that_a_later_revision_declares(shop: Shop) -> None:
    """The first one may be all that is asked for."""
    del shop.scripts["notes"], shop.scripts["poser"]
    gadget = script("c1", *makes("gadget_a", PRODUCT), label="gadget")
    shop.scripts["gadget"] = {"c1": gadget, "c2": script("c2", down="c1", depends="a3")}
    assert shop.told("company", "removal") == [
        needs("gadget", "c1", "core", "a1", "foreign key of gadget_a to product")
    ]


@pytest.mark.any_version
def test_a_table_that_is_renamed_later(shop: Shop) -> None:
    """Whoever installs the extension afterwards cannot."""
    shop.scripts["core"]["a4"] = script(
        "a4", 'op.rename_table("customer", "client")', 'op.rename_table("client", "customer")',
        down="a3",
    )  # fmt: skip
    shop.scripts["gadget"]["c1"] = script(
        "c1", "op.execute('UPDATE customer SET id = 1')", depends="a2", label="gadget"
    )
    assert fails(shop) == (
        "gadget",
        "c1",
        "fails where core, then gadget are installed in this order: customer, which it names, is"
        " dropped or renamed by core a4",
    )


@pytest.mark.any_version
def test_another_extensions_table_is_changed(shop: Shop) -> None:
    """That is told of the one whose table it is, and so is a downgrade that leaves it."""
    add = 'op.add_column("product", sa.Column("gadget_x", sa.Integer))'
    shop.scripts["gadget"]["c2"] = script("c2", add, down="c1")
    assert fails(shop) == (
        "core",
        None,
        "its tables are not the same after core, then gadget as after core:"
        " product: column gadget_x is new: INTEGER",
    )


@pytest.mark.any_version
def test_a_script_that_looks_who_is_there(shop: Shop) -> None:
    """Its tables depend on the company, and on the order."""
    look = """op.create_table("gadget_x", sa.Column("id", sa.Integer))
if sa.inspect(op.get_bind()).has_table("notes_a"):
    op.add_column("gadget_x", sa.Column("note_id", sa.Integer))"""
    drop = 'op.drop_table("gadget_x")'
    shop.scripts["gadget"]["c2"] = script("c2", look, drop, down="c1")
    assert fails(shop) == (
        "gadget",
        None,
        "its tables are not the same after core, then notes, then gadget as after core, then"
        " gadget: gadget_x: column note_id is new: INTEGER",
    )


@pytest.mark.any_version
def test_a_foreign_key_to_a_table_that_nobody_makes(shop: Shop) -> None:
    """SQLite takes it."""
    shop.scripts["gadget"]["c1"] = script(
        "c1", *makes("gadget_a", refers("x_id", "nosuch.id")), label="gadget"
    )
    assert fails(shop) == (
        "gadget", None, "gadget_a has a foreign key to nosuch, which nobody makes",
    )  # fmt: skip


REMOVALS = {
    "drops an index": (
        'op.create_index("ix_name", "product", ["name"])',
        "pass",
        'op.drop_index("ix_name", "product")',
        "taking it away changes a table of core: product: index ix_name is gone: (name)",
    ),
    "deletes rows": (
        "op.execute('INSERT INTO product (id) VALUES (1), (2)')",
        "pass",
        "op.execute('DELETE FROM product WHERE id = 1')",
        "taking it away changes rows of core: product had 7, has 6",
    ),
    "changes rows": (
        "op.execute('INSERT INTO product (id) VALUES (1)')",
        "pass",
        "op.execute(\"UPDATE product SET name = 'none'\")",
        "taking it away changes rows of core: product had 6, has 6",
    ),
    "fails": (
        "pass",
        "pass",
        "op.drop_table('nosuch')",
        "cannot be taken away from core, gadget: undo gadget c1 c1 of a test failed at",
    ),
}


@pytest.mark.parametrize("fault", REMOVALS)
def test_a_removal_that_takes_too_much(shop: Shop, fault: str) -> None:
    """What the others have is as it was before."""
    core, up, down, wanted = REMOVALS[fault]
    shop.scripts["core"]["a4"] = script("a4", core, down="a3")
    shop.scripts["gadget"]["c1"] = script("c1", up, down, depends="a4", label="gadget")
    name, revision, message = fails(shop, "removal")
    assert (name, revision) == ("gadget", None)
    assert message.startswith(wanted)


@pytest.mark.any_version
@pytest.mark.parametrize("fault", ["", '\nop.drop_constraint("nosuch", "gadget_a")'])
def test_a_removal_of_what_only_the_newest_schema_allows(
    shop: Shop, postgresql_url: str, fault: str
) -> None:
    """Long texts and NULL are no fault of the downgrade; a plain row shows what else is."""
    change = 'op.alter_column("gadget_a", "name", type_=sa.String({}), nullable={})'
    strict, loose = change.format(20, False), change.format(90, True)
    shop.scripts = {
        "core": {"a1": shop.scripts["core"]["a1"]},
        "gadget": {
            "c1": script("c1", *makes("gadget_a", NAME), label="gadget"),
            "c2": script("c2", strict, change.format(20, True), down="c1"),
            "c3": script("c3", loose, strict + fault, down="c2"),
        },
    }
    found = shop.told("removal", scratch_url=postgresql_url)
    assert ['"nosuch" of relation' in message for _, _, message in found] == [True] * bool(fault)


@pytest.mark.any_version
def test_rows_that_an_extension_brings(shop: Shop) -> None:
    """It may put rows into another one's table, and take them along."""
    del shop.scripts["poser"], shop.scripts["notes"]
    shop.scripts["gadget"]["c1"] = script(
        "c1",
        "op.execute(\"INSERT INTO product (name) VALUES ('by gadget')\")",
        "op.execute(\"DELETE FROM product WHERE name = 'by gadget'\")",
        depends="a1",
        label="gadget",
    )
    assert shop.told("company", "removal") == []


@pytest.mark.any_version
def test_a_script_that_writes_the_version_table(shop: Shop) -> None:
    """The row stays when the rows are written."""
    del shop.scripts["poser"], shop.scripts["notes"]
    row = "op.execute(\"INSERT INTO alembic_version (version_num) VALUES ('zz')\")"
    shop.scripts["gadget"]["c2"] = script("c2", row, down="c1")
    assert shop.told("again", "stamp", "plain") == [
        (None, None, "after an upgrade the version table has wrong rows: zz"),
        ("gadget", None, "`stamp gadget@heads` writes c2, and an upgrade leaves c2, zz"),
        (
            None,
            None,
            "a second plain `alembic upgrade heads` fails: Can't locate revision identified by 'zz'",
        ),
    ]


@pytest.mark.any_version
def test_what_scripts_imply_may_count(shop: Shop) -> None:
    """With the setting nobody has to declare it."""
    shop.scripts["gadget"]["c1"] = UNDECLARED["foreign key to an extension"][0]
    assert shop.told(*CHECKS, require_depends_on=False) == []


@pytest.mark.parametrize("server", ["postgresql_url", "mariadb_url"])
def test_on_a_server(shop: Shop, server: str, request: pytest.FixtureRequest) -> None:
    """The server itself refuses what is not there yet; where DDL cannot be undone, too."""
    url = request.getfixturevalue(server)
    del shop.scripts["notes"], shop.scripts["poser"]
    shop.scripts["gadget"]["c1"] = UNDECLARED["foreign key to the core"][0]
    checks = ("company", "removal", "again", "plain")
    assert shop.told(*checks, scratch_url=url) == [
        needs("gadget", "c1", "core", "a1", "it names product")
    ]


def test_a_table_of_another_that_is_changed_on_mariadb(shop: Shop, mariadb_url: str) -> None:
    """The tables depend on who else is there, and a removal takes what is not its own."""
    del shop.scripts["notes"], shop.scripts["poser"]
    shop.scripts["gadget"]["c2"] = script(
        "c2",
        'op.add_column("customer", sa.Column("device", sa.Integer))',
        'op.drop_column("customer", "device")\nop.drop_table("customer")',
        down="c1",
        depends="a2",
    )
    found = shop.told("company", "removal", scratch_url=mariadb_url)
    assert [(name, message.partition(" of ")[0]) for name, _, message in found] == [
        (
            "core",
            "its tables are not the same after core, then gadget as after core: customer: column"
            " device is new: int(11)",
        ),
        ("gadget", "taking it away changes a table"),
    ]


@pytest.mark.any_version
def test_what_is_wrong_with_others_is_not_told(shop: Shop) -> None:
    """Where one extension is asked about; but they are put in the right order."""
    shop.scripts["gadget"]["c1"] = UNDECLARED["foreign key to an extension"][0].replace(
        "drop_table", 'drop_table("nosuch"); op.drop_table'
    )
    found = shop.found(*CHECKS, options=Options(("notes",)))
    assert found == []


@pytest.mark.any_version
def test_version_tables_of_their_own(shop: Shop) -> None:
    """Ids may be the same; `requires` says who comes first, and plain Alembic runs once for each."""
    gadget = script("a1", *makes("gadget_a", PRODUCT), label="gadget")
    shop.scripts = {"core": shop.scripts["core"], "gadget": {"a1": gadget}}
    shop.manager()
    own = {"core": "core", "version_table": "{name}_version"}
    assert checked(Manager(**own)) == [
        "needs core a1 (foreign key of gadget_a to product), and no requires says so: it cannot be"
        " installed without core, or before it"
    ]
    settings = {**own, "extensions": {"gadget": {"requires": ["core"]}}}
    assert checked(Manager(**settings)) == []


@pytest.mark.any_version
def test_a_bootstrap(shop: Shop, tmp_path: Path) -> None:
    """Plain Alembic begins with it, too."""
    (tmp_path / "before.sql").write_text("CREATE TABLE old (id INTEGER);", "utf-8")
    shop.scripts = {"notes": shop.scripts["notes"]}
    shop.scripts["notes"]["d2"] = script(
        "d2", 'op.add_column("old", sa.Column("x", sa.Integer))', 'op.drop_column("old", "x")',
        down="d1",
    )  # fmt: skip
    shop.manager()
    assert checked(Manager(bootstrap="before.sql")) == []


def checked(manager: Manager) -> list[str]:
    """Return the messages of all checks of companies."""
    with Bench(manager.scene, manager.settings) as bench:
        units = [unit for units in CHECKS.values() for unit in units(bench)]
        found = [each for unit in units for each in bench.run(unit)]
    return [each.message for each in found if isinstance(each, Finding)]


@pytest.mark.any_version
def test_two_scripts_of_one_id(shop: Shop) -> None:
    """Lint names the script; who is part of it is left aside, with what stands on it."""
    shop.scripts["gadget"]["c2"] = script("d1", *makes("gadget_b"), down="c1")
    shop.scripts["poser"]["b3"] = script("b3", down="b2", depends="c1")
    shop.scripts["fair"] = {"e1": script("e1", *makes("fair_a"), label="fair")}
    found = shop.manager().verify()
    said = [(each.extension, each.check, each.message.partition(" ")[0]) for each in found.findings]
    assert said[:1] == [("notes", "lint", "DBM110")]
    assert [name for name, check, _ in said if check == "check"] == [
        "core", "core", "fair", "gadget", "notes", "poser",
    ]  # fmt: skip
    assert len(said) == 7
    twice = f"revision 'd1' is in {shop.folder}/site/gadget/migrations/c2.py"
    assert [note.partition(" (")[0] for note in found.notes] == [
        f"gadget was left aside: {twice}",
        "poser was left aside: it needs gadget",
        f"notes was left aside: {twice}",
    ]
    assert {each.extension for each in found.skipped} == {"gadget", "poser", None}
    assert found.done["company"] == 2
