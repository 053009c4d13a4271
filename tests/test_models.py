"""Loading models: real packages in each form that the value of an entry point may have."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import (
    DDL,
    Column,
    Integer,
    MetaData,
    Sequence,
    Table,
    create_engine,
    event,
    inspect,
)

from dbman import Manager
from dbman.errors import ExtensionError, Problem
from dbman.extensions import InstalledExtension
from dbman.models import LoadedExtension, LoadedModels, joined_metadata, load

ACME = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base

    Base = declarative_base()


    class Product(Base):
        __tablename__ = "product"
        id = Column(Integer, primary_key=True)
"""
OWN = """
    from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

    metadata = MetaData()
    widget = Table(
        "poser_widget",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("product_id", Integer, ForeignKey("product.id")),
    )
"""
Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write modules by dotted name into a folder on `sys.path`; all are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)

    def write_modules(modules: Mapping[str, str]) -> None:
        for name, text in modules.items():
            file = tmp_path.joinpath(*name.split(".")).with_suffix(".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            for folder in file.relative_to(tmp_path).parents[:-1]:
                (tmp_path / folder / "__init__.py").touch()
            file.write_text(dedent(text), encoding="utf-8")
        importlib.invalidate_caches()

    yield write_modules
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def installed(name: str, value: str | None, **more: object) -> InstalledExtension:
    """Return an extension as discovery finds it."""
    prefix = "" if more.get("is_core") else f"{name}_"
    package = value.partition(":")[0].partition(".")[0] if value else None
    fields = {"distribution": f"{name} 1.0", "package": package, "prefix": prefix} | more
    return InstalledExtension(name, value=value, **fields)  # type: ignore[arg-type]


def acme(value: str = "acme.db:Base") -> InstalledExtension:
    """Return the core."""
    return installed("acme", value, is_core=True)


def summary(models: LoadedModels) -> dict[str, tuple[tuple[str, ...], list[str]]]:
    """Return per extension the tables that its loading made and those of its metadata."""
    return {
        each.name: (each.tables, [key for metadata in each.metadata for key in metadata.tables])
        for each in models.extensions
    }


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (ACME, "acme.db:Base"),
        (ACME, "acme.db"),
        (ACME, "acme.db:Base.metadata"),
        (ACME + "\n    metadata = Base.metadata\n    del Base", "acme.db"),
        (ACME + "\n    db = type('Db', (), {'metadata': Base.metadata})()", "acme.db:db"),
        (ACME + "\n    there = Base.registry\n    del Base", "acme.db:there"),
        (ACME + "\n    del Base", "acme.db"),
        (
            ACME + "\n    from dbman import Extension\n    extension = Extension(base=Base)",
            "acme.db",
        ),
        (
            ACME + "\n    from dbman import Extension\n    x = Extension(metadata=Base.metadata)",
            "acme.db:x",
        ),
        (ACME + "\n    from dbman import Extension\n    x = Extension(prefix='')", "acme.db:x"),
        (
            "from sqlalchemy import Column, Integer, MetaData, Table\n"
            "def extend(namespace):\n"
            "    Table('product', MetaData(), Column('id', Integer, primary_key=True))\n",
            "acme.db:extend",
        ),
    ],
)
def test_forms_of_value(write: Write, source: str, value: str) -> None:
    """Each form that a value may have gives the same tables."""
    write({"acme.db": source})
    models = load([acme(value)])
    assert summary(models) == {"acme": (("product",), ["product"])}
    assert (models.problems, models.loaded_names) == ((), {"acme"})
    assert models.registered == {"acme": "acme.db"}


def test_whole_result(write: Write) -> None:
    """What only the imported `Extension` tells is there; what discovery knew stays."""
    source = """
        from dbman import Extension

        def seed():
            pass

        extension = Extension(metadata, prefix="p" + "_", requires=["acme"], seed=seed)
    """
    write({"poser.db": dedent(OWN) + dedent(source)})
    plain = installed("poser", "poser.db")
    told = installed("poser", "poser.db", prefix="told_", requires=("x",))
    models = load([plain])
    module = sys.modules["poser.db"]
    assert models.extensions == (
        LoadedExtension(
            extension=plain,
            prefix="p_",
            requires=("acme",),
            metadata=(module.metadata,),
            tables=("poser_widget",),
            seed=module.seed,
        ),
    )
    (again,) = load([told]).extensions
    assert (again.prefix, again.requires) == ("told_", ("x",))
    assert again.tables == ("poser_widget",), "a second load knows what the first one made"


def test_extension_without_models(write: Write) -> None:
    """An extension that only ships scripts may say so, and is no problem."""
    write({"data.db": "from dbman import Extension\nextension = Extension(requires=['acme'])"})
    models = load([installed("data", "data.db:extension")])
    assert (models.loaded_names, models.problems, models.metadata) == ({"data"}, (), ())


def test_package_of_models(write: Write) -> None:
    """A package that only imports its modules of models holds what these define."""
    write({"acme.db": ACME, "acme.models.user": ACME.replace("product", "user")})
    write({"acme.models.__init__": "from acme.models import user"})
    models = load([acme("acme.models")])
    assert summary(models) == {"acme": (("user",), ["user"])}
    assert {table.key: modules for table, modules in models.mapped.items()} == {
        "user": ("acme.models.user",)
    }


def test_imported_before(write: Write) -> None:
    """Models that the host imported first are found with the modules of their classes."""
    write({"acme.db": ACME})
    importlib.import_module("acme.db")
    models = load([acme()])
    assert summary(models) == {"acme": ((), ["product"])}
    assert [(table.key, modules) for table, modules in models.mapped.items()] == [
        ("product", ("acme.db",))
    ]


def test_left_aside(write: Write) -> None:
    """What is disabled, skipped or has no models is not imported, but its module is known."""
    write({"acme.db": "raise SystemExit(3)"})
    models = load(
        [
            installed("off", "acme.db", enabled=False),
            installed("skipped", "acme.db:x", skipped=True),
            installed("scripts", None),
        ]
    )
    assert models == LoadedModels(registered={"off": "acme.db", "skipped": "acme.db"})
    assert "acme.db" not in sys.modules


@pytest.mark.parametrize(
    ("source", "value", "message"),
    [
        (
            "import nosuch",
            "broken.db:x",
            "cannot import nosuch (ModuleNotFoundError: No module named 'nosuch')",
        ),
        ("raise SystemExit(0)", "broken.db", "cannot import broken.db (SystemExit: 0)"),
        ("1 / 0", "broken.db", "cannot import broken.db (ZeroDivisionError: division by zero)"),
        (
            "extension = 1",
            "broken.db:extention",
            "broken.db has no 'extention'; did you mean 'extension'?",
        ),
        ("x = 1", "broken.db:x", "broken.db:x is of type int"),
        ("class X: pass", "broken.db:X", "broken.db:X is of type type"),
        ("x = 1", "broken.db", "broken.db holds no models"),
        ("def x(namespace): pass", "broken.db:x", "broken.db:x holds no models"),
        (
            "def x(namespace): namespace.nosuch",
            "broken.db:x",
            "cannot use broken.db:x (AttributeError: module 'acme.db' has no attribute 'nosuch')",
        ),
    ],
)
def test_broken(write: Write, source: str, value: str, message: str) -> None:
    """An extension that cannot be loaded is named, and the others go on; `strict` raises it."""
    write({"broken.db": source, "acme.db": ACME})
    extensions = [acme("acme.db"), installed("broken", value)]
    models = load(extensions)
    (problem,) = models.problems
    assert problem.message == f"extension broken (broken 1.0): {message}"
    assert problem.extension == "broken"
    assert problem.hint
    assert models.loaded_names == {"acme"}
    with pytest.raises(ExtensionError) as caught:
        load(extensions, strict=True)
    assert (str(caught.value), caught.value.hint) == (problem.message, problem.hint)


def test_half_loaded(write: Write) -> None:
    """Tables that were made before the import failed are told as those of the broken extension."""
    write({"acme.db": ACME, "broken.db": f"{dedent(ACME)}\nimport nosuch"})
    models = load([acme(), installed("broken", "broken.db")])
    assert summary(models) == {"acme": (("product",), ["product"]), "broken": (("product",), [])}


def test_prints_go_to_stderr(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """What an extension prints while it is imported or called does not stand between data."""
    call = "def extend(namespace):\n    print('called')\n    namespace.metadata"
    write({"acme.db": f"print('imported')\n{dedent(ACME)}", "poser.db": call})
    load([acme(), installed("poser", "poser.db:extend")])
    assert tuple(capsys.readouterr()) == ("", "imported\ncalled\n")


EXTEND = """
    from sqlalchemy import Column, Integer, Table
    from sqlalchemy.orm import relationship

    calls = []


    def extend(namespace):
        calls.append(namespace)
        from acme.db import Base

        class Lease(Base):
            __tablename__ = "leases"
            id = Column(Integer, primary_key=True)

        namespace.Lease = Lease
"""


def test_callable_gets_the_module_of_the_core(write: Write) -> None:
    """A callable defines its models into the module of the core's models, once in a process."""
    write({"acme.db": ACME, "dhcp.models": EXTEND})
    extensions = [acme("acme.db"), installed("dhcp", "dhcp.models:extend")]
    models = load(extensions)
    core, dhcp = sys.modules["acme.db"], sys.modules["dhcp.models"]
    assert dhcp.calls == [core]
    assert summary(models) == {
        "acme": (("product",), ["product", "leases"]),
        "dhcp": (("leases",), ["product", "leases"]),
    }
    assert summary(load(extensions)) == summary(models)
    assert dhcp.calls == [core]


def test_callable_gets_the_base_of_the_core(write: Write) -> None:
    """Where the core is no module, the namespace has its base and metadata."""
    source = """
        def extend(namespace):
            seen.update(vars(namespace))
            columns = [Column("id", Integer, primary_key=True)]

            class Lease(namespace.Base):
                __table__ = Table("leases", namespace.metadata, *columns)

        seen = {}
    """
    write({"acme.db": ACME, "dhcp.models": dedent(EXTEND) + dedent(source)})
    models = load([acme(), installed("dhcp", "dhcp.models:extend")])
    base = sys.modules["acme.db"].Base
    assert sys.modules["dhcp.models"].seen == {"Base": base, "metadata": base.metadata}
    assert summary(models)["dhcp"] == (("leases",), ["product", "leases"])


@pytest.mark.parametrize("where", ["class", "table"])
def test_callable_that_the_core_has_called(write: Write, where: str) -> None:
    """An application that loads its extensions itself, as Janitoo does, has done the work."""
    table = """
        from sqlalchemy import Column, Integer, Table

        def extend(namespace):
            Table("leases", namespace.Base.metadata, Column("id", Integer, primary_key=True))
    """
    loader = """
        import sys

        import dhcp.models

        dhcp.models.extend(sys.modules[__name__])
    """
    write({"acme.db": ACME, "dhcp.models": EXTEND if where == "class" else table})
    write({"acme.models": "from acme.db import Base\n" + dedent(loader)})
    models = load([acme("acme.models"), installed("dhcp", "dhcp.models:extend")])
    assert models.problems == ()
    assert list(models.tables) == ["product", "leases"]
    assert models.loaded_names == {"acme", "dhcp"}
    # Only a class tells the module that it was defined in.
    assert models.holder("leases") == ("dhcp" if where == "class" else "acme")


def test_mapped_classes(write: Write) -> None:
    """The modules of mapped classes are known; a class in the table of its parent is not one."""
    source = """
        from acme.db import Base, Product
        from sqlalchemy import Column, ForeignKey, Integer


        class Single(Product):
            pass


        class Joined(Product):
            __tablename__ = "joined"
            id = Column(Integer, ForeignKey("product.id"), primary_key=True)
    """
    write({"acme.db": ACME, "poser.db": source})
    models = load([acme(), installed("poser", "poser.db")])
    assert {table.key: modules for table, modules in models.mapped.items()} == {
        "product": ("acme.db",),
        "joined": ("poser.db",),
    }
    assert models.foreign_keys() == {("poser", "acme")}


def test_one_metadata_is_not_copied(write: Write) -> None:
    """Where all share one metadata, that is the joined one."""
    write({"acme.db": ACME})
    models = load([acme(), installed("poser", "acme.db")])
    assert joined_metadata(models) is sys.modules["acme.db"].Base.metadata
    assert joined_metadata(LoadedModels()).tables == {}


def test_joined_metadata(write: Write) -> None:
    """Tables of several metadata are copied into one, where foreign keys by name resolve."""
    write({"acme.db": ACME, "poser.db": OWN})
    models = load([acme(), installed("poser", "poser.db")])
    joined = joined_metadata(models)
    assert models.problems == ()
    assert [table.key for table in joined.sorted_tables] == ["product", "poser_widget"]
    (key,) = joined.tables["poser_widget"].foreign_keys
    assert key.column is joined.tables["product"].c.id
    assert models.foreign_keys() == {("poser", "acme")}


def test_joined_metadata_keeps_info_and_events(write: Write) -> None:
    """What was written on a table, and what listens to its DDL, works on its copy, once."""
    write({"acme.db": ACME, "poser.db": OWN})
    extensions = [acme(), installed("poser", "poser.db")]
    load(extensions)
    poser = sys.modules["poser.db"]
    heard: list[str] = []
    poser.widget.info["extension"] = "poser"
    poser.metadata.info["colour"] = "red"
    event.listen(poser.widget, "after_create", DDL("CREATE VIEW v AS SELECT 1 AS one"))
    event.listen(poser.widget, "before_create", lambda *_, **__: heard.append("table"))
    event.listen(
        poser.widget, "after_create", lambda *_, **__: heard.append("kept"), propagate=True
    )
    event.listen(poser.metadata, "after_create", lambda *_, **__: heard.append("metadata"))
    event.listen(Table, "before_create", class_listener := lambda *_, **__: heard.append("class"))
    joined = joined_metadata(load(extensions))
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        joined.create_all(connection, tables=[joined.tables["poser_widget"]], checkfirst=False)
        assert inspect(connection).get_view_names() == ["v"]
    event.remove(Table, "before_create", class_listener)
    engine.dispose()
    assert sorted(heard) == ["class", "kept", "metadata", "table"]
    assert (joined.tables["poser_widget"].info, joined.info) == (
        {"extension": "poser"},
        {"colour": "red"},
    )


def test_joined_metadata_keeps_sequences(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> None:
    """A sequence of a MetaData, which belongs to no column, is made with the tables."""
    models = """
        from sqlalchemy import Column, Integer, MetaData, Sequence, Table

        extension = MetaData()
        number = Sequence("NAME_number", start=7, metadata=extension)
        Table("NAME_item", extension, Column("id", Integer, number, primary_key=True))
        Sequence("NAME_other", start=5, metadata=extension)
    """
    for name in ("one", "two"):
        site = make_extension(name, {}, db=dedent(models).replace("NAME", name))
    monkeypatch.syspath_prepend(site)
    Manager(url=postgresql_url).createdb()
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        for name, start in (("one_other", 5), ("two_other", 5), ("two_number", 7)):
            assert connection.scalar(Sequence(name).next_value()) == start
    engine.dispose()
    assert sys.modules["two.db"].number.metadata is sys.modules["two.db"].extension


def test_joined_metadata_makes_types_once(write: Write) -> None:
    """The listeners by which a type makes itself are those of the copy alone."""
    typed = keyless("kind").replace("Integer", "Enum").replace("Enum, p", "Enum('a', name='k'), p")
    write({"acme.db": ACME, "one.db": typed})
    models = load([acme(), installed("one", "one.db")])
    original, copy = models.tables["kind"][0], joined_metadata(models).tables["kind"]
    for of in (lambda table: table, lambda table: table.metadata):
        counts = [len(list(of(table).dispatch.before_create)) for table in (original, copy)]
        assert counts == [1, 1]


def keyless(table: str, convention: str = "") -> str:
    """Return a module with one table and a naming convention."""
    return f"""
        from sqlalchemy import Column, Integer, MetaData, Table

        metadata = MetaData({convention})
        Table({table!r}, metadata, Column("id", Integer, primary_key=True))
    """


def test_naming_conventions(write: Write) -> None:
    """Constraints keep the names of their own metadata's convention; a common one stays."""
    convention = "naming_convention={'pk': 'pk_%(table_name)s'}"
    write({"one.db": keyless("first", convention), "two.db": keyless("second")})
    write({"three.db": keyless("third", convention)})
    one, two, three = (installed(name, f"{name}.db") for name in ("one", "two", "three"))
    mixed = joined_metadata(load([one, two]))
    assert {key: table.primary_key.name for key, table in mixed.tables.items()} == {
        "first": "pk_first",
        "second": None,
    }
    alike = joined_metadata(load([one, three]))
    assert alike.naming_convention == {"pk": "pk_%(table_name)s"}


def test_table_defined_twice(write: Write) -> None:
    """The same definition twice is one table; two different ones are an error naming both."""
    text = keyless("product").replace("Integer", "String")
    write({"one.db": ACME, "two.db": keyless("product"), "three.db": text})
    one, two, three = (installed(name, f"{name}.db") for name in ("one", "two", "three"))
    models = load([one, two])
    assert (list(joined_metadata(models).tables), models.problems) == (["product"], ())
    models = load([one, three])
    message = "table product is defined in two ways, by one and by three"
    hint = "define it once; a foreign key finds the other one by name"
    assert models.problems == (Problem(message, hint),)
    with pytest.raises(ExtensionError, match=f"^{message}$"):
        joined_metadata(models)
    with pytest.raises(ExtensionError, match=f"^{message}$"):
        load([one, three], strict=True)


def test_foreign_keys_to_nowhere(write: Write) -> None:
    """A foreign key whose target nobody defines is told with the extension that has it."""
    write({"poser.db": OWN, "acme.db": ACME.replace(" id =", " uuid =")})
    poser = installed("poser", "poser.db")
    where = "foreign key poser_widget.product_id refers to product.id"
    hint = "install the extension that defines it, or mend the foreign key"
    assert load([poser]).problems == (
        Problem(f"{where}, but no extension defines the table product", hint, "poser"),
    )
    assert load([acme(), poser]).problems == (
        Problem(f"{where}, but the table product has no column id", hint, "poser"),
    )
    with pytest.raises(ExtensionError, match="no extension defines the table product"):
        load([poser], strict=True)


def test_no_listener_stays_behind(write: Write) -> None:
    """Tables that are made after loading belong to nobody's loading."""
    write({"acme.db": ACME})
    load([acme()])
    Table("later", MetaData(), Column("id", Integer, primary_key=True))
    assert summary(load([acme()])) == {"acme": (("product",), ["product"])}
