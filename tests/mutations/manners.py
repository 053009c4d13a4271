"""Faults of manners: other people's tables, the version table, what a script should not do."""

from __future__ import annotations

from mutations.fault import Edit, Fault, adds, change, fault, model

DEPENDS = "624425d05d37"


def runs(*lines: str, down: str = "pass", depends: str | None = None) -> Edit:
    """Return a script of poser that runs some lines."""
    return adds("poser", "p6", "\n".join(lines), down, depends=depends)


FAULTS: tuple[Fault, ...] = (
    fault("a table without the prefix", "notes",
          adds("notes", "n4tag", 'op.create_table("tag", sa.Column("id", sa.Integer,'
               ' primary_key=True))', 'op.drop_table("tag")'),
          model('note = Table(\n', 'tag = Table("tag", metadata,'
                ' Column("id", Integer, primary_key=True))\nnote = Table(\n')),
    fault("a column in another extension's table", "poser",
          runs('op.add_column("product", sa.Column("poser_x", sa.Integer))',
               down='op.drop_column("product", "poser_x")', depends=DEPENDS)),
    fault("an index on another extension's table", "poser",
          runs('op.create_index("ix_poser_x", "product", ["price"])',
               down='op.drop_index("ix_poser_x", "product")', depends="a92279fce608")),
    fault("an index of another extension is dropped", "poser",
          runs('op.drop_index("ix_purchase_status_placed_at", "purchase")',
               down='op.create_index("ix_purchase_status_placed_at", "purchase",'
               ' ["status", "placed_at"])', depends="a92279fce608")),
    fault("another extension's rows are changed", "poser",
          runs('op.execute("UPDATE product SET price = 0")', depends="a92279fce608")),
    fault("another extension's rows are deleted", "poser",
          runs('op.execute("DELETE FROM review")', depends="a92279fce608")),
    fault("a downgrade deletes another extension's rows", "poser",
          runs("pass", down='op.execute("DELETE FROM review")', depends="a92279fce608")),
    fault("a downgrade drops another extension's index", "poser",
          runs("pass", down='op.drop_index("ix_purchase_status_placed_at", "purchase")',
               depends="a92279fce608")),
    fault("another extension's version is dropped with its table", "poser",
          runs('op.execute("DROP TABLE IF EXISTS notes_note")')),
    fault("a script looks who else is installed", "poser",
          runs('if sa.inspect(op.get_bind()).has_table("notes_note"):',
               '    op.add_column("poser_pose", sa.Column("note_id", sa.Integer))',
               down='if sa.inspect(op.get_bind()).has_table("notes_note"):\n'
               '    op.drop_column("poser_pose", "note_id")')),
    fault("a script writes the version table", "poser",
          runs('op.execute("INSERT INTO alembic_version (version_num) VALUES (\'p7\')")')),
    fault("a script imports the models", "poser",
          runs("from poser.models import Base", "len(Base.metadata.tables)")),
    fault("a script makes the tables of the models", "notes",
          adds("notes", "n4all", "from notes.models import metadata\n"
               "metadata.create_all(op.get_bind())")),
    fault("a script commits", "poser", runs('op.execute("COMMIT")')),
    fault("a script runs a PRAGMA", "poser", runs('op.execute("PRAGMA foreign_keys = ON")')),
    fault("a script runs VACUUM", "poser", runs('op.execute("VACUUM")')),
    fault("SQL of another database", "poser",
          runs('op.execute("UPDATE poser_pose SET angle = angle::integer")')),
    fault("a script ends the process", "poser", runs("import sys", "sys.exit(0)")),
    fault("a script cannot be read", "poser", change("fcaaeeb59677", "def upgrade()", "def upgrade(")),
    fault("a script imports what is not installed", "poser",
          change("fcaaeeb59677", "import sqlalchemy as sa", "import sqlalchemy as sa\nimport nosuch")),
    fault("a column of type PickleType", "poser",
          runs('op.add_column("poser_pose", sa.Column("state", sa.PickleType))',
               down='op.drop_column("poser_pose", "state")'),
          model("angle = Column(", "state = Column(PickleType)\n    angle = Column("),
          model("from sqlalchemy import Boolean,", "from sqlalchemy import Boolean, PickleType,")),
    fault("an import that nothing uses", "poser",
          change("fcaaeeb59677", "import sqlalchemy as sa", "import sqlalchemy as sa\nimport json")),
    fault("a script without a docstring", "poser", runs("pass"),
          change("migrations/p6_of_a_fault.py", '"""p6 of a fault', '"""')),
)  # fmt: skip
