"""Faults of the graph: dependencies, labels, ids, heads."""

from __future__ import annotations

from mutations.fault import Fault, adds, change, fault, model

REFERS = (
    'op.create_table("gadget_stand", sa.Column("id", sa.Integer, primary_key=True),'
    ' sa.Column("widget_id", sa.Integer,'
    ' sa.ForeignKey("poser_widget.id", name="fk_gadget_stand_widget_id_poser_widget")))'
)
STAND = '''

class Stand(Base):
    """Where a widget stands."""

    __tablename__ = "gadget_stand"

    id = Column(Integer, primary_key=True)
    widget_id = Column(Integer, ForeignKey("poser_widget.id"))
'''
ON_PRODUCT = "depends_on: Union[str, Sequence[str], None] = '624425d05d37'"
ON_NAME = "depends_on: Union[str, Sequence[str], None] = '9666a3a8c6e7'"

FAULTS: tuple[Fault, ...] = (
    fault("a foreign key to the core without depends_on", "poser",
          change("1dd100465544", ON_PRODUCT, "depends_on = None")),
    fault("a column of the core is read without depends_on", "poser",
          change("b38a390e8f90", ON_NAME, "depends_on = None")),
    fault("depends on a revision that is too old", "poser",
          change("b38a390e8f90", ON_NAME, "depends_on = '624425d05d37'")),
    fault("a foreign key and a data step without depends_on", "gadget",
          change("4b43bcd753fd", "depends_on = '630deccf7d56'", "depends_on = None")),
    fault("a foreign key to another extension without depends_on", "gadget",
          adds("gadget", "g4stand", REFERS, 'op.drop_table("gadget_stand")'),
          model("from acme.models import Base", "import poser.models  # noqa: F401\n"
                "from acme.models import Base"),
          model('    serial = Column(String(32), unique=True)\n',
                f"    serial = Column(String(32), unique=True)\n{STAND}")),
    fault("a view over another extension's table without depends_on", "notes",
          adds("notes", "n4view", 'op.execute("CREATE VIEW notes_v AS SELECT id FROM gadget_device")',
               'op.execute("DROP VIEW notes_v")')),
    fault("the core needs an extension", "acme",
          adds("acme", "a37rows", 'op.execute("UPDATE poser_pose SET angle = 0 WHERE angle < 0")')),
    fault("depends on the head where an older revision is meant", "poser",
          change("1dd100465544", ON_PRODUCT, "depends_on = 'a92279fce608'")),
    fault("a dependency that another one implies", "poser",
          change("b38a390e8f90", ON_NAME, "depends_on = ('9666a3a8c6e7', '624425d05d37')")),
    fault("depends on a revision that nobody has", "poser",
          change("1dd100465544", ON_PRODUCT, "depends_on = '624425d05d38'")),
    fault("two extensions depend on each other in a circle", "acme",
          change("d3571cb000fc", "depends_on = None", "depends_on = 'fcaaeeb59677'")),
    fault("revises a revision that nobody has", "poser",
          change("4bd4eb8c74b1", "= 'f6f2530af3c0'", "= 'f6f2530af3c1'")),
    fault("the label is not the name", "poser",
          change("1dd100465544", "('poser',)", "('posr',)")),
    fault("no label", "poser", change("1dd100465544", "('poser',)", "None")),
    fault("the label of another extension", "notes",
          change("48484964cb8b", "('notes',)", "('poser',)")),
    fault("two heads in one extension", "poser",
          adds("poser", "p5other", "pass", after="b38a390e8f90")),
    fault("a second base in one extension", "notes",
          change("fb3ec6aa3894", "down_revision = '2756850f3c6c'", "down_revision = None"),
          change("fb3ec6aa3894", "depends_on = None", "depends_on = '2756850f3c6c'")),
    fault("one revision id in two extensions", "notes",
          adds("notes", "4b43bcd753fd", "pass")),
    fault("a revision id of more than 32 characters", "poser",
          adds("poser", "p6_with_a_name_that_tells_the_whole_story", "pass")),
    fault("the name of a file does not hold the id", "poser",
          adds("poser", "p6", "pass"),
          change("migrations/p6_of_a_fault.py", "revision = 'p6'", "revision = 'abcd1234'")),
)  # fmt: skip
