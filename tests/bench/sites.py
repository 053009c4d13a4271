"""Write a generated application: packages with entry points, models, scripts, and an Alembic ini."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.histories import ROWS, History, Kind, Step, Table

_install = runpy.run_path(str(Path(__file__).parents[1] / "demo" / "install.py"))

_SCRIPT = '''"""{kind}

Revision ID: {id}
Revises: {down}
Create Date: 2026-01-01 00:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {down!r}
branch_labels = {label!r}
depends_on = {depends_on!r}


def upgrade() -> None:
{up}


def downgrade() -> None:
{undo}
'''

_ENV = '''"""What `alembic init` writes, with the models of all extensions."""

from importlib.metadata import entry_points

from alembic import context
from sqlalchemy import engine_from_config, pool

for point in sorted(entry_points(group="dbman.extensions")):
    point.load()

from core.db import metadata  # noqa: E402 - all extensions define their tables into it

config = context.config
connectable = engine_from_config(
    config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
)
with connectable.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
'''

_INI = """[alembic]
script_location = %(here)s/alembic
path_separator = newline
version_locations =
    {locations}
sqlalchemy.url = sqlite:///alembic.db
"""


def write_site(folder: Path, histories: Sequence[History]) -> None:
    """Write the packages to `folder/site`, and what both tools are told to `folder`."""
    site = folder / "site"
    for history in histories:
        package = site / history.name
        migrations = package / "migrations"
        migrations.mkdir(parents=True)
        (package / "__init__.py").write_text("", encoding="utf-8")
        (package / "db.py").write_text(models(history), encoding="utf-8")
        for step in history.steps:
            (migrations / f"{step.id}.py").write_text(script(history, step), encoding="utf-8")
        project = {
            "name": f"bench-{history.name}",
            "version": "1.0",
            "entry-points": {"dbman.extensions": {history.name: f"{history.name}.db"}},
        }
        _install["write_dist_info"](site, project, history.name)
    environment = folder / "alembic"
    environment.mkdir()
    (environment / "env.py").write_text(_ENV, encoding="utf-8")
    (environment / "script.py.mako").write_text(_template(), encoding="utf-8")
    locations = [str(site / history.name / "migrations") for history in histories]
    ini = _INI.format(locations="\n    ".join(locations))
    (folder / "alembic.ini").write_text(ini, encoding="utf-8")
    (folder / "dbman.toml").write_text(
        'url = "sqlite:///dbman.db"\ncore = "core"\n', encoding="utf-8"
    )
    (folder / "app.py").write_text(_FLASK, encoding="utf-8")
    # Bytecode of packages is there after their installation; that of scripts after the first run.
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(site)], check=True)


def script(history: History, step: Step) -> str:
    """Return the text of one revision."""
    up, undo = _body(step)
    return _SCRIPT.format(
        kind=step.kind.value,
        id=step.id,
        down=step.down,
        label=(history.name,) if step.down is None else None,
        depends_on=step.depends_on,
        up=_indented(up),
        undo=_indented(undo),
    )


def models(history: History, *, changed: bool = False) -> str:
    """Return the module of an extension's tables, as they are at the head.

    Where it is `changed`, the last table has a column more.
    """
    shared = "metadata = MetaData()" if history.name == "core" else "from core.db import metadata"
    last = list(history.tables)[-1] if changed else None
    tables = "\n".join(_model(each, each.name == last) for each in history.tables.values())
    first = "from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table\n"
    return f"{first}\n{shared}\n\n{tables}"


def _model(table: Table, changed: bool) -> str:
    width = 100 if Kind.WIDEN in table.done else 50
    columns = [
        'Column("id", Integer, primary_key=True)',
        f'Column("name", String({width}), nullable=False)',
    ]
    if table.parent:
        columns.append(f'Column("parent_id", Integer, ForeignKey("{table.parent}.id"))')
    if Kind.SIZE in table.done:
        columns.append('Column("size", Integer)')
    if Kind.STATE in table.done:
        columns.append('Column("state", String(20), server_default="new", nullable=False)')
    if changed:
        columns.append('Column("extra", String(7))')
    if Kind.INDEX in table.done:
        columns.append(f'Index("ix_{table.name}_name", "name")')
    if Kind.PAIR in table.done:
        columns.append(f'Index("uq_{table.name}_pair", "name", "id", unique=True)')
    inside = ",\n    ".join([f'"{table.name}"', "metadata", *columns])
    return f"Table(\n    {inside},\n)\n"


def _body(step: Step) -> tuple[str, str]:
    """Return what a revision does, and how that is undone."""
    table = step.table
    match step.kind:
        case Kind.TABLE | Kind.LINK:
            columns = [
                'sa.Column("id", sa.Integer, primary_key=True)',
                'sa.Column("name", sa.String(50), nullable=False)',
            ]
            if step.parent:
                columns.append('sa.Column("parent_id", sa.Integer)')
                columns.append(f'sa.ForeignKeyConstraint(["parent_id"], ["{step.parent}.id"])')
            inside = ",\n    ".join([f'"{table}"', *columns])
            return f"op.create_table(\n    {inside},\n)", f'op.drop_table("{table}")'
        case Kind.SIZE:
            return (
                f'op.add_column("{table}", sa.Column("size", sa.Integer))',
                f'op.drop_column("{table}", "size")',
            )
        case Kind.INDEX:
            return (
                f'op.create_index("ix_{table}_name", "{table}", ["name"])',
                f'op.drop_index("ix_{table}_name")',
            )
        case Kind.DATA:
            rows = ", ".join(f'{{"id": {n}, "name": "row {n}"}}' for n in range(1, ROWS + 1))
            made = 'sa.table({!r}, sa.column("id", sa.Integer), sa.column("name", sa.String))'
            return (
                f"op.bulk_insert({made.format(table)}, [{rows}])",
                f'op.execute("DELETE FROM {table}")',
            )
        case Kind.STATE:
            column = 'sa.Column("state", sa.String(20), server_default="new", nullable=False)'
            return (
                f'op.add_column("{table}", {column})',
                f'op.drop_column("{table}", "state")',
            )
        case Kind.WIDEN:
            return _widened(table, 50, 100), _widened(table, 100, 50)
        case Kind.PAIR:
            return (
                f'op.create_index("uq_{table}_pair", "{table}", ["name", "id"], unique=True)',
                f'op.drop_index("uq_{table}_pair")',
            )


def _widened(table: str, old: int, new: int) -> str:
    return (
        f'with op.batch_alter_table("{table}") as batch:\n'
        f'    batch.alter_column("name", existing_type=sa.String({old}), type_=sa.String({new}),'
        " existing_nullable=False)"
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())


def _template() -> str:
    import alembic

    place = Path(alembic.__file__).parent / "templates" / "generic" / "script.py.mako"
    return place.read_text(encoding="utf-8")


_FLASK = '''"""The same application under Flask-Migrate."""

from importlib.metadata import entry_points

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

for point in sorted(entry_points(group="dbman.extensions")):
    point.load()

from core.db import metadata  # noqa: E402 - all extensions define their tables into it

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + app.root_path + "/flask.db"
db = SQLAlchemy(app, metadata=metadata)
Migrate(app, db, directory=app.root_path + "/flask_migrations", render_as_batch=True)
'''
