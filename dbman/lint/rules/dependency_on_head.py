"""DBM107: a script depends on a head where it needs an older revision."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.bodies import Body
from dbman.implied import needs_of
from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.revisions import Key, Revision


class DependencyOnHead(Rule):
    """A script depends on the head of another extension where the creating revision is meant.

    It names tables that older revisions make, and the head has nothing to do with them. Everybody
    who installs this extension is forced to that head, a downgrade of the other extension by one
    step takes this one along, and its next revision may not depend on anything of this one.

    Bad:

    ```python
    # acme/a2.py
    down_revision = "a1"

    # poser/p1.py
    depends_on = "a2"  # a1 makes the table thing, a2 has nothing to do with it


    def upgrade():
        op.create_table(
            "poser_one",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("thing_id", sa.Integer),
            sa.ForeignKeyConstraint(["thing_id"], ["thing.id"], name="fk_thing"),
        )
    ```

    Good:

    ```python
    # acme/a2.py
    down_revision = "a1"

    # poser/p1.py
    depends_on = "a1"  # and the rest as it was


    def upgrade():
        op.create_table("poser_one", sa.Column("thing_id", sa.ForeignKey("thing.id", name="fk")))
    ```

    Change it before the script is released. Afterwards silence the rule: a database may have a row
    for this revision alone, which says that the head is applied, too.
    """

    code = "DBM107"
    name = "dependency-on-head"
    group = "manners"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each dependency on a head that makes nothing of what the script names."""
        graph = case.graph
        heads = {head.key for name in graph.extensions for head in graph.heads(name)}
        for revision in graph.revisions.values():
            for key in heads.intersection(revision.depends):
                head = graph.revisions[key]
                makers = _makers(case, revision, head)
                if head.extension == revision.extension or not makers or key in makers:
                    continue
                source = case.by_key[revision.key]
                ids = ", ".join(each.id for each in graph.in_order(makers))
                yield self.finding(
                    source,
                    f"depends on {key.id}, the head of {head.extension}, and names only what {ids}"
                    f" {'make' if len(makers) > 1 else 'makes'}",
                    at=source.place("depends_on"),
                )


def _makers(case: Case, revision: Revision, head: Revision) -> set[Key]:
    """Return the revisions of the head's extension that a script needs; the head where it does."""
    body, bodies = case.bodies[revision.key], case.bodies
    owner = case.scene.ownership_by_scripts.owner_in_database
    needs = needs_of(case.graph, revision.extension, body, bodies, owner)
    found = {key for keys in needs.values() for key in keys}
    own = {key for key in found if case.graph.revisions[key].extension == head.extension}
    if not _touched(bodies[head.key]).isdisjoint(body.names):
        own.add(head.key)
    return own


def _touched(body: Body) -> frozenset[str]:
    """Return the tables that a script makes, changes, reads or writes."""
    return body.makes | body.drops | body.alters | body.names
