"""The text of scripts: messages are data, imports are those used, hooks run on the file."""

from __future__ import annotations

import ast
import re
import sys
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbman import Manager
from dbman.autogenerate.rendering import docstring_safe
from dbman.config import PostWriteHook
from dbman.errors import ScriptError

NASTY = (
    'it\'s "quoted"',
    '"""\nimport os; os.abort()\n"""',
    'ends in a quote"',
    'ends in three"""',
    "ends in a backslash\\",
    "\\N{BULLET} \\x00 \\",
    "${__import__('os').abort()}",
    "<% import os; os.abort() %>",
    "% for x in y:\n## comment",
    "two\nlines",
    "tab\tand\rreturn\x00null\u2028line",
    "grüße 🎉 \ud800",
)


@given(st.text())
def test_a_docstring_holds_any_message(message):
    """Whatever the message is, the docstring says exactly that."""
    assert ast.literal_eval(f'"""{docstring_safe(message)}\n"""') == f"{message}\n"


@pytest.mark.parametrize("message", NASTY)
def test_a_message_is_data(shop, message):
    """A message never becomes code; it stands in the docstring, and tamed in the file's name."""
    result = shop.generate("shop", message, rev_id="a1")
    docstring = ast.get_docstring(ast.parse(result.text), clean=False)
    assert docstring.startswith(f"{message}\n\nBranch: shop\nRevision ID: a1\nRevises: <base>\n")
    assert re.fullmatch(r"a1_\w*\.py", result.path.name)
    assert [each.id for each in shop.manager().heads()] == ["a1"]
    shop.manager().initdb()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "a1_add_a_price.py"),
        ({"truncate_slug_length": 6}, "a1_add_a_.py"),
        ({"truncate_slug_length": 2}, "a1_ad_.py"),
        ({"file_template": "%(year)d_%(slug)s"}, f"{datetime.now().year}_add_a_price.py"),
        ({"file_template": "%(year)d/%(rev)s"}, f"{datetime.now().year}/a1.py"),
    ],
)
def test_file_names(shop, settings, name):
    """Files are named as Alembic names them, by its tokens."""
    result = shop.generate("shop", "Add a: price!", rev_id="a1", settings=settings)
    assert result.path == shop.site / "shop" / "migrations" / name
    assert [each.path for each in shop.manager().heads()] == [result.path]


def test_time_zone(shop):
    """Create Date is in the settings' time zone, whatever its case."""
    text = shop.generate("shop", dry_run=True, settings={"timezone": "utc"}).text
    assert re.search(r"^Create Date: [-\d]+ [:.\d]+\+00:00$", text, re.MULTILINE)


def test_custom_types_are_imported(shop):
    """The module of a type that is not SQLAlchemy's is imported, and the script runs."""
    (shop.site / "shop" / "colours.py").write_text(
        "from sqlalchemy.types import String, TypeDecorator\n"
        "class Colour(TypeDecorator):\n"
        "    impl = String(7)\n"
        "    cache_ok = True\n",
        encoding="utf-8",
    )
    shop.models("shop", "String(40))", 'String(40)), Column("colour", Colour())')
    shop.models("shop", "from sqlalchemy", "from shop.colours import Colour\nfrom sqlalchemy")
    text = shop.generate("shop").text
    assert "\nimport sqlalchemy as sa\nimport shop.colours\n\n# revision" in text
    assert "sa.Column('colour', shop.colours.Colour(length=7), nullable=True)" in text
    shop.manager().initdb()
    settings = {"environment": {"user_module_prefix": "types."}}
    shop.models("shop", "String(40))", 'String(40)), Column("spare", Colour())')
    text = shop.generate("shop", dry_run=True, settings=settings).text
    assert ("types.Colour(length=7)" in text, "import shop" in text) == (True, False)


def test_what_is_not_python_is_not_written(shop):
    """A type whose repr is no Python ends in an error instead of a broken script."""
    shop.models(
        "shop",
        "extension =",
        "class Odd(String):\n    __repr__ = lambda self: '<odd>'\nextension =",
    )
    shop.models("shop", "String(40))", 'String(40)), Column("odd", Odd())')
    with pytest.raises(ScriptError) as caught:
        shop.generate("shop")
    assert re.fullmatch(
        r"the new script of shop is not valid:\d+: invalid syntax", caught.value.message
    )
    assert shop.scripts("shop") == []


def test_hooks_of_the_environment(shop):
    """The settings' own hooks of Alembic are heard: what to compare, what to write."""
    (shop.site / "hooks.py").write_text(
        "def include_name(name, kind, parents):\n"
        "    return name != 'old'\n"
        "def include_object(item, name, kind, reflected, other):\n"
        "    return name != 'name'\n"
        "def last_word(context, revision, directives):\n"
        "    if directives[0].message == 'none':\n"
        "        directives[:] = []\n",
        encoding="utf-8",
    )
    shop.packages.append("hooks")
    settings = {
        "environment": {
            "include_name": "hooks:include_name",
            "include_object": "hooks:include_object",
            "process_revision_directives": "hooks:last_word",
        }
    }
    shop.generate("shop", rev_id="a1")
    shop.models(
        "shop", ', Column("name", String(40))', ', Column("name", String(80)), Column("n", Integer)'
    )
    assert shop.generate("shop", settings=settings, dry_run=True).operations == (
        "add column product.n",
    )
    assert shop.generate("shop", "none", settings=settings).path is None


def test_post_write_hooks(shop, capfd):
    """Hooks run on the file, what they print goes to stderr, and the text is what they left."""
    manager = shop.manager()
    code = "import sys; open(sys.argv[1], 'a').write('# formatted\\n'); print('hooked')"
    options = {
        "type": "exec",
        "executable": sys.executable,
        "options": f'-c "{code}" REVISION_SCRIPT_FILENAME',
    }
    object.__setattr__(manager.settings, "post_write_hooks", (PostWriteHook("mine", options),))
    result = manager.generate("shop", "change")
    assert result.text.endswith("# formatted\n")
    assert result.path.read_text(encoding="utf-8") == result.text
    out, err = capfd.readouterr()
    assert out == ""
    assert "hooked" in err


def test_a_hook_that_ends_with_an_error(shop):
    """A command that is not content is told with its exit code, and the script stays."""
    manager = shop.manager()
    options = {
        "type": "exec",
        "executable": sys.executable,
        "options": '-c "raise SystemExit(3)" REVISION_SCRIPT_FILENAME',
    }
    hooks = (PostWriteHook("strict", options),)
    object.__setattr__(manager.settings, "post_write_hooks", hooks)
    result = manager.generate("shop", "change")
    assert result.notes == (f"the post-write hook strict ended with exit code 3 on {result.path}",)
    assert result.path.is_file()


def test_ruff_formats(shop):
    """A formatter of the same Python runs as Alembic's documentation has it."""
    pytest.importorskip("ruff")
    manager = shop.manager()
    options = {
        "type": "module",
        "module": "ruff",
        "options": "format --no-cache REVISION_SCRIPT_FILENAME",
    }
    object.__setattr__(manager.settings, "post_write_hooks", (PostWriteHook("ruff", options),))
    text = manager.generate("shop", "change").text
    assert '    op.create_table(\n        "product",\n' in text


def test_imports_are_those_used(shop):
    """A module is imported where its name is used, not where a text looks like it."""
    shop.models("shop", "String(40))", "String(40), server_default='op.x sa.y')")
    text = shop.generate("shop", rev_id="a1").text
    assert "import sqlalchemy as sa\n" in text
    shop.models("shop", "extension =", "from sqlalchemy.dialects import postgresql\nextension =")
    spare = ', Column("spare", postgresql.INET())'
    shop.models("shop", ', Column("name"', f'{spare}, Column("name"')
    text = shop.generate("shop", dry_run=True).text
    lines = [line for line in text.splitlines() if line.startswith(("import", "from"))]
    assert lines == [
        "from typing import Sequence, Union",
        "from alembic import op",
        "import sqlalchemy as sa",
        "from sqlalchemy.dialects import postgresql",
    ]
    shop.models("shop", spare, "")
    shop.models("shop", ", Column(\"name\", String(40), server_default='op.x sa.y')", "")
    server = {"url": "postgresql://nobody@127.0.0.1:1/none"}
    text = shop.generate("shop", dry_run=True, settings=server).text
    upgrade = text.partition("def downgrade")[0]
    assert "op.drop_column('product', 'name')" in upgrade
    assert "postgresql" not in text


def test_a_hook_that_breaks_the_script(shop):
    """A script that a hook broke is not left there."""
    manager = shop.manager()
    code = "import sys; open(sys.argv[1], 'w').write('def')"
    options = {
        "type": "exec",
        "executable": sys.executable,
        "options": f'-c "{code}" REVISION_SCRIPT_FILENAME',
    }
    object.__setattr__(manager.settings, "post_write_hooks", (PostWriteHook("mine", options),))
    with pytest.raises(ScriptError, match="the new script of shop is not valid"):
        manager.generate("shop", "change")
    assert shop.scripts("shop") == []
    assert not (shop.site / "shop" / "migrations").exists()


def test_a_plain_alembic_project_gets_no_label(tmp_path, monkeypatch):
    """The history of an ini with only a script_location stays as it is, without a label."""
    (tmp_path / "plainapp.py").write_text(
        "from sqlalchemy import Column, Integer, MetaData, Table\n"
        "metadata = MetaData()\n"
        "Table('item', metadata, Column('id', Integer, primary_key=True))\n"
        "Table('stock', metadata, Column('id', Integer, primary_key=True))\n",
        encoding="utf-8",
    )
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "env.py").write_text("", encoding="utf-8")
    (tmp_path / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = sqlite:///x.sqlite\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    models = {"migrations": {"models": "plainapp:metadata"}}
    result = Manager(file=tmp_path / "alembic.ini", extensions=models).generate(
        None, "items", rev_id="a1"
    )
    assert result.path == tmp_path / "migrations" / "versions" / "a1_items.py"
    assert "branch_labels: Union[str, Sequence[str], None] = None\n" in result.text
    assert '"""items\n\nRevision ID: a1\n' in result.text
    again = Manager(file=tmp_path / "alembic.ini", extensions=models).generate(None, "items")
    assert again.path is None
    del sys.modules["plainapp"]
