"""Faults between models and migrations: what one has and the other has not."""

from __future__ import annotations

from mutations.fault import Fault, adds, change, fault, model

TAG = 'op.create_table("{}", sa.Column("id", sa.Integer, primary_key=True))'
STANCE = "stance = Column(String(40), index=True, nullable=False)"
ANGLE = 'angle = Column(Integer, server_default=text("0"), nullable=False)'

FAULTS: tuple[Fault, ...] = (
    fault("a column of the models is missing", "poser",
          model("label = Column(String(200))",
                "label = Column(String(200))\n    colour = Column(String(20))")),
    fault("a table of the models is missing", "notes",
          model('note = Table(', 'tag = Table("notes_tag", metadata,'
                ' Column("id", Integer, primary_key=True))\nnote = Table(')),
    fault("an index of the models is missing", "poser",
          model("angle = Column(Integer, ", "angle = Column(Integer, index=True, ")),
    fault("a unique constraint of the models is missing", "poser",
          model(STANCE, STANCE.replace("index=True, ", "index=True, unique=True, "))),
    fault("a check of the models is missing", "poser",
          model("from sqlalchemy import Boolean,", "from sqlalchemy import Boolean, CheckConstraint,"),
          model('__tablename__ = "poser_pose"',
                '__tablename__ = "poser_pose"\n'
                '    __table_args__ = (CheckConstraint("angle < 360", name="angle"),)')),
    fault("a foreign key of the models is missing", "poser",
          model(ANGLE, ANGLE + '\n    user_id = Column(Integer, ForeignKey("user.id"))'),
          adds("poser", "p6user",
               'op.add_column("poser_pose", sa.Column("user_id", sa.Integer))',
               'op.drop_column("poser_pose", "user_id")')),
    fault("a server default is another one", "poser",
          model('server_default=text("0")', 'server_default=text("90")')),
    fault("a server default is missing in the models", "poser",
          model('server_default=text("0"), ', "")),
    fault("a column may be NULL", "poser",
          model(STANCE, STANCE.replace("nullable=False", "nullable=True"))),
    fault("a type is longer in the models", "poser", model("String(200)", "String(300)")),
    fault("a type is another one", "poser", model("label = Column(String(200))",
                                                  "label = Column(Integer)")),
    fault("ON DELETE is another one", "poser",
          model('ForeignKey("product.id")', 'ForeignKey("product.id", ondelete="SET NULL")')),
    fault("a collation of the models is missing", "notes",
          model('Column("title", String(80)', 'Column("title", String(80, collation="NOCASE")')),
    fault("a computed column of the models is missing", "notes",
          model("from sqlalchemy import Boolean,", "from sqlalchemy import Boolean, Computed,"),
          model('Column("body", Text, nullable=False),',
                'Column("body", Text, nullable=False),\n'
                '    Column("size", Integer, Computed("length(body)")),'),
          adds("notes", "n4size", 'op.add_column("notes_note", sa.Column("size", sa.Integer))',
               'op.drop_column("notes_note", "size")')),
    fault("the order of an index is another one", "acme",
          model('"status", "placed_at"),)', '"placed_at", "status"),)')),
    fault("a partial index has another condition", "acme",
          model('"status", "placed_at"),)',
                '"status", "placed_at", sqlite_where=text("status <> \'paid\'")),)')),
    fault("the primary key is another one", "notes",
          change("48484964cb8b", "sa.PrimaryKeyConstraint('id')",
                 "sa.PrimaryKeyConstraint('id', 'title')")),
    fault("ids may be used again: AUTOINCREMENT is missing", "notes",
          model('    Column("title", String(80), nullable=False),\n',
                '    Column("title", String(80), nullable=False),\n    sqlite_autoincrement=True,\n')),
    fault("a check that the models have not", "notes",
          adds("notes", "n4check",
               'with op.batch_alter_table("notes_note") as batch:\n'
               '    batch.create_check_constraint("ck_note_body", "length(body) < 9000")',
               'with op.batch_alter_table("notes_note") as batch:\n'
               '    batch.drop_constraint("ck_note_body", type_="check")')),
    fault("a trigger that the models have not", "notes",
          adds("notes", "n4trigger",
               'op.execute("CREATE TRIGGER notes_t AFTER DELETE ON notes_note'
               ' BEGIN SELECT 1; END")', 'op.execute("DROP TRIGGER notes_t")')),
    fault("a table that is left over", "notes",
          adds("notes", "n4old", TAG.format("notes_old"), 'op.drop_table("notes_old")')),
    fault("a column that is left over", "notes",
          adds("notes", "n4old", 'op.add_column("notes_note", sa.Column("old", sa.Integer))',
               'op.drop_column("notes_note", "old")')),
    fault("an index that is left over", "notes",
          adds("notes", "n4old", 'op.create_index("ix_notes_old", "notes_note", ["body"])',
               'op.drop_index("ix_notes_old", "notes_note")')),
    fault("a column is dropped that the models have", "poser",
          adds("poser", "p6drop", 'with op.batch_alter_table("poser_pose") as batch:\n'
               '    batch.drop_column("angle")',
               'with op.batch_alter_table("poser_pose") as batch:\n    batch.add_column('
               'sa.Column("angle", sa.Integer, server_default="0", nullable=False))')),
)  # fmt: skip
