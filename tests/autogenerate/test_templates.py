"""Which template a new script is made from, and what a template may do."""

from __future__ import annotations

import shutil
from pathlib import Path

import alembic
import pytest

from dbman import Manager
from dbman.errors import ScriptError, SettingsError

GENERIC = Path(alembic.__file__).parent / "templates" / "generic" / "script.py.mako"
TEMPLATE = '''"""${message} by TEMPLATE"""
${"\\n".join(usual_imports)}
${imports}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}

def upgrade():
    ${upgrades or "pass"}

def downgrade():
    ${downgrades or "pass"}
'''


def test_the_extension_s_before_the_project_s(shop):
    """That beside the scripts wins over that of the settings, which wins over dbman's."""
    folder = shop.site.parent

    def first_line(**settings):
        return shop.generate("shop", dry_run=True, settings=settings).text.splitlines()[0]

    assert first_line() == '"""change'
    (folder / "mine.mako").write_text(TEMPLATE.replace("TEMPLATE", "path"), encoding="utf-8")
    assert first_line(script_template=str(folder / "mine.mako")) == '"""change by path"""'
    inside = shop.site / "shop" / "inside.mako"
    inside.write_text(TEMPLATE.replace("TEMPLATE", "package"), encoding="utf-8")
    assert first_line(script_template="shop:inside.mako") == '"""change by package"""'
    own = shop.site / "shop" / "migrations" / "script.py.mako"
    own.parent.mkdir()
    own.write_text(TEMPLATE.replace("TEMPLATE", "own"), encoding="utf-8")
    assert first_line(script_template="shop:inside.mako") == '"""change by own"""'
    shop.generate("shop", rev_id="a1")
    shop.manager().initdb()
    assert shop.manager().checkdb().at_head


def test_alembic_s_own_template(tmp_path, monkeypatch):
    """In a plain Alembic project its script.py.mako is taken, as `alembic revision` would."""
    (tmp_path / "plainapp.py").write_text(
        "from sqlalchemy import Column, Integer, MetaData, Table\n"
        "metadata = MetaData()\n"
        "Table('item', metadata, Column('id', Integer, primary_key=True))\n",
        encoding="utf-8",
    )
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "env.py").write_text("", encoding="utf-8")
    shutil.copy(GENERIC, folder)
    template = folder / "script.py.mako"
    text = template.read_text("utf-8")
    template.write_text(text + "# of ${config.config_file_name}\n", encoding="utf-8")
    (tmp_path / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = sqlite:///x.sqlite\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    models = {"migrations": {"models": "plainapp:metadata"}}
    manager = Manager(file=tmp_path / "alembic.ini", extensions=models)
    result = manager.generate(None, "items", rev_id="a1")
    assert result.path == folder / "versions" / "a1_items.py"
    assert result.text.startswith('"""items\n\nRevision ID: a1\nRevises: \n')
    assert result.text.endswith(f"# of {tmp_path / 'alembic.ini'}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${nosuch}", "cannot be filled in: NameError: Undefined"),
        ("% if x:\n", "cannot be filled in: SyntaxException: "),
        ("<% 1 / 0 %>", "cannot be filled in: ZeroDivisionError: division by zero"),
    ],
)
def test_a_broken_template(shop, text, message):
    """A template that cannot be filled in is told with the reason, and nothing is left."""
    template = shop.site / "broken.mako"
    template.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        shop.generate("shop", settings={"script_template": str(template)})
    assert caught.value.message.startswith(f"the template {template} {message}")
    assert shop.scripts("shop") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "the new script of shop is not valid"),
        (TEMPLATE.replace("${repr(up_revision)}", "'mine'"), "the new script of shop lost its"),
    ],
)
def test_a_template_that_loses_what_matters(shop, text, message):
    """A script that is none, or has another header, is refused."""
    template = shop.site / "odd.mako"
    template.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=message):
        shop.generate("shop", settings={"script_template": str(template)})
    assert shop.scripts("shop") == []


def test_a_template_that_is_not_there(shop):
    """The path that was looked at is told."""
    with pytest.raises(SettingsError) as caught:
        shop.generate("shop", settings={"script_template": "/no/such.mako"})
    assert caught.value.message == (
        "script_template = '/no/such.mako': there is no file /no/such.mako"
    )
    assert caught.value.hint == "name a Mako template, as a path or as 'package:file'"
