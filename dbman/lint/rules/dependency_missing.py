"""DBM105: a script names another extension's table and does not depend on what makes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Fix, Rule, Severity
from dbman.order import sort_plan
from dbman.repair.texts import ScriptText, scalar
from dbman.revisions import Key, RevisionGraph


class DependencyMissing(Rule):
    """A script names another extension's table and does not depend on what makes it.

    A foreign key is the usual case. dbman finds the order out by itself; plain Alembic does not,
    and on an empty database its `upgrade heads` may begin with this script: "no such table". Nor
    does its downgrade of the other extension know that this one stands on it.

    Bad:

    ```python
    # poser/p1.py
    depends_on = None  # and a1 of acme makes the table thing


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
    # poser/p1.py
    depends_on = "a1"  # and the rest as it was


    def upgrade():
        op.create_table("poser_one", sa.Column("thing_id", sa.ForeignKey("thing.id", name="fk")))
    ```

    `dbman lint --fix` writes it: the revision that makes the table or column, not the head, so that
    less has to be applied. `dbman generate` writes it from the start.
    """

    code = "DBM105"
    name = "dependency-missing"
    group = "manners"
    severity = Severity.ERROR
    fixable = True

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield the dependencies that a script implies, less those that others bring along."""
        scene = case.scene
        above = _Above(case.graph)
        tables: dict[Key, dict[Key, str]] = {}
        for edge in scene.implied.edges:
            if edge.needed and edge.before.tree == edge.after.tree:
                tables.setdefault(edge.after, {}).setdefault(edge.before, edge.table)
        for revision in sort_plan(case.graph, case.graph.revisions, scene.implied, {}):
            needed = tables.get(revision.key, {})
            for key in case.graph.in_order(above.add(revision.key, set(needed))):
                source = case.by_key[revision.key]
                yield self.finding(
                    source,
                    f"names {needed[key.key]} and does not depend on {key.id} of {key.extension},"
                    " which makes it",
                    at=source.place("depends_on"),
                    hint=f"depends_on = {key.id!r}",
                    fix=_adding(key.id),
                )


@dataclass
class _Above:
    """What stands below revisions, with the dependencies that were found missing."""

    graph: RevisionGraph
    extra: dict[Key, set[Key]] = field(default_factory=dict)

    def add(self, key: Key, needed: set[Key]) -> set[Key]:
        """Note what a revision needs; return what of it nothing else brings along."""
        missing = needed - self._below({key}) if needed else set()
        brought = {each for each in missing if each in self._below(missing - {each})}
        self.extra[key] = missing - brought
        return missing - brought

    def _below(self, keys: set[Key]) -> set[Key]:
        seen: set[Key] = set()
        todo = list(keys)
        while todo:
            key = todo.pop()
            if key in self.graph.revisions and key not in seen:
                seen.add(key)
                todo += [*self.graph.revisions[key].parents, *self.extra.get(key, ())]
        return seen


def _adding(id_: str) -> Fix:
    """Return what adds an id to `depends_on`."""

    def fix(script: ScriptText) -> None:
        script.assign("depends_on", scalar([*script.ids("depends_on"), id_]))

    return fix
