"""DBM106: a dependency that another one brings along."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Fix, Rule
from dbman.repair.texts import ScriptText, scalar
from dbman.revisions import Key, Revision


class DependencyRedundant(Rule):
    """A script depends on a revision that its other dependencies bring along.

    It says nothing new, and plain Alembic may die of it: where b depends on a and on c, and a
    depends on c, its upgrade ends with a KeyError once the row of c is gone.

    Bad:

    ```python
    # acme/a1.py
    down_revision = None

    # acme/a2.py
    down_revision = "a1"

    # poser/p1.py
    depends_on = ("a1", "a2")
    ```

    Good:

    ```python
    # acme/a1.py
    down_revision = None

    # acme/a2.py
    down_revision = "a1"

    # poser/p1.py
    depends_on = "a2"
    ```

    `dbman lint --fix` takes it out. That changes nothing for any database.
    """

    code = "DBM106"
    name = "dependency-redundant"
    group = "manners"
    fixable = True

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each dependency that stands below another parent of its revision."""
        for source in case.scripts:
            revision = source.revision
            for word in source.header.depends_on if revision else ():
                key = Key(revision.key.tree, word) if revision else Key("", word)
                key = case.graph.labels.get(key, key)
                through = _through(case, revision, key) if revision else None
                if through is not None:
                    yield self.finding(
                        source,
                        f"depends on {word}, which {through.id} ({through.extension}) brings along",
                        at=source.place("depends_on"),
                        hint=f"leave {word!r} out",
                        fix=_without(word),
                    )


def _through(case: Case, revision: Revision, key: Key) -> Revision | None:
    """Return another parent of a revision that stands on one of them, or None."""
    graph = case.graph
    for parent in revision.parents:
        if key in graph.ancestors([parent]) and (parent != key or parent in revision.down):
            return graph.revisions[parent]
    return None


def _without(word: str) -> Fix:
    """Return what takes an id out of `depends_on`."""

    def fix(script: ScriptText) -> None:
        ids = [each for each in script.ids("depends_on") if each != word]
        script.assign("depends_on", scalar(ids))

    return fix
