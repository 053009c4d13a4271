"""Owners: each level of the rule, and what happens where two answer at one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from dbman.errors import ExtensionError
from dbman.extensions import InstalledExtension
from dbman.models import LoadedExtension, LoadedModels, joined_metadata
from dbman.ownership import Ownership

ACME = InstalledExtension("acme", value="acme.db", is_core=True)
POSER = InstalledExtension("poser", value="poser.db", prefix="poser_")
GADGET = InstalledExtension("gadget", value="gadget.db", prefix="poser_gadget_")
ALL = (ACME, POSER, GADGET)


def table(name: str, metadata: MetaData, **info: str) -> Table:
    """Return a table."""
    return Table(name, metadata, Column("id", Integer, primary_key=True), info=info)


def loaded(
    holders: Mapping[InstalledExtension, MetaData],
    *,
    mapped: Mapping[Table, tuple[str, ...]] | None = None,
    made: Mapping[str, Iterable[str]] | None = None,
) -> LoadedModels:
    """Return models as loading gives them."""
    return LoadedModels(
        extensions=tuple(
            LoadedExtension(
                extension,
                extension.prefix,
                metadata=(metadata,),
                tables=tuple((made or {}).get(extension.name, ())),
            )
            for extension, metadata in holders.items()
        ),
        registered={each.name: each.value or "" for each in ALL},
        mapped=mapped or {},
    )


@pytest.fixture
def shared() -> MetaData:
    """A metadata that all extensions share."""
    return MetaData()


def test_each_level_beats_the_next(shared: MetaData) -> None:
    """What a table says itself comes first, and so on down to the core."""
    own = MetaData()
    said = table("poser_gadget_said", shared, extension="acme")
    mapped = table("poser_mapped", shared)
    alone = table("alone", own)
    models = loaded(
        {ACME: shared, POSER: shared, GADGET: own},
        mapped={said: ("gadget.db",), mapped: ("gadget.db",), alone: ("poser.db",)},
        made={"poser": ["poser_gadget_prefixed", "made"], "gadget": ["poser_mapped"]},
    )
    for name in ("poser_gadget_prefixed", "poser_short", "made", "scripted", "rest"):
        table(name, shared)
    makers = {"poser_short": "gadget", "made": "gadget", "scripted": "gadget"}
    ownership = Ownership(ALL, models, lambda: makers)
    owners = {key: ownership.owner_of_model(tables[0]) for key, tables in models.tables.items()}
    assert owners == {
        "poser_gadget_said": "acme",  # Table.info before module, prefix
        "alone": "gadget",  # metadata before module
        "poser_mapped": "gadget",  # module before prefix
        "poser_gadget_prefixed": "gadget",  # the longest prefix, before loading
        "poser_short": "poser",  # prefix before scripts
        "made": "poser",  # loading before scripts
        "scripted": "gadget",  # scripts before the core
        "rest": "acme",
    }
    assert ownership.tables("gadget") == (
        "alone",
        "poser_gadget_prefixed",
        "poser_mapped",
        "scripted",
    )
    assert ownership.tables("acme") == ("poser_gadget_said", "rest")


def test_scripts_are_read_only_where_nothing_else_answers(shared: MetaData) -> None:
    """What a prefix or the loading of models tells needs none of them."""
    table("poser_x", shared)
    made = table("made", shared)
    models = loaded({ACME: shared, POSER: shared}, made={"acme": ["made"]})
    asked: list[str] = []
    ownership = Ownership(ALL, models, lambda: asked.append("read") or {"old": "poser"})
    assert (ownership.owner_in_database("poser_x"), ownership.owner_of_model(made)) == (
        "poser",
        "acme",
    )
    assert asked == []
    assert (ownership.owner_in_database("old"), asked) == ("poser", ["read"])


def test_copies_have_the_owner_of_the_original(shared: MetaData) -> None:
    """A table of the joined metadata is owned as the one that it was copied from."""
    table("x", shared)
    models = loaded({ACME: MetaData(), POSER: shared})
    (copy,) = joined_metadata(models).tables.values()
    assert copy.metadata is not shared
    assert Ownership((ACME, POSER), models).owner_of_model(copy) == "poser"


def test_tables_that_only_a_database_knows(shared: MetaData) -> None:
    """They are strangers' unless a prefix or a script says otherwise; never the core's."""
    table("product", shared)
    models = loaded({ACME: shared, POSER: shared, GADGET: shared})
    makers = {"poser_made": "acme", "dropped": "acme", "stock.item": "gadget"}
    ownership = Ownership(ALL, models, lambda: makers)
    names = ["product", "poser_old", "poser_made", "dropped", "stock.item", "spatial_ref_sys"]
    names += ["stock.poser_x", "acme"]
    assert [ownership.owner_in_database(name) for name in names] == [
        "acme", "poser", "poser", "acme", "gadget", None, "poser", None,
    ]  # fmt: skip
    assert ownership.foreign(names) == ("spatial_ref_sys", "acme")
    without_models = Ownership(ALL, None, lambda: makers)
    assert without_models.foreign(names) == ("product", "spatial_ref_sys", "acme")
    assert without_models.tables("acme") == ("dropped",)


def test_no_core(shared: MetaData) -> None:
    """Without a core a table may be nobody's."""
    rest = table("rest", shared)
    models = loaded({POSER: shared, GADGET: shared})
    assert Ownership((POSER, GADGET), models).owner_of_model(rest) is None


def test_metadata_of_one_counts_only_if_all_are_loaded(shared: MetaData) -> None:
    """Where the core is left aside or broken, its tables do not fall to who shares its metadata."""
    product, widget = table("product", shared), table("widget", shared)
    mapped = {product: ("acme.models",), widget: ("poser.models",)}
    models = loaded({POSER: shared}, mapped=mapped)
    ownership = Ownership((ACME, POSER), models)
    assert [ownership.owner_of_model(each) for each in (product, widget)] == ["acme", "poser"]


def test_modules(shared: MetaData) -> None:
    """The longest registered module wins; a package that two are in is nobody's."""
    core = InstalledExtension("core", value="app.db:Base", is_core=True)
    one = InstalledExtension("one", value="app.plugins.one:extension")
    two = InstalledExtension("two", value="app.plugins.two.db:extension")
    places = {
        "app.db.user": "core",
        "app.plugins.one": "one",
        "app.plugins.one.models": "one",
        "app.plugins.two.models": "two",
        "app.plugins.common": "core",
        "app.models": "core",
        "elsewhere": "core",
    }
    mapped = {table(f"t{number}", shared): (module,) for number, module in enumerate(places)}
    extensions = (core, one, two)
    models = LoadedModels(
        extensions=tuple(LoadedExtension(e, "", metadata=(shared,)) for e in extensions),
        registered={each.name: (each.value or "").partition(":")[0] for each in extensions},
        mapped=mapped,
    )
    ownership = Ownership(extensions, models)
    owners = {modules[0]: ownership.owner_of_model(each) for each, modules in mapped.items()}
    assert owners == places


@pytest.mark.parametrize("level", ["metadata", "module", "prefix"])
def test_two_answers_at_one_level(shared: MetaData, level: str) -> None:
    """Two extensions with the same right to a table are both named."""
    rival = InstalledExtension("rival", value="poser.db:other", prefix="poser_")
    product = table("poser_x" if level == "prefix" else "x", shared)
    holders = {POSER: shared, rival: shared}
    if level == "metadata":
        holders[rival] = MetaData()
        table("x", holders[rival])
    models = LoadedModels(
        extensions=tuple(LoadedExtension(e, e.prefix, metadata=(m,)) for e, m in holders.items()),
        registered={"poser": "poser.db", "rival": "poser.db"},
        mapped={product: ("poser.db",)} if level == "module" else {},
    )
    with pytest.raises(ExtensionError) as caught:
        Ownership((POSER, rival), models).owner_of_model(product)
    assert str(caught.value) == f"table {product.key} may belong to poser or to rival"
    assert caught.value.hint == "say whose it is in its model: Table.info['extension'] = 'poser'"


def test_info_names_nobody(shared: MetaData) -> None:
    """A table that says it belongs to an extension that is not there is an error."""
    wrong = table("x", shared, extension="posr")
    ownership = Ownership(ALL, loaded({ACME: shared, POSER: shared, GADGET: shared}))
    with pytest.raises(ExtensionError) as caught:
        ownership.owner_of_model(wrong)
    assert (str(caught.value), caught.value.hint) == (
        "Table.info['extension'] of x names no extension: 'posr'; did you mean 'poser'?",
        "installed: acme, poser, gadget",
    )


def test_prefix_that_only_the_import_tells(shared: MetaData) -> None:
    """The prefix of the imported `Extension` replaces what discovery took for granted."""
    table("ps_x", shared)
    models = LoadedModels(
        (LoadedExtension(ACME, ""), LoadedExtension(POSER, "ps_", metadata=(shared,)))
    )
    ownership = Ownership((ACME, POSER), models)
    assert [ownership.owner_in_database(name) for name in ("ps_x", "ps_y", "poser_y")] == [
        "poser",
        "poser",
        None,
    ]
