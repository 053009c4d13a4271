"""The application of these tests: six revisions with tables, rows, a rebuild, and a data step.

Installed as a distribution of its own for dbman, and with the usual env.py for plain Alembic, which
runs the very same scripts. The page cache is made small, so that SQLite writes to the file long
before COMMIT, as it does with a large database.
"""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from scripts_text import script

ROOT = Path(__file__).parent.parent.parent
INSTALLER = runpy.run_path(str(ROOT / "tests" / "demo" / "install.py"))

MODELS = """\
import sqlalchemy as sa

from dbman import Extension

metadata = sa.MetaData()
product = sa.Table(
    "product", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(40), nullable=False),
    sa.Column("price", sa.Integer, nullable=False, server_default="0"),
)
sa.Table(
    "review", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id"), nullable=False),
    sa.Column("text", sa.Text),
)
sa.Table("journal", metadata, sa.Column("id", sa.Integer, primary_key=True))
extension = Extension(metadata=metadata, prefix="")
"""

SMALL_CACHE = """\
if op.get_bind().dialect.name == "sqlite":
    op.execute("PRAGMA cache_size = 4")"""

REVISIONS = {
    "s1": (
        'op.create_table("product", sa.Column("id", sa.Integer, primary_key=True),\n'
        '    sa.Column("name", sa.String(40)))\n'
        'op.create_table("coupon", sa.Column("id", sa.Integer, primary_key=True))',
        'op.drop_table("coupon")\nop.drop_table("product")',
    ),
    "s2": (
        'op.bulk_insert(sa.table("product", sa.column("name")),\n'
        '    [{"name": f"product {number}"} for number in range(300)])',
        'op.execute("DELETE FROM product")',
    ),
    "s3": (
        f"{SMALL_CACHE}\n"
        'op.create_table("review", sa.Column("id", sa.Integer, primary_key=True),\n'
        '    sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id"), nullable=False),\n'
        '    sa.Column("text", sa.Text))\n'
        'op.execute("INSERT INTO review (product_id, text) "\n'
        "    \"SELECT id, REPLACE('what somebody wrote, at some length, who bought @', '@', name)\"\n"
        '    " FROM product")\n'
        'op.create_index("ix_review_product_id", "review", ["product_id"])',
        'op.drop_table("review")',
    ),
    "s4": (
        'with op.batch_alter_table("product") as batch:\n'
        '    batch.alter_column("name", new_column_name="title", nullable=False,\n'
        "        existing_type=sa.String(40))\n"
        '    batch.add_column(sa.Column("price", sa.Integer, nullable=False, server_default="0"))',
        'with op.batch_alter_table("product") as batch:\n'
        '    batch.drop_column("price")\n'
        '    batch.alter_column("title", new_column_name="name", nullable=True,\n'
        "        existing_type=sa.String(40))",
    ),
    "s5": (
        'op.execute("UPDATE product SET price = id * 2")\n'
        "op.execute(\"INSERT INTO product (title, price) VALUES ('late', 7)\")\n"
        'op.execute("DELETE FROM review WHERE id % 3 = 0")',
        "op.execute(\"DELETE FROM product WHERE title = 'late'\")",
    ),
    "s6": (
        'op.create_table("journal", sa.Column("id", sa.Integer, primary_key=True))\n'
        'op.drop_table("coupon")',
        f"{SMALL_CACHE}\n"
        'op.create_table("coupon", sa.Column("id", sa.Integer, primary_key=True))\n'
        'op.drop_table("journal")',
    ),
}
HEAD = "s6"
SIGNATURE = "def upgrade() -> None:"

ENV = """\
from alembic import context
from sqlalchemy import engine_from_config, pool

engine = engine_from_config(
    context.config.get_section(context.config.config_ini_section, {}),
    prefix="sqlalchemy.",
    poolclass=pool.NullPool,
)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
INI = """\
[alembic]
script_location = {alembic}
version_locations = {versions}
path_separator = newline
sqlalchemy.url = {url}
"""


@dataclass(frozen=True)
class Application:
    """The application, installed in a folder."""

    site: Path
    """What goes on `sys.path`."""

    @property
    def migrations(self) -> Path:
        """Return the folder of its scripts."""
        return self.site / "store" / "migrations"

    def write(self, revision: str, upgrade: str, *, signature: str = SIGNATURE) -> Path:
        """Write a further script whose upgrade() is this body, in place of an earlier one."""
        path = self.migrations / f"{revision}.py"
        text = script(revision, upgrade, down=HEAD)
        path.write_text(text.replace(SIGNATURE, signature), encoding="utf-8")
        return path

    def ini(self, url: str) -> Path:
        """Write the ini of a database for Alembic, and return it."""
        path = self.site / f"{sha256(url.encode()).hexdigest()[:12]}.ini"
        text = INI.format(alembic=self.site / "alembic", versions=self.migrations, url=url)
        path.write_text(text, encoding="utf-8")
        return path


def install(site: Path) -> Application:
    """Install the application into a new folder."""
    application = Application(site)
    application.migrations.mkdir(parents=True)
    package = site / "store"
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "db.py").write_text(MODELS, encoding="utf-8")
    down = None
    for revision, (up, undo) in REVISIONS.items():
        text = script(revision, up, undo, down=down, label=None if down else "store")
        (application.migrations / f"{revision}.py").write_text(text, encoding="utf-8")
        down = revision
    points = {"dbman.extensions": {"store": "store.db:extension"}}
    project = {"name": "store", "version": "1.0", "entry-points": points}
    INSTALLER["write_dist_info"](site, project, package="store")
    (site / "alembic").mkdir()
    (site / "alembic" / "env.py").write_text(ENV, encoding="utf-8")
    return application
