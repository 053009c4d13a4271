"""Whom an extension turns out to need, told with the pair, the table and the revisions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from dbman.implied import ImpliedEdge
from dbman.migrator.scene import Scene
from dbman.revisions import Key, Revision
from dbman.verify.loose import Loose
from dbman.verify.results import Finding
from dbman.verify.workshop import Failure


@dataclass(frozen=True)
class Undeclared:
    """One extension that needs another one, and does not say so."""

    extension: str
    """The one that needs."""
    other: str
    """The one that it needs."""
    revision: Revision | None
    """The revision that uses what is the other's, where the script shows it."""
    maker: Revision | None
    """The revision of the other that makes it, where its script shows it."""
    use: str
    """What it uses, and how: ``foreign key of gadget_device to user``."""

    def finding(self, check: str) -> Finding:
        """Return what is to be told."""
        first = f" {self.maker.id}" if self.maker else ""
        word, hint = self._cure()
        return Finding(
            check,
            self.extension,
            self.revision.id if self.revision else None,
            f"needs {self.other}{first} ({self.use}), and no {word} says so: it cannot be"
            f" installed without {self.other}, or before it",
            hint,
        )

    def _cure(self) -> tuple[str, str]:
        """Return what would declare it, and where; `depends_on` stays in its version table."""
        if not self.revision or not self.maker:
            return "depends_on", f"depends_on = the revision that makes it, in {self.extension}"
        if self.revision.key.tree != self.maker.key.tree:
            return "requires", f"requires = [{self.other!r}] for {self.extension}"
        return "depends_on", f"depends_on = {self.maker.id!r} in {self.revision.path.name}"


def of_loose(
    scene: Scene, loose: Iterable[Loose], owner: Callable[[str], str | None]
) -> Iterator[Undeclared]:
    """Yield whose tables are missed, for foreign keys, views and triggers that name no table."""
    for each in sorted(loose):
        extension = owner(each.table)
        for edge in _edges(scene, extension, each):
            revision = scene.graph.revisions[edge.after]
            maker = scene.graph.revisions[edge.before]
            yield Undeclared(revision.extension, maker.extension, revision, maker, _use(each))
            break
        else:
            other = owner(each.target.partition(".")[0]) if each.kind == "foreign key" else None
            if extension and other and other != extension:
                yield Undeclared(extension, other, None, None, _use(each))


def of_failure(scene: Scene, failure: Failure) -> Undeclared | None:
    """Return whose table was missed by a revision that failed, if its script shows it.

    Told is the first revision of the extension that uses what is that other's.
    """
    there = failure.before.applied | _until(failure)
    missing = _missing(scene, failure.revision.key, there)
    named = [edge for edge in missing if _last(edge.table) in failure.error.message]
    for edge in named or missing:
        other = scene.graph.revisions[edge.before].extension
        first = next(
            each
            for key in failure.chunk.keys
            if scene.graph.revisions[key].extension == failure.revision.extension
            for each in _missing(scene, key, there)
            if scene.graph.revisions[each.before].extension == other
        )
        revision, maker = scene.graph.revisions[first.after], scene.graph.revisions[first.before]
        return Undeclared(revision.extension, other, revision, maker, f"it names {first.table}")
    return None


def _missing(scene: Scene, key: Key, there: Collection[Key]) -> list[ImpliedEdge]:
    """Return the edges to a revision from those that it needs and that have not run."""
    into = scene.implied.into.get(key, ())
    return [edge for edge in into if edge.needed and edge.before not in there]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def gone_before(scene: Scene, failure: Failure) -> ImpliedEdge | None:
    """Return what had dropped or renamed a table that a failed revision uses, if that is so."""
    for edge in scene.implied.out_of.get(failure.revision.key, ()):
        if not edge.needed and edge.after in failure.before.applied:
            return edge
    return None


def _until(failure: Failure) -> frozenset[Key]:
    """Return the revisions of the chunk that ran before the one that failed."""
    keys = failure.chunk.keys
    return frozenset(keys[: keys.index(failure.revision.key)])


def _edges(scene: Scene, extension: str | None, loose: Loose) -> Collection[ImpliedEdge]:
    """Return the implied edges that lead from what is missed to one who misses it."""
    return [
        edge
        for edge in scene.implied.edges
        if edge.needed
        and extension in (None, scene.graph.revisions[edge.after].extension)
        and _is_missed(edge.table, loose)
    ]


def _is_missed(table: str, loose: Loose) -> bool:
    if loose.kind == "foreign key":
        return table.lower() in (loose.target.lower(), loose.target.lower().partition(".")[0])
    return table.lower() in loose.target.lower()


def _use(loose: Loose) -> str:
    if loose.kind == "foreign key":
        return f"foreign key of {loose.table} to {loose.target}"
    return f"{loose.kind} {loose.table}: {loose.target}"
