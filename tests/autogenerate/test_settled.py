"""What was compared once and is as it was is not compared again, and all is told as before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autogenerate.conftest import Workshop
from conftest import on_each_version
from dbman.cache import SettledMarks
from dbman.errors import DbmanError
from dbman.store import kept_store
from scripts_text import script

SHOP = """
    from sqlalchemy import (
        CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table
    )

    extension = metadata = MetaData()
    product = Table(
        "product", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)),
        Column("code", String(8), server_default="new", nullable=False),
        Index("ix_code", "code"), CheckConstraint("id > 0", name="ck_id"),
    )
    owner = Table("owner", metadata, Column("id", Integer, primary_key=True))
"""
POSER = """
    from sqlalchemy import Column, ForeignKey, Integer, Table, event, DDL, func, Index
    from shop.db import metadata, product

    extension = metadata
    Table("poser_pin", metadata, Column("id", Integer, primary_key=True),
          Column("product_id", ForeignKey("product.id")), Column("size", Integer, unique=True))
    Table("poser_box", metadata, Column("id", Integer, primary_key=True))
"""
CHANGES = {
    "nothing": (),
    "a column": (("shop", 'String(40))', 'String(40)), Column("price", Integer)'),),
    "a column less": (("poser", ', Column("size", Integer, unique=True)', ""),),
    "a type": (("shop", "String(40)", "Integer"),),
    "not null": (("poser", '"size", Integer', '"size", Integer, nullable=False'),),
    "a default": (("shop", 'server_default="new"', 'server_default="old"'),),
    "no default": (("shop", 'server_default="new", ', ""),),
    "an index": (("shop", "CheckConstraint(", 'Index("ix_name", "name"), CheckConstraint('),),
    "an index less": (("shop", 'Index("ix_code", "code"), ', ""),),
    "a check": (("shop", "id > 0", "id > 1"),),
    "a unique": (("poser", "unique=True", "index=True"),),
    "a foreign key": (("poser", 'Table("poser_box"', 'metadata.tables["poser_pin"].append_column(Column("o", ForeignKey("owner.id")))\nTable("poser_box"'),),
    "a target": (("poser", '"product.id"', '"owner.id"'),),
    "a table": (("poser", 'Table("poser_box"', 'Table("poser_new", metadata, Column("id", ForeignKey("poser_box.id"), primary_key=True))\nTable("poser_box"'),),
    "a table less": (("poser", 'Table("poser_box"', 'Table("poser_box", metadata.__class__()'),),
    "a table of another name": (("poser", "poser_box", "poser_case"),),
    "both": (
        ("shop", 'String(40))', 'String(40)), Column("price", Integer)'),
        ("poser", '"size", Integer', '"width", Integer'),
    ),
    "a column put into a table of another": (
        ("poser", "metadata, product\n", "metadata, product\nproduct.append_column(Column('pin', Integer))\n"),
    ),
    "a table given away": (("shop", '"owner", metadata,', '"owner", metadata, info={"extension": "poser"}, '),),
    "a table given to nobody": (("shop", '"owner", metadata,', '"owner", metadata, info={"extension": "none"}, '),),
    "what listens": (("shop", "owner =", "from sqlalchemy import DDL, event\nevent.listen(product, 'after_create', DDL('CREATE TABLE far (id INTEGER)'))\nowner ="),),
    "a schema": (("poser", 'Table("poser_box", metadata,', 'Table("poser_box", metadata, schema="x", *[],'),),
    "a dangling key": (("poser", '"product.id"', '"nothing.id"'),),
    "a table defined twice": (("poser", "from shop.db import metadata, product", "from shop.db import product; from sqlalchemy import MetaData; metadata = MetaData(); Table('product', metadata, Column('x', Integer, primary_key=True))"),),
    "models that break": (("poser", "from shop.db", "from nowhere import x\nfrom shop.db"),),
}  # fmt: skip
SCRIPTS = {
    "a table": 'op.create_table("poser_old", sa.Column("id", sa.Integer))',
    "a stranger": 'op.create_table("far", sa.Column("id", sa.Integer))',
    "a column": 'op.add_column("poser_box", sa.Column("more", sa.Integer))',
    "a column of another": 'op.add_column("product", sa.Column("more", sa.Integer))',
    "an index": 'op.create_index("ix_more", "poser_pin", ["product_id"])',
    "a view": 'op.execute("CREATE VIEW poser_view AS SELECT id FROM product")',
    "a trigger": 'op.execute("CREATE TRIGGER poser_on AFTER INSERT ON poser_pin BEGIN SELECT 1; END")',
    "a trigger of another case": 'op.execute("CREATE TRIGGER poser_on AFTER INSERT ON POSER_pin BEGIN SELECT 1; END")',
    "a drop": 'op.drop_table("poser_box")',
}  # fmt: skip


@pytest.fixture
def settled(workshop: Workshop) -> Workshop:
    """Return a workshop of two extensions in which all was found alike."""
    workshop.extension("shop", SHOP)
    workshop.extension("poser", POSER)
    workshop.manager().generate_all("tables")
    assert workshop.manager().check().matches
    return workshop


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the tables of each of Alembic's comparisons."""
    from dbman.autogenerate import comparing

    found: list[str] = []
    really = comparing._operations

    def operations(context: Any, metadata: Any) -> Any:
        found.append(" ".join(sorted(metadata.tables)))
        return really(context, metadata)

    monkeypatch.setattr(comparing, "_operations", operations)
    return found


def told(workshop: Workshop, **settings: Any) -> Iterator[object]:
    """Yield what each question about the models is answered with."""
    for name in (None, "shop", "poser"):
        yield _answer(lambda name=name: workshop.manager(**settings).check(*filter(None, [name])))
        yield _answer(
            lambda name=name: workshop.generate(
                name, dry_run=True, rev_id="abcdef", settings=settings
            )
        )
    yield _answer(lambda: workshop.manager(**settings).generate_all("all", dry_run=True).notes)


def _answer(ask: Callable[[], object]) -> str:
    try:
        return repr(ask())
    except DbmanError as err:
        return repr(err)


def dated(answers: Iterator[object], undated: Callable[[str], str]) -> list[str]:
    """Return answers without the dates in scripts."""
    return [undated(str(each).replace("\\n", "\n")) for each in answers]


@pytest.mark.parametrize(
    "change", on_each_version(CHANGES, "a type", "an index", "a check", "a foreign key", "both")
)
def test_models_that_change(settled: Workshop, change: str, undated: Callable[[str], str]) -> None:
    """The answers are those without marks, also where they are asked for a second time."""
    for name, old, new in CHANGES[change]:
        settled.models(name, old, new)
    whole = dated(told(settled, snapshot=False), undated)
    assert dated(told(settled), undated) == whole
    assert dated(told(settled), undated) == whole


@pytest.mark.parametrize("does", on_each_version(SCRIPTS, "a column of another", "a view"))
def test_scripts_that_change(settled: Workshop, does: str, undated: Callable[[str], str]) -> None:
    """So they are where a script does more than the models say."""
    (first,) = settled.scripts("poser")
    (head,) = [each.id for each in settled.manager().graph.heads("poser")]
    (first.parent / "more.py").write_text(
        script("more", SCRIPTS[does], down=head), encoding="utf-8"
    )
    whole = dated(told(settled, snapshot=False), undated)
    assert dated(told(settled), undated) == whole
    assert dated(told(settled), undated) == whole


def test_what_is_as_it_was(settled: Workshop, comparisons: list[str]) -> None:
    """Nothing is compared, by a check or by generate."""
    assert settled.manager().check().matches
    assert settled.manager().check("poser").matches
    assert settled.generate("poser").path is None
    assert settled.manager().generate_all("all").scripts == ()
    assert comparisons == []


def test_only_what_changed(settled: Workshop, comparisons: list[str]) -> None:
    """With what it refers to; and what is not the extension's own is not even looked for."""
    settled.models("poser", '"size", Integer', '"width", Integer')
    assert not settled.manager().check().matches
    assert not settled.manager().check("poser").matches
    assert settled.manager().check("shop").matches
    assert comparisons == ["poser_pin product"] * 2


def test_what_cannot_be_compared(settled: Workshop, comparisons: list[str]) -> None:
    """An index of an expression is told of every time, and keeps no other table from settling."""
    index = "metadata, product\nIndex('ix_up', func.upper(product.c.name))\n"
    settled.models("poser", "metadata, product\n", index)
    settled.models("poser", '"size", Integer, unique=True', '"size", Integer')
    settled.generate("poser")
    del comparisons[:]
    for _ in range(2):
        (note,) = settled.manager().check().notes
        assert "ix_up" in note
    assert comparisons == ["poser_pin product", "product"]


def test_what_others_changed_is_named(settled: Workshop) -> None:
    """Those who change two extensions and generate one hear of the other, every time."""
    settled.models("poser", '"size", Integer', '"width", Integer')
    skipped = ("poser: drop constraint unique", "poser: drop column poser_pin.size")
    for _ in range(2):
        found = settled.generate("shop").skipped
        assert any(each.startswith("poser: ") for each in found), skipped


def test_a_name_settles_its_own(workshop: Workshop, comparisons: list[str]) -> None:
    """Those of others are compared when they are asked for; and all are kept."""
    workshop.extension("shop", SHOP)
    workshop.extension("poser", POSER)
    workshop.manager().generate_all("tables")
    del comparisons[:]
    for name in ("shop", "poser", "shop", "poser"):
        assert workshop.manager().check(name).matches
    assert comparisons == ["owner product", "poser_box poser_pin product"]


UNSURE = {
    "a server is meant": {"url": "postgresql://h/d"},
    "no snapshots": {"snapshot": False},
    "a function compares": {"environment": {"include_object": "settled_hooks:include"}},
}


@pytest.mark.parametrize("settings", UNSURE.values(), ids=UNSURE)
def test_where_it_is_not_sure(
    workshop: Workshop, settings: dict[str, Any], comparisons: list[str]
) -> None:
    """All is compared, every time."""
    workshop.extension("shop", SHOP)
    (workshop.site / "settled_hooks.py").write_text("def include(*args):\n    return True\n")
    workshop.manager().generate_all("tables")
    del comparisons[:]
    for _ in range(2):
        workshop.manager(**settings).check()
    assert len(comparisons) == 2


def test_others_that_compare(
    settled: Workshop, comparisons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put to Alembic's comparisons may find anything."""
    from alembic.autogenerate import comparators

    settled.manager().check()
    assert comparisons == []
    copy = {place: [*functions] for place, functions in comparators._registry.items()}
    monkeypatch.setattr(comparators, "_registry", defaultdict(list, copy))
    comparators.dispatch_for("schema")(lambda *args: None)
    settled.manager().check()
    assert len(comparisons) == 1


def test_marks_that_are_damaged(settled: Workshop, comparisons: list[str]) -> None:
    """They are made again in silence."""
    for entry in kept_store().entries():
        if entry.path.name.startswith("settled-"):
            entry.path.write_bytes(entry.path.read_bytes()[:-40])
    assert settled.manager().check().matches
    assert len(comparisons) == 1
    assert settled.manager().check().matches
    assert len(comparisons) == 1


def test_marks_of_another_application(settled: Workshop) -> None:
    """Each has its own, and so has each set of switches."""
    manager = settled.manager()
    here = SettledMarks(manager.settings, manager.extensions, kept_store())
    assert len(here.read()) == 4
    others = SettledMarks(manager.settings, manager.extensions[:1], kept_store())
    switched = settled.manager(environment={"compare_type": False})
    assert others.read() == frozenset()
    assert SettledMarks(switched.settings, switched.extensions, kept_store()).read() == frozenset()


def test_alembic_is_not_imported(demo: Any) -> None:
    """Where nothing is compared: importing it takes longer than all else."""
    program = (
        "import sys; from dbman.cli import main; main(sys.argv[1:]);"
        "sys.exit(','.join(each for each in sys.modules if each.startswith('alembic')) or 0)"
    )
    demo = demo.only("acme", "poser")
    for line in (["check", "poser"], ["generate", "poser", "-m", "x"]):
        demo.run(*line)
        done = demo.python("-c", program, *line, cold=True)
        assert done.returncode == 0, done.stderr
