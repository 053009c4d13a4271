"""All faults, and what is no fault: to see that nobody finds something in it."""

from __future__ import annotations

from collections.abc import Mapping

from mutations import dependencies, downgrades, manners, rows, schema
from mutations.fault import Fault, adds, fault, model

GROUPS: Mapping[str, tuple[Fault, ...]] = {
    "downgrades": downgrades.FAULTS,
    "the graph": dependencies.FAULTS,
    "models and migrations": schema.FAULTS,
    "tables with rows": rows.FAULTS,
    "manners": manners.FAULTS,
}
"""The faults by what they are about."""
CONTROL = fault(
    "nothing: a column, an index and a data step as they should be",
    "poser",
    adds(
        "poser",
        "p6",
        'op.add_column("poser_pose", sa.Column("colour", sa.String(20)))\n'
        "op.execute(\"UPDATE poser_pose SET colour = 'white'\")",
        'op.drop_column("poser_pose", "colour")',
    ),
    model("angle = Column(", "colour = Column(String(20))\n    angle = Column("),
)
"""A change without a fault."""
