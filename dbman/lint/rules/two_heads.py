"""DBM109: an extension has several heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity
from dbman.revisions import Revision, RevisionGraph


class TwoHeads(Rule):
    """An extension has more than one head.

    That is how two people's work looks after a merge of their branches: both revised the same
    revision. `NAME@head` means nothing then, and `generate` does not know what to go on from.
    Heads on purpose, such as OpenStack's expand and contract, each have a branch label of their
    own, and are not found.

    Bad:

    ```python
    # poser/p1.py
    revision = "p1"
    down_revision = None

    # poser/p2.py
    revision = "p2"
    down_revision = "p1"

    # poser/p3.py
    revision = "p3"
    down_revision = "p1"
    ```

    Good:

    ```python
    # poser/p1.py
    revision = "p1"
    down_revision = None

    # poser/p2.py
    revision = "p2"
    down_revision = "p1"

    # poser/p3.py
    revision = "p3"
    down_revision = "p2"
    ```

    `dbman rebase NAME` lets the local revision follow the other one; `dbman merge NAME` joins the
    two where both are released.
    """

    code = "DBM109"
    name = "two-heads"
    group = "manners"
    severity = Severity.ERROR

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each head that has no label of its own beside the extension's other heads."""
        for name in case.graph.extensions:
            heads = case.graph.heads(name)
            if len(heads) < 2 or _on_purpose(case.graph, heads):
                continue
            ids = ", ".join(head.id for head in heads)
            for head in heads:
                source = case.by_key.get(head.key)
                if source is not None:
                    yield self.finding(
                        source,
                        f"{name} has {len(heads)} heads: {ids}",
                        at=source.place("down_revision"),
                        hint=f"`dbman rebase {name}`, or `dbman merge {name}`",
                    )


def _on_purpose(graph: RevisionGraph, heads: Sequence[Revision]) -> bool:
    """Return whether each head stands on a branch label that none of the others stands on."""
    labels = [
        {label for label, key in graph.labels.items() if head.key in graph.lineage([key])}
        for head in heads
    ]
    return all(
        own - set().union(*(other for other in labels if other is not own)) for own in labels
    )
