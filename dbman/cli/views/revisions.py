"""Revisions as lines, as blocks, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Part, Styled, Table
from dbman.revisions import Key, Revision, RevisionGraph

if TYPE_CHECKING:
    from dbman.migrator.status import CurrentRevision


class Revisions:
    """Shows revisions of one graph."""

    def __init__(self, graph: RevisionGraph) -> None:
        self.graph = graph
        self.heads = {head.key for name in graph.extensions for head in graph.heads(name)}
        self.labels = _labels(graph)

    def short(self, revisions: Iterable[Revision]) -> Table:
        """Return one line for each: extension, id, labels and marks, message."""
        return Table([(_name(each), _id(each), self._marks(each), each.doc) for each in revisions])

    def history(self, revisions: Iterable[Revision]) -> Table:
        """Return one line for each, with what it revises and what it needs."""
        return Table([self._history_row(each) for each in revisions])

    def blocks(self, revisions: Sequence[Revision]) -> list[Block]:
        """Return a block of several lines for each, as Alembic's ``show`` has it."""
        found: list[Block] = []
        for each in revisions:
            found += [*([""] if found else []), *self._block(each)]
        return found

    def current(self, found: Sequence[CurrentRevision]) -> Table:
        """Return one line for each revision that an extension stands at."""
        return Table(
            [
                (
                    _name(one.revision),
                    _id(one.revision),
                    Styled("(head)", "good") if one.is_head else "",
                    "" if one.has_row else Styled("implied", "dim"),
                    one.revision.doc,
                )
                for one in found
            ]
        )

    def branches(self, revisions: Iterable[Revision]) -> list[Block]:
        """Return each branch point with the revisions that revise it, as Alembic lists them."""
        found: list[Block] = []
        for each in revisions:
            parts = [_name(each), " ", _id(each), " (branchpoint) ", each.doc]
            found.append(Line(parts))
            for key in self.graph.next.get(each.key, ()):
                child = self.graph.revisions[key]
                found.append(Line(["    -> ", _id(child), " ", child.doc]))
        return found

    def data(self, revision: Revision) -> dict[str, object]:
        """Return a revision for programs."""
        return {
            "extension": revision.extension,
            "revision": revision.id,
            "tree": revision.key.tree,
            "down": [key.id for key in revision.down],
            "depends": [key.id for key in revision.depends],
            "labels": list(self.labels.get(revision.key, ())),
            "head": revision.key in self.heads,
            "message": revision.doc,
            "created": revision.created,
            "path": revision.file,
        }

    def _history_row(self, revision: Revision) -> tuple[Part, ...]:
        down = ", ".join(key.id for key in revision.down) or "base"
        needs = self._needs(revision)
        return (
            _name(revision),
            _id(revision),
            Styled(f"<- {down}", "dim"),
            self._marks(revision, inherited=False),
            revision.doc,
            Styled(f"(needs {needs})" if needs else "", "dim"),
        )

    def _needs(self, revision: Revision) -> str:
        return ", ".join(
            f"{self.graph.revisions[key].extension} {key.id}" for key in revision.depends
        )

    def _marks(self, revision: Revision, *, inherited: bool = True) -> Part:
        labels = self.labels.get(revision.key, ()) if inherited else revision.labels
        marks = [f"({', '.join(labels)})"] if labels else []
        marks += ["(head)"] if revision.key in self.heads else []
        return Styled(" ".join(marks), "good")

    def _block(self, revision: Revision) -> list[Block]:
        down = ", ".join(key.id for key in revision.down) or "<base>"
        fields = {
            "Parent": down,
            "Depends on": self._needs(revision),
            "Replaces": ", ".join(key.id for key in revision.replaces),
            "Extension": revision.extension,
            "Branch labels": ", ".join(self.labels.get(revision.key, ())),
            "Created": revision.created,
            "Path": str(revision.path),
        }
        head = Styled(" (head)" if revision.key in self.heads else "", "good")
        told: list[Block] = [Line([Styled("Rev: ", "dim"), _id(revision), head])]
        told += [
            Line([Styled(f"{name}: ", "dim"), value]) for name, value in fields.items() if value
        ]
        return [*told, "", f"    {revision.doc}"] if revision.doc else told


def _labels(graph: RevisionGraph) -> Mapping[Key, tuple[str, ...]]:
    """Return the labels of every revision: its own, and those of what it stands on."""
    found: dict[Key, tuple[str, ...]] = {}
    for label, key in sorted(graph.labels.items()):
        for each in graph.lineage([key]):
            found[each] = (*found.get(each, ()), label.id)
    return found


def _name(revision: Revision) -> Part:
    return Styled(revision.extension, "name")


def _id(revision: Revision) -> Part:
    return Styled(revision.id, "warn")
