"""Faults of downgrades: what they leave, lose, or cannot do."""

from __future__ import annotations

from mutations.fault import Fault, adds, body, change, fault

TRIGGER = (
    'op.execute("CREATE TRIGGER poser_t AFTER INSERT ON poser_widget'
    ' BEGIN UPDATE poser_widget SET label = stance WHERE id = NEW.id; END")'
)
REBUILD = """with op.batch_alter_table("poser_pose", recreate="always") as batch:
    batch.alter_column("angle", server_default=None)"""

FAULTS: tuple[Fault, ...] = (
    fault("an index stays after the downgrade", "poser", body("4bd4eb8c74b1", "downgrade", "pass")),
    fault("a table stays after the downgrade", "poser", body("f6f2530af3c0", "downgrade", "pass")),
    fault("a column stays after the downgrade", "notes", body("fb3ec6aa3894", "downgrade", "pass")),
    fault(
        "a trigger stays after the downgrade",
        "poser",
        adds("poser", "p6trigger", TRIGGER, "pass"),
    ),
    fault(
        "a view stays after the downgrade",
        "notes",
        adds("notes", "n4view", 'op.execute("CREATE VIEW notes_v AS SELECT id FROM notes_note")'),
    ),
    fault(
        "a check stays after the downgrade",
        "notes",
        adds(
            "notes",
            "n4check",
            'with op.batch_alter_table("notes_note") as batch:\n'
            '    batch.create_check_constraint("ck_body", "length(body) < 9000")',
        ),
    ),
    fault(
        "a unique constraint stays after the downgrade",
        "gadget",
        change(
            "dd3e423c3676",
            "        batch_op.drop_constraint(batch_op.f('uq_gadget_device_serial'), type_='unique')\n"
            "        batch_op.drop_column('serial')\n",
            "        pass\n",
        ),
    ),
    fault(
        "an index is not unique any more, and stays so",
        "acme",
        change("aa9b35ddb8a9", "['email'], unique=False", "['email'], unique=True"),
    ),
    fault(
        "a downgrade drops another column, too",
        "notes",
        change("fb3ec6aa3894", "op.drop_column('notes_note', 'pinned')",
               "op.drop_column('notes_note', 'pinned')\n    op.drop_column('notes_note', 'body')"),
    ),
    fault(
        "a downgrade drops an index that was there before",
        "acme",
        change("d5cccafd24c8", "sa.Column('note', sa.String(length=255), nullable=True))",
               "sa.Column('note', sa.String(length=255), nullable=True))\n"
               "        batch_op.drop_index('ix_purchase_status_placed_at')"),
    ),
    fault(
        "a column comes back with another type",
        "acme",
        change("d5cccafd24c8", "sa.String(length=255)", "sa.Text()"),
    ),
    fault(
        "a column comes back NOT NULL",
        "acme",
        change("d5cccafd24c8", "nullable=True", "nullable=False, server_default=''"),
    ),
    fault(
        "a table comes back without a column",
        "acme",
        change("787ee00b66c0", "    sa.Column('percent', sa.Integer(), nullable=False),\n", ""),
    ),
    fault(
        "a table comes back without its unique constraint",
        "acme",
        change("787ee00b66c0", "    sa.PrimaryKeyConstraint('id'),\n"
               "    sa.UniqueConstraint('code', name=op.f('uq_coupon_code'))\n",
               "    sa.PrimaryKeyConstraint('id')\n"),
    ),
    fault("a table is not renamed back", "acme", body("460009ba91e4", "downgrade", "pass")),
    fault(
        "a type is not narrowed back",
        "acme",
        change("ef0104cbe419", "type_=sa.VARCHAR(length=120)", "type_=sa.VARCHAR(length=200)"),
    ),
    fault(
        "a downgrade loses a server default",
        "poser",
        change("fcaaeeb59677", "batch_op.drop_column('favourite')",
               "batch_op.drop_column('favourite')\n"
               "        batch_op.alter_column('angle', server_default=None)"),
    ),
    fault(
        "a downgrade loses a trigger in a rebuild of its own",
        "poser",
        adds("poser", "p6trigger", TRIGGER, 'op.execute("DROP TRIGGER poser_t")'),
        adds(
            "poser",
            "p7rebuild",
            'op.add_column("poser_widget", sa.Column("extra", sa.Integer))',
            'op.execute("CREATE TABLE poser_n AS SELECT id, product_id, stance, label FROM'
            ' poser_widget")\nop.drop_table("poser_widget")\n'
            'op.rename_table("poser_n", "poser_widget")',
            after="p6trigger",
        ),
    ),
    fault("a downgrade is missing", "notes",
          change("fb3ec6aa3894", "def downgrade() -> None:", "def undo() -> None:")),
    fault("a downgrade raises NotImplementedError", "notes",
          body("fb3ec6aa3894", "downgrade", "raise NotImplementedError")),
    fault("a downgrade names a table that is not there", "notes",
          change("2756850f3c6c", "op.drop_table('notes_note')", "op.drop_table('notes_notes')")),
    fault("a downgrade drops the wrong table", "poser",
          change("f6f2530af3c0", "op.drop_table('poser_pose')", "op.drop_table('poser_widget')")),
    fault("a downgrade deletes rows that it did not bring", "gadget",
          change("d49a087dc33e", ".where(device.c.name == 'first')", "")),
    fault(
        "rows that an upgrade brings stay, and it fails the second time",
        "notes",
        adds("notes", "n4seed",
             'op.execute("INSERT INTO notes_notebook (id, title) VALUES (7077, \'first\')")'),
    ),
)  # fmt: skip
