"""Faults that an empty table hides."""

from __future__ import annotations

from mutations.fault import Fault, adds, change, fault, model

NEW = ", server_default=sa.false(), nullable=False"
POSE = 'with op.batch_alter_table("poser_pose") as batch:\n'

FAULTS: tuple[Fault, ...] = (
    fault("NOT NULL without a default", "notes",
          change("fb3ec6aa3894", "op.add_column('notes_note', sa.Column('pinned', sa.Boolean()" + NEW,
                 "with op.batch_alter_table('notes_note') as batch:\n"
                 "        batch.add_column(sa.Column('pinned', sa.Boolean(), nullable=False"),
          model("Boolean, server_default=false(), nullable", "Boolean, nullable")),
    fault("NOT NULL on a column that holds NULLs", "poser",
          adds("poser", "p6null", 'with op.batch_alter_table("poser_widget") as batch:\n'
               '    batch.alter_column("label", existing_type=sa.String(200), nullable=False)',
               'with op.batch_alter_table("poser_widget") as batch:\n'
               '    batch.alter_column("label", existing_type=sa.String(200), nullable=True)'),
          model("label = Column(String(200))", "label = Column(String(200), nullable=False)")),
    fault("unique over what is there twice", "poser",
          adds("poser", "p6unique",
               POSE + '    batch.create_unique_constraint("uq_poser_pose_angle", ["angle"])',
               POSE + '    batch.drop_constraint("uq_poser_pose_angle", type_="unique")'),
          model("angle = Column(Integer, ", "angle = Column(Integer, unique=True, ")),
    fault("a unique index over what is there twice", "gadget",
          adds("gadget", "g4unique",
               'op.create_index("ix_gadget_device_name", "gadget_device", ["name"], unique=True)',
               'op.drop_index("ix_gadget_device_name", "gadget_device")'),
          model("name = Column(String(80), nullable=False)",
                "name = Column(String(80), unique=True, index=True, nullable=False)")),
    fault("a type that is too narrow", "poser",
          adds("poser", "p6narrow", 'with op.batch_alter_table("poser_widget") as batch:\n'
               '    batch.alter_column("stance", existing_type=sa.String(40), type_=sa.String(4),'
               ' existing_nullable=False)',
               'with op.batch_alter_table("poser_widget") as batch:\n'
               '    batch.alter_column("stance", existing_type=sa.String(4), type_=sa.String(40),'
               ' existing_nullable=False)'),
          model("String(40)", "String(4)")),
    fault("a check that rows do not keep", "poser",
          adds("poser", "p6check",
               POSE + '    batch.create_check_constraint("angle", "angle BETWEEN 0 AND 1")',
               POSE + '    batch.drop_constraint("ck_poser_pose_angle", type_="check")'),
          model("from sqlalchemy import Boolean,", "from sqlalchemy import Boolean, CheckConstraint,"),
          model('__tablename__ = "poser_pose"', '__tablename__ = "poser_pose"\n    __table_args__ ='
                ' (CheckConstraint("angle BETWEEN 0 AND 1", name="angle"),)')),
    fault("a foreign key that rows do not keep", "poser",
          adds("poser", "p6key", POSE + '    batch.create_foreign_key('
               '"fk_poser_pose_angle_product", "product", ["angle"], ["id"])',
               POSE + '    batch.drop_constraint("fk_poser_pose_angle_product",'
               ' type_="foreignkey")'),
          model("angle = Column(Integer, ", 'angle = Column(Integer, ForeignKey("product.id"), ')),
    fault("a rebuild that drops the children's rows", "notes",
          adds("notes", "n4rebuild",
               'op.execute("DELETE FROM notes_note")\n'
               'with op.batch_alter_table("notes_notebook", recreate="always") as batch:\n'
               '    batch.alter_column("title", existing_type=sa.String(80), nullable=False)')),
    fault("a rebuild by hand that copies no rows", "notes",
          adds("notes", "n4rebuild",
               'op.rename_table("notes_note", "notes_n")\n'
               'op.create_table("notes_note", sa.Column("id", sa.Integer, primary_key=True),'
               ' sa.Column("notebook_id", sa.Integer, sa.ForeignKey("notes_notebook.id"),'
               ' nullable=False), sa.Column("body", sa.Text, nullable=False),'
               ' sa.Column("pinned", sa.Boolean, server_default=sa.false(), nullable=False))\n'
               'op.drop_table("notes_n")')),
    fault("a rebuild by hand that forgets a column", "notes",
          adds("notes", "n4rebuild",
               'op.rename_table("notes_note", "notes_n")\n'
               'op.create_table("notes_note", sa.Column("id", sa.Integer, primary_key=True),'
               ' sa.Column("notebook_id", sa.Integer, sa.ForeignKey("notes_notebook.id"),'
               ' nullable=False), sa.Column("body", sa.Text, nullable=False),'
               ' sa.Column("pinned", sa.Boolean, server_default=sa.false(), nullable=False))\n'
               'op.execute("INSERT INTO notes_note (id, notebook_id, body)'
               ' SELECT id, notebook_id, body FROM notes_n")\n'
               'op.drop_table("notes_n")')),
    fault("a column is renamed by dropping it", "poser",
          adds("poser", "p6rename", POSE + '    batch.drop_column("angle")\n'
               '    batch.add_column(sa.Column("turn", sa.Integer, server_default="0",'
               ' nullable=False))',
               POSE + '    batch.drop_column("turn")\n'
               '    batch.add_column(sa.Column("angle", sa.Integer, server_default="0",'
               ' nullable=False))'),
          model("angle = Column(", "turn = Column(")),
    fault("a data step that takes one row for granted", "poser",
          adds("poser", "p6one", 'row = op.get_bind().execute(sa.text('
               '"SELECT id FROM poser_widget")).all()\nassert len(row) < 2')),
    fault("a data step that takes no NULL", "poser",
          adds("poser", "p6null", 'for row in op.get_bind().execute(sa.text('
               '"SELECT label FROM poser_widget")):\n    row[0].strip()')),
    fault("a data step that touches all rows of another column", "poser",
          adds("poser", "p6all", 'op.execute("UPDATE poser_pose SET angle = 0")')),
    fault("a data step that deletes all rows", "poser",
          adds("poser", "p6all", 'op.execute("DELETE FROM poser_pose")')),
    fault("a table is dropped with its rows", "notes",
          adds("notes", "n4drop", 'op.drop_table("notes_note")',
               'op.create_table("notes_note", sa.Column("id", sa.Integer, primary_key=True),'
               ' sa.Column("notebook_id", sa.Integer, sa.ForeignKey("notes_notebook.id"),'
               ' nullable=False), sa.Column("body", sa.Text, nullable=False),'
               ' sa.Column("pinned", sa.Boolean, server_default=sa.false(), nullable=False))'),
          change("models.py", 'note = Table(\n    "notes_note",\n    metadata,',
                 'note = Table(\n    "notes_note",\n    MetaData(),'),
          change("models.py", 'ForeignKey("notes_notebook.id")', "ForeignKey(notebook.c.id)")),
)  # fmt: skip
