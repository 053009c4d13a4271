"""The rules of manners: what they find, and what looks like it and is sound."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dbman.lint import Linted
from lint.conftest import settings, told

pytestmark = pytest.mark.any_version

Lint = Callable[..., Linted]


def makes(table: str, *columns: str, header: str = "") -> str:
    """Return a script that makes a table; what `header` says comes first."""
    shown = ", ".join(['sa.Column("id", sa.Integer, primary_key=True)', *columns])
    return (
        f'{header}\ndef upgrade():\n    op.create_table("{table}", {shown})\n\n'
        f'def downgrade():\n    op.drop_table("{table}")\n'
    )


def does(upgrade: str, header: str = "") -> str:
    """Return a script whose upgrade does this."""
    return f"{header}\ndef upgrade():\n    {upgrade}\n\ndef downgrade():\n    pass\n"


def after(revision: str) -> str:
    """Return the header of a script that revises another one."""
    return f"down_revision = {revision!r}"


PRODUCT = makes("product")
REFERS = 'sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id"))'


@pytest.mark.parametrize(
    "poser",
    [
        {"p1": makes("poser_widget")},
        {
            "p1": makes("widget"),
            "p2": does('op.rename_table("widget", "poser_widget")', after("p1")),
        },
        {"p1": makes("widget"), "p2": does('op.drop_table("widget")', after("p1"))},
    ],
    ids=["prefix", "renamed", "dropped"],
)
def test_tables_with_a_prefix(linted: Lint, poser: dict[str, str]) -> None:
    """Or whose name is not there any more; the core's need none."""
    scripts = {f"poser/{name}.py": text for name, text in poser.items()}
    assert told(linted({"acme/a1.py": PRODUCT, **scripts}, "DBM101")) == []


@pytest.mark.parametrize("option", [', prefix=""', ', prefix="wid"'])
def test_the_prefix_is_what_the_extension_says(linted: Lint, option: str) -> None:
    """One without a prefix names its tables as it likes."""
    assert (
        told(linted({"acme/a1.py": "", "poser/p1.py": makes("widget")}, "DBM101", poser=option))
        == []
    )


def test_the_prefix_is_what_the_settings_say(linted: Lint, site: object) -> None:
    """They win over the convention."""
    given = settings(site, '[extensions.poser]\nprefix = "wid"')
    scripts = {"acme/a1.py": "", "poser/p1.py": makes("widget")}
    assert told(linted(scripts, "DBM101", settings=given)) == []


def test_sql_and_renames_make_tables_without_a_prefix(linted: Lint) -> None:
    """It is told where it stands."""
    sql = does('op.execute("CREATE TABLE widget (id INTEGER)")')
    rename = does('op.rename_table("poser_pose", "pose")', after("p2"))
    scripts = {
        "acme/a1.py": "",
        "poser/p1.py": sql,
        "poser/p2.py": makes("poser_pose", header=after("p1")),
        "poser/p3.py": rename,
    }
    result = linted(scripts, "DBM101")
    assert told(result) == ["p1.py:4 DBM101", "p3.py:4 DBM101"]
    assert result.findings[0].message == "table widget of poser lacks the prefix poser_"
    assert result.findings[0].column == 5


@pytest.mark.parametrize(
    "upgrade",
    [
        'op.drop_column("product", "name")',
        'op.drop_table("product")',
        'op.rename_table("product", "poser_product")',
        'op.create_index("ix", "product", ["name"])',
        'op.execute("ALTER TABLE product ADD COLUMN stance TEXT")',
        'op.create_unique_constraint("uq", "product", ["name"])',
        'op.get_bind().execute(sa.text("DROP TABLE product"))',
    ],
)
def test_operations_on_the_tables_of_others(linted: Lint, upgrade: str) -> None:
    """By operations of Alembic and by SQL."""
    core = makes("product", 'sa.Column("name", sa.Text)')
    result = linted({"acme/a1.py": core, "poser/p1.py": does(upgrade)}, "DBM102")
    assert told(result) == ["p1.py:4 DBM102"]
    assert result.findings[0].message == "changes table product, which belongs to acme"


@pytest.mark.parametrize(
    "upgrade",
    [
        'op.execute("INSERT INTO product (id) VALUES (7)")',
        f'op.create_table("poser_widget", {REFERS})',
        'op.execute("UPDATE product SET id = 8")',
        'op.execute("CREATE TABLE poser_copy AS SELECT * FROM product")',
    ],
)
def test_rows_of_others_may_be_read_and_written(linted: Lint, upgrade: str) -> None:
    """And foreign keys may point at their tables."""
    assert told(linted({"acme/a1.py": PRODUCT, "poser/p1.py": does(upgrade)}, "DBM102")) == []


def test_a_schema_is_a_namespace_of_its_own(linted: Lint) -> None:
    """Its tables need no prefix, and are of whoever makes them."""
    makes_in = (
        'op.create_table("{}", sa.Column("id", sa.Integer, primary_key=True), schema="stock")'
    )
    alters = 'op.add_column("{}", sa.Column("x", sa.Integer), schema="stock")'
    scripts = {
        "acme/a1.py": does(makes_in.format("product")),
        "poser/p1.py": does(makes_in.format("gadget_widget")),
        "poser/p2.py": does(alters.format("gadget_widget"), after("p1")),
        "poser/p3.py": does(alters.format("product"), f"{after('p2')}\ndepends_on = 'a1'"),
        "gadget/g1.py": "",
    }
    result = linted(scripts, "DBM101", "DBM102")
    assert [each.message for each in result.findings] == [
        "changes table stock.product, which belongs to acme"
    ]


def test_tables_that_an_extension_made_itself_are_its_own(linted: Lint) -> None:
    """Whatever their prefix says; and a table may move to another extension."""
    scripts = {
        "acme/a1.py": makes("poser_widget"),
        "poser/p1.py": makes("gadget_thing"),
        "poser/p2.py": does('op.drop_table("gadget_thing")', after("p1")),
        "poser/p3.py": does('op.drop_table("poser_widget")', after("p2")),
        "gadget/g1.py": "",
    }
    assert told(linted(scripts, "DBM102")) == []


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ('("poser",)', []),
        ('("widgets", "poser")', []),
        ('"poser"', []),
        ('("widgets",)', ["p1.py:1 DBM103"]),
        ("None", ["p1.py:1 DBM104"]),
        ("()", ["p1.py:1 DBM104"]),
    ],
)
def test_labels(linted: Lint, labels: str, found: list[str]) -> None:
    """One of them is the name."""
    text = f"branch_labels = {labels}\nrevision = 'p1'\n"
    assert told(linted({"acme/a1.py": "", "poser/p1.py": text}, "DBM103", "DBM104")) == found


def test_a_label_may_stand_on_a_later_revision(linted: Lint) -> None:
    """Alembic gives it to the whole branch."""
    later = f"{after('p1')}\nbranch_labels = ('poser',)"
    scripts = {"acme/a1.py": "", "poser/p1.py": "branch_labels = None", "poser/p2.py": later}
    assert told(linted(scripts, "DBM103", "DBM104")) == []


def test_two_branches_on_purpose_have_a_label_each(linted: Lint) -> None:
    """And are no two heads to mend."""
    scripts = {
        "acme/a1.py": "",
        "poser/p1.py": "branch_labels = ('poser_expand',)",
        "poser/p2.py": "branch_labels = ('poser_contract',)",
    }
    assert told(linted(scripts, "DBM103", "DBM104", "DBM109")) == []


def test_a_version_table_to_itself_needs_no_label(linted: Lint, site: object) -> None:
    """Nobody else has revisions there."""
    given = settings(site, 'version_table = "{name}_version"')
    scripts = dict.fromkeys(("acme/a1.py", "poser/p1.py"), "branch_labels = None")
    assert told(linted(scripts, "DBM103", "DBM104", settings=given)) == []


def test_both_heads_are_told(linted: Lint) -> None:
    """With the command that mends it."""
    scripts = {
        "acme/a1.py": "",
        "poser/p1.py": "",
        "poser/p2.py": after("p1"),
        "poser/p3.py": f"x = 1\n{after('p1')}",
    }
    result = linted(scripts, "DBM109")
    assert told(result) == ["p2.py:2 DBM109", "p3.py:3 DBM109"]
    assert result.findings[0].message == "poser has 2 heads: p2, p3"
    assert result.findings[0].hint == "`dbman rebase poser`, or `dbman merge poser`"


def test_one_id_twice(linted: Lint) -> None:
    """Also in two extensions; in version tables of their own they may."""
    scripts = {"acme/a1.py": "", "poser/p1.py": "revision = 'a1'"}
    result = linted(scripts, "DBM110", "DBM112")
    assert told(result) == ["p1.py:1 DBM110"]
    assert result.findings[0].message.startswith("revision 'a1' is that of ")
    assert result.findings[0].message.endswith("a1.py too")


def test_ids_in_version_tables_of_their_own(linted: Lint, site: object) -> None:
    """Nothing is there twice."""
    given = settings(site, 'version_table = "{name}_version"')
    scripts = {"acme/a1.py": "", "poser/p1.py": "revision = 'a1'"}
    assert told(linted(scripts, "DBM110", "DBM112", settings=given)) == []


def test_a_dependency_on_what_makes_the_table(linted: Lint) -> None:
    """Not on the head; what another revision below brings along is not asked for again."""
    scripts = {
        "acme/a1.py": PRODUCT,
        "acme/a2.py": makes("shop", header=after("a1")),
        "poser/p1.py": makes("poser_one", REFERS),
        "poser/p2.py": makes("poser_two", REFERS, header=after("p1")),
        "gadget/g1.py": makes("gadget_one", REFERS, header="depends_on = 'p2'"),
    }
    result = linted(scripts, "DBM105")
    assert told(result) == ["p1.py:13 DBM105"]
    message = "names product and does not depend on a1 of acme, which makes it"
    assert (result.findings[0].message, result.findings[0].hint) == (message, "depends_on = 'a1'")


@pytest.mark.parametrize("depends", ["'a1'", "'a2'", "('a1', 'a2')", "'acme'", "['a1']"])
def test_a_dependency_that_is_declared(linted: Lint, depends: str) -> None:
    """By id, by what stands on it, or by label."""
    scripts = {
        "acme/a1.py": PRODUCT,
        "acme/a2.py": after("a1"),
        "poser/p1.py": makes("poser_one", REFERS, header=f"depends_on = {depends}"),
    }
    assert told(linted(scripts, "DBM105")) == []


def test_a_column_that_is_added_later_is_a_dependency(linted: Lint) -> None:
    """It brings along the one that makes its table."""
    scripts = {
        "acme/a1.py": PRODUCT,
        "acme/a2.py": does('op.add_column("product", sa.Column("code", sa.Text))', after("a1")),
        "poser/p1.py": makes("poser_one", 'sa.Column("c", sa.Text, sa.ForeignKey("product.code"))'),
    }
    result = linted(scripts, "DBM105")
    assert [each.hint for each in result.findings] == ["depends_on = 'a2'"]


def test_version_tables_of_their_own_cannot_depend(linted: Lint, site: object) -> None:
    """No `depends_on` leads from one to the other."""
    given = settings(site, 'version_table = "{name}_version"')
    scripts = {"acme/a1.py": PRODUCT, "poser/p1.py": makes("poser_one", REFERS)}
    assert told(linted(scripts, "DBM105", settings=given)) == []


@pytest.mark.parametrize(
    ("depends", "down", "found"),
    [
        ("('a1', 'a2')", None, ["'a1'"]),
        ("('a2', 'acme')", None, ["'acme'"]),
        ("('a1',)", "'p1'", ["'a1'"]),
        ("('a2',)", "'p1'", []),
        ("('p1',)", "'p1'", ["'p1'"]),
        ("('a1', 'g1')", None, []),
        ("('g1', 'a2', 'a1')", None, ["'a1'"]),
    ],
)
def test_redundant_dependencies(
    linted: Lint, depends: str, down: str | None, found: list[str]
) -> None:
    """What another dependency or the down revision brings along."""
    scripts = {
        "acme/a1.py": "",
        "acme/a2.py": after("a1"),
        "gadget/g1.py": "",
        "poser/p1.py": "depends_on = 'a1'",
        "poser/p2.py": f"down_revision = {down}\ndepends_on = {depends}",
    }
    result = linted(scripts, "DBM106")
    assert [each.hint for each in result.findings] == [f"leave {word} out" for word in found]


@pytest.mark.parametrize(
    "head",
    [
        does('op.add_column("product", sa.Column("x", sa.Text))', after("a1")),
        does('op.execute("UPDATE product SET id = id")', after("a1")),
        does('op.rename_table("product", "article")', after("a1")),
    ],
)
def test_a_head_that_has_to_do_with_the_table_is_meant(linted: Lint, head: str) -> None:
    """So is one of which nothing is named: nobody knows why."""
    scripts = {
        "acme/a1.py": PRODUCT,
        "acme/a2.py": head,
        "poser/p1.py": makes("poser_one", REFERS, header="depends_on = 'a2'"),
        "poser/p2.py": f"{after('p1')}\ndepends_on = 'a2'",
    }
    assert told(linted(scripts, "DBM107")) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import poser.models",
        "from poser.models import Widget",
        "from poser.models import COLOURS",
        "from poser import models as m",
        "from poser.api import Widget",
        "from poser.api import Base",
    ],
)
def test_imports_of_models(linted: Lint, site: object, statement: str) -> None:
    """Wherever they stand, and by whichever way."""
    write_models(site)
    scripts = {"acme/a1.py": "", "poser/p1.py": does(statement)}
    options = ", base=__import__('poser.api').models.Base"
    result = linted(scripts, "DBM108", poser=options)
    assert told(result) == ["p1.py:4 DBM108"]


@pytest.mark.parametrize(
    "statement",
    [
        "from poser.kinds import Money",
        "import poser",
        "from poser.api import helper",
        "import acme",
    ],
)
def test_imports_of_anything_else(linted: Lint, site: object, statement: str) -> None:
    """Types and functions may be shared."""
    write_models(site)
    scripts = {"acme/a1.py": "", "poser/p1.py": does(statement)}
    assert told(linted(scripts, "DBM108", poser=", base=__import__('poser.api').models.Base")) == []


def write_models(site: object) -> None:
    """Write modules of poser: models, a facade, and one that only has a type."""
    folder = site / "poser"  # type: ignore[operator]
    folder.mkdir()
    texts = {
        "models": "from sqlalchemy import Column, Integer\n"
        "from sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\nCOLOURS = ()\n\n"
        "class Widget(Base):\n    __tablename__ = 'poser_widget'\n"
        "    id = Column(Integer, primary_key=True)\n",
        "api": "from poser.models import Base, Widget\n\ndef helper():\n    pass\n",
        "kinds": "from sqlalchemy import Numeric as Money\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("revision = 'p1'\ndown_revision = None\ndef upgrade(:", 3, "p1.py:3: invalid syntax"),
        ("x = 1\nrevision = 5", 2, "revision is 5"),
        ("down_revision = 'nosuch'", 1, "revises 'nosuch', which no installed extension has"),
        ("depends_on = 'nosuch'", 1, "depends on 'nosuch', which no installed extension has"),
        ("branch_labels = 'acme'", 1, "label 'acme' of "),
        ("down_revision = 'p1'", 1, "form a cycle"),
    ],
)
def test_broken_scripts(linted: Lint, text: str, line: int, message: str) -> None:
    """With the line where it is known."""
    scripts = {"acme/a1.py": "", "poser/p0.py": "", "poser/p1.py": text}
    (found,) = linted(scripts, "DBM112").findings
    assert (found.path.name if found.path else None, found.line) == ("p1.py", line)
    assert message in found.message


def test_a_broken_script_hides_nothing_of_the_others(linted: Lint) -> None:
    """They are read and replayed; what fails in that is told."""
    scripts = {
        "acme/a1.py": "",
        "poser/p1.py": makes("widget"),
        "gadget/g1.py": "raise",
        "gadget/g2.py": "\nrevision = 'g2'\ndown_revision = None\ndef upgrade(:",
    }
    result = linted(scripts, "DBM101", "DBM112")
    assert [each.path.name for each in result.findings if each.path] == ["g2.py", "p1.py"]
    failed, unparsed = (each.reason for each in result.not_run)
    assert "g1.py:2: RuntimeError" in failed
    assert "g2.py:4: invalid syntax" in unparsed
