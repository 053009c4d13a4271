"""Do the migrations build the models: what `check` finds, owner by owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dbman.autogenerate.comparing import compared
from dbman.autogenerate.sides import both_sides
from dbman.drift import Check, Drift
from dbman.errors import ExtensionError, UsageError

if TYPE_CHECKING:
    from autogenerate.conftest import Workshop

NAME = 'Column("name", String(40))'
POSER = """
    from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table
    from shop.db import metadata

    extension = metadata
    widget = Table("poser_widget", metadata, Column("id", Integer, primary_key=True))
"""


@pytest.fixture
def pair(shop: Workshop) -> Workshop:
    """Return a workshop whose core and extension `poser` have a migration each."""
    shop.extension("poser", POSER)
    shop.manager().generate_all("tables")
    return shop


def test_what_matches(pair: Workshop) -> None:
    """Nothing is listed, no file is written, and the user's database is not made."""
    found = pair.manager().check()
    assert found == Check(("shop", "poser"))
    assert found.matches
    assert not (pair.site.parent / "app.sqlite").exists()


def test_what_generate_would_write(pair: Workshop) -> None:
    """The operations by the owner of the table; a name asks for that extension alone."""
    scripts = pair.scripts("shop")
    pair.models("shop", NAME, f'{NAME}, Column("price", Integer)')
    pair.models("poser", "primary_key=True)", 'primary_key=True), Column("size", Integer)')
    core = Drift("shop", ("add column product.price",))
    poser = Drift("poser", ("add column poser_widget.size",))
    assert pair.manager().check() == Check(("shop", "poser"), (core, poser))
    assert pair.manager().check("poser") == Check(("poser",), (poser,))
    assert not pair.manager().check("shop").matches
    assert pair.scripts("shop") == scripts


REFERS = 'primary_key=True), Column("p", ForeignKey("product.id"))'
TABLES = [
    (("shop",), "", {"product"}),
    (("poser",), "", {"poser_widget", "product"}),
    (("shop",), "from sqlalchemy import DDL, event\nevent.listen(metadata, 'after_create', DDL('SELECT 1'))", None),
    (("shop",), "Table('far', metadata, Column('id', Integer), schema='stock')", None),
    ((), "", None),
]  # fmt: skip


@pytest.mark.parametrize(("names", "more", "tables"), TABLES)
def test_what_a_name_takes(
    pair: Workshop, names: tuple[str, ...], more: str, tables: set[str] | None
) -> None:
    """Only its tables and what they refer to are built, unless others may be needed, too."""
    pair.models("poser", "primary_key=True)", REFERS)
    path = pair.site / "poser" / "db.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{more}\n", encoding="utf-8")
    scene = pair.manager().scene
    with (
        both_sides(scene, scene.settings, names) as sides,
        compared(sides, names=names) as found,
    ):
        there = set(found.metadata.tables)
        lost = {"product", "poser_widget"} - {each.table for each in found.ground.wanted.facts}
    assert there == (tables or set(scene.load_models().tables))
    assert lost == ({"poser_widget"} if tables == {"product"} else set())


def test_a_name_leaves_nothing_of_it_out(pair: Workshop) -> None:
    """A table that only its scripts make, and what is changed elsewhere, are as for all."""
    pair.models("poser", "poser_widget", "poser_gadget")
    pair.models("shop", NAME, f'{NAME}, Column("price", Integer)')
    whole = pair.manager().check()
    assert [each.extension for each in whole.drifts] == ["shop", "poser"]
    for each in whole.drifts:
        assert pair.manager().check(str(each.extension)).drifts == (each,)


def test_a_remark_is_a_difference(shop: Workshop) -> None:
    """What no operation can mend, too, is a no."""
    before = shop.site / "before.sql"
    before.write_text(
        "CREATE TABLE product (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40), CHECK (id > 0));",
        encoding="utf-8",
    )
    found = shop.manager(bootstrap=str(before)).check()
    told = "product: check id > 0 is gone: it has no name to drop it by"
    assert found.drifts == (Drift("shop", (), (told,)),)
    assert not found.matches


def test_a_table_of_nobody(shop: Workshop) -> None:
    """It counts unless an extension is named; `generate` writes nothing about it."""
    shop.generate("shop")
    before = shop.site / "before.sql"
    before.write_text("CREATE TABLE stray (id INTEGER);", encoding="utf-8")
    settings = {"bootstrap": str(before)}
    assert shop.manager(**settings).check().drifts == (Drift(None, ("drop table stray",)),)
    assert shop.manager(**settings).check("shop").matches
    assert shop.generate(None, settings=settings).text == ""


def test_what_cannot_be_imported_is_no_match(pair: Workshop) -> None:
    """A broken extension is told, and makes the answer a no; one left aside does not."""
    (pair.site / "poser" / "db.py").write_text("import nosuch\n", encoding="utf-8")
    found = pair.manager().check()
    assert (found.compared, found.drifts, found.matches) == (("shop",), (), False)
    assert "cannot import nosuch" in found.unchecked["poser"]
    left = pair.manager(skip=["poser"]).check()
    assert (left.matches, left.aside, left.unchecked) == (True, {"poser": "--skip"}, {})
    with pytest.raises(ExtensionError, match="cannot import nosuch"):
        pair.manager().check("poser")


def test_a_broken_script_takes_what_stands_on_it_along(pair: Workshop) -> None:
    """Neither can be compared."""
    widget = "primary_key=True)"
    pair.models("poser", widget, f'{widget}, Column("p", ForeignKey("product.id"))')
    pair.manager().generate("poser", "refers")
    (script,) = pair.scripts("shop")
    script.write_text("def upgrade(:\n", encoding="utf-8")
    found = pair.manager().check()
    assert (found.compared, list(found.unchecked)) == ((), ["shop", "poser"])
    with pytest.raises(ExtensionError, match="shop cannot be compared: "):
        pair.manager().check("shop")


def test_scripts_alone_are_nothing_to_compare(pair: Workshop) -> None:
    """An extension without models is told."""
    versions = str(pair.site / "plain")
    (pair.site / "plain").mkdir()
    found = pair.manager(extensions={"plain": {"versions": versions}}).check()
    assert (found.matches, found.aside) == (True, {"plain": "it has no models"})


def test_a_wrong_name(pair: Workshop) -> None:
    """The nearest one is named."""
    with pytest.raises(UsageError, match="no extension 'posr' is installed; did you mean 'poser'"):
        pair.manager().check("posr")


def test_verify_tells_models_that_cannot_be_built(pair: Workshop) -> None:
    """Once, for nobody knows whose they are; what was not compared is not passed as sound."""
    pair.models("shop", NAME, f"{NAME}, CheckConstraint('id >')")
    pair.models("shop", "Column, ", "CheckConstraint, Column, ")
    found = [each.message for each in pair.manager().verify().findings if each.check == "check"]
    assert len(found) == 1
    assert found[0].startswith("the models of all cannot be built: ")


def test_what_looks_renamed(pair: Workshop) -> None:
    """It is a column that goes and one that comes, and the option of `generate` is named."""
    pair.models("shop", '"name"', '"title"')
    found = pair.manager().check("shop")
    assert found.drifts == (
        Drift("shop", ("add column product.title", "drop column product.name")),
    )
    assert found.notes == (
        "product.title looks like product.name renamed: if it is,"
        " `dbman generate --rename product.name:product.title` keeps the rows",
    )


def test_a_name_tells_of_no_other_renames(pair: Workshop) -> None:
    """Whether the table of the core has to be looked at for its sake, or is known to be alike."""
    pair.models("poser", "primary_key=True)", REFERS)
    pair.generate("poser")
    pair.models("shop", '"name"', '"title"')
    assert [pair.manager().check("poser").notes for _ in range(2)] == [(), ()]
    assert pair.manager().check("shop").notes
