"""Texts of migration scripts and models, for tests that make their own extensions."""

from __future__ import annotations

from textwrap import indent


def script(
    revision: str,
    upgrade: str = "pass",
    downgrade: str = "pass",
    *,
    down: str | None = None,
    depends: str | None = None,
    label: str | None = None,
    created: str = "2024-01-01 00:00:00",
) -> str:
    """Return a script as Alembic renders it."""
    return f'''"""{revision} of a test

Revision ID: {revision}
Revises: {down or ""}
Create Date: {created}

"""
from alembic import op
import sqlalchemy as sa

revision = {revision!r}
down_revision = {down!r}
branch_labels = {(label,) if label else None!r}
depends_on = {depends!r}


def upgrade() -> None:
{indent(upgrade, "    ")}


def downgrade() -> None:
{indent(downgrade, "    ")}
'''


def makes(table: str, *columns: str) -> tuple[str, str]:
    """Return the bodies of upgrade and downgrade of a script that makes a table."""
    shown = ", ".join(['sa.Column("id", sa.Integer, primary_key=True)', *columns])
    return f'op.create_table("{table}", {shown})', f'op.drop_table("{table}")'


def refers(column: str, target: str) -> str:
    """Return a column with a foreign key."""
    return f'sa.Column("{column}", sa.Integer, sa.ForeignKey("{target}"))'


def models(prefix: str, **tables: str) -> str:
    """Return a module that holds an `Extension` with these tables; values are further columns."""
    made = "\n".join(
        f'sa.Table("{name}", metadata, sa.Column("id", sa.Integer, primary_key=True), {columns})'
        for name, columns in tables.items()
    )
    return (
        "import sqlalchemy as sa\n\nfrom dbman import Extension\n\n"
        f"metadata = sa.MetaData()\n{made}\n"
        f"extension = Extension(metadata=metadata, prefix={prefix!r})\n"
    )
