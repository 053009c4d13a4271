"""All revisions of all extensions as one digraph, right where Alembic's own map is wrong.

A revision's key is its version table (the *tree*) and its id. Edges lead from a revision to the
ones it revises (``down_revision``) and to the ones it ``depends_on``. Everything here is pure: no
script is run and no database is read. Ids are matched as Alembic matches them: ``down_revision``
by id, ``depends_on`` by id or branch label (``alembic.script.revision.RevisionMap``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from dbman.errors import Problem, ScriptError


class Key(NamedTuple):
    """Name one revision: its version table and its id."""

    tree: str
    id: str


class Revision(NamedTuple):
    """One migration script as its header tells it; a tuple, as thousands are made."""

    key: Key
    """Version table and revision id."""
    extension: str
    """The extension in whose version locations the script lies."""
    file: str
    """The path of the script."""
    down: tuple[Key, ...] = ()
    """The revisions it revises."""
    depends: tuple[Key, ...] = ()
    """The revisions it depends on, labels resolved."""
    labels: tuple[str, ...] = ()
    """The branch labels it carries."""
    doc: str = ""
    """The first line of its docstring."""
    created: str = ""
    """The text after "Create Date:", empty where there is none."""
    computed: bool = False
    """Whether the header had to be run to be read."""
    replaces: tuple[Key, ...] = ()
    """The revisions that were squashed into it."""
    inexact: frozenset[Key] = frozenset()
    """Those of its parents that stand for a revision which they replace: they have to come before
    this one, but a row of it does not say that the whole of them is applied."""

    @property
    def path(self) -> Path:
        """Return the script."""
        return Path(self.file)

    @property
    def id(self) -> str:
        """Return the revision id alone."""
        return self.key.id

    @property
    def parents(self) -> tuple[Key, ...]:
        """Return what must be applied before this one: down revisions, then dependencies."""
        return self.down + self.depends if self.depends else self.down

    @property
    def implied(self) -> tuple[Key, ...]:
        """Return the parents that a row of this one says are applied."""
        parents = self.parents
        return tuple(key for key in parents if key not in self.inexact) if self.inexact else parents


@dataclass(frozen=True)
class RevisionGraph:
    """The digraph of all revisions; made by `dbman.assembly.assemble`."""

    revisions: Mapping[Key, Revision]
    """Every usable revision by its key."""
    extensions: tuple[str, ...] = ()
    """Extension names: the core first, then in order of `requires`, then by name."""
    problems: tuple[Problem, ...] = ()
    """Scripts that cannot be read and edges that lead nowhere; a plan that needs one stops."""
    clashes: tuple[Problem, ...] = ()
    """What makes the graph itself ambiguous: ids or labels used twice, cycles."""
    labels: Mapping[Key, Key] = field(default_factory=dict)
    """The revision that carries a branch label, by version table and label."""
    replaced: Mapping[Key, Key] = field(default_factory=dict)
    """The revision that a squashed one is part of now."""
    circular: tuple[Revision, ...] = ()
    """The revisions that are left out: they form a cycle, or stand on one."""

    @cached_property
    def children(self) -> Mapping[Key, tuple[Key, ...]]:
        """Return the revisions that revise or depend on each revision."""
        return _reversed(self.revisions, lambda revision: revision.parents)

    @cached_property
    def next(self) -> Mapping[Key, tuple[Key, ...]]:
        """Return the revisions that revise each revision."""
        return _reversed(self.revisions, lambda revision: revision.down)

    @cached_property
    def by_extension(self) -> Mapping[str, tuple[Revision, ...]]:
        """Return each extension's revisions, oldest first."""
        found: dict[str, list[Key]] = {name: [] for name in self.extensions}
        for key in self.ranks:
            found.setdefault(self.revisions[key].extension, []).append(key)
        return {name: tuple(self.in_order(keys)) for name, keys in found.items()}

    @cached_property
    def _own(self) -> Mapping[str, frozenset[Key]]:
        """Return the keys of each extension's revisions."""
        named = self.by_extension.items()
        return {name: frozenset(each.key for each in revisions) for name, revisions in named}

    @cached_property
    def ranks(self) -> Mapping[Key, int]:
        """Return for each revision the length of the longest way down to a base, in edges.

        The lowest come first; what is part of a cycle, or stands on one, is left out.
        """
        waiting = {key: self._count_parents(each) for key, each in self.revisions.items()}
        children = self.children
        ranks: dict[Key, int] = {}
        ready = [key for key, count in waiting.items() if not count]
        rank = 0
        while ready:
            ranks.update(dict.fromkeys(ready, rank))
            following: list[Key] = []
            for key in ready:
                for child in children.get(key, ()):
                    waiting[child] -= 1
                    if not waiting[child]:
                        following.append(child)
            ready, rank = following, rank + 1
        return ranks

    def _count_parents(self, revision: Revision) -> int:
        """Return how many revisions must be applied before this one."""
        if len(revision.down) + len(revision.depends) < 2:  # as nearly all are
            return sum(key in self.revisions for key in revision.down or revision.depends)
        return sum(key in self.revisions for key in set(revision.parents))

    def in_order(self, keys: Iterable[Key]) -> list[Revision]:
        """Return these revisions, each after what it revises and depends on."""
        ranks, revisions = self.ranks, self.revisions
        return [revisions[key] for key in sorted(keys, key=lambda key: (ranks[key], key))]

    def ancestors(self, keys: Iterable[Key]) -> frozenset[Key]:
        """Return these revisions and all that they revise or depend on, as far as known."""
        return _closure(keys, lambda key: self.revisions[key].parents, self.revisions)

    def descendants(self, keys: Iterable[Key]) -> frozenset[Key]:
        """Return these revisions and all that revise or depend on them."""
        return _closure(keys, lambda key: self.children.get(key, ()), self.revisions)

    def lineage(self, keys: Iterable[Key]) -> frozenset[Key]:
        """Return these revisions and what follows them by `down_revision` alone."""
        return _closure(keys, lambda key: self.next.get(key, ()), self.revisions)

    def applied(self, rows: Iterable[Key]) -> frozenset[Key]:
        """Return all revisions that the rows of the version tables imply."""
        known = frozenset(key for key in rows if key in self.revisions)
        found = self._applied.get(known)
        if found is None:
            found = _closure(known, lambda key: self.revisions[key].implied, self.revisions)
            self._applied.clear()
            self._applied[known] = found
        return found

    @cached_property
    def _applied(self) -> dict[frozenset[Key], frozenset[Key]]:
        """What was asked for last, by the rows: one command asks several times for the same."""
        return {}

    def rows(self, applied: Collection[Key]) -> frozenset[Key]:
        """Return the rows to write for an applied set: its maximal elements."""
        below = {parent for key in applied for parent in self.revisions[key].implied}
        return frozenset(key for key in applied if key not in below)

    def orphans(self, rows: Iterable[Key]) -> tuple[Key, ...]:
        """Return the rows that no installed script has, sorted; nor has one replaced them."""
        return tuple(key for key in self.unknown(rows) if key not in self.replaced)

    def unknown(self, rows: Iterable[Key]) -> tuple[Key, ...]:
        """Return the rows that no installed script has, sorted."""
        return tuple(sorted(key for key in rows if key not in self.revisions))

    def halfway(self, rows: Collection[Key]) -> Mapping[Key, Key]:
        """Return the squashed revisions of which rows tell a part, each with such a part.

        The part is one that was replaced, or what stands on such a one.
        """
        if not self.replaced:
            return {}
        applied = self.applied(rows)
        parts = {key: self.replaced[key] for key in (*rows, *applied) if key in self.replaced}
        found = {whole: part for part, whole in sorted(parts.items()) if whole not in applied}
        for key in sorted(applied):
            for whole in self.revisions[key].inexact - applied - found.keys():
                found[whole] = key
        return found

    def of(self, extension: str) -> frozenset[Key]:
        """Return the keys of one extension's revisions."""
        return self._own.get(extension, frozenset())

    def heads(self, extension: str) -> tuple[Revision, ...]:
        """Return an extension's revisions that no other one of it revises, in order."""
        return self._heads.get(extension, ())

    @cached_property
    def _heads(self) -> Mapping[str, tuple[Revision, ...]]:
        """Return the heads of each extension."""
        return {name: tuple(_highest(each)) for name, each in self.by_extension.items()}

    def tips(self, extension: str, applied: Collection[Key]) -> tuple[Revision, ...]:
        """Return the newest applied revisions of an extension, row or no row, in order."""
        own = self.of(extension) & frozenset(applied)
        found = [each for each in self.by_extension.get(extension, ()) if each.key in own]
        return tuple(_highest(found))

    def history(self, extension: str) -> tuple[Revision, ...]:
        """Return an extension's own revisions, newest first, whatever depends on them."""
        return tuple(reversed(self.by_extension.get(extension, ())))

    def branch_points(self) -> tuple[Revision, ...]:
        """Return the revisions that more than one revision revises, in order."""
        return tuple(r for r in self.in_order(self.revisions) if len(self.next.get(r.key, ())) > 1)

    def at_head(self, extension: str, applied: Collection[Key]) -> bool:
        """Return whether all heads of an extension are applied."""
        return all(head.key in applied for head in self.heads(extension))

    def require_unambiguous(self) -> None:
        """Raise `ScriptError` when ids or labels are used twice or edges form a cycle."""
        if self.clashes:
            first, *others = self.clashes
            more = f" (and {len(others)} more: `dbman extensions` names them)" if others else ""
            raise ScriptError(first.message + more, first.hint)

    def with_clashes_aside(self) -> RevisionGraph:
        """Return the graph in which clashes are problems of the extensions that they are about.

        For those who only look, and can say something about all others. What moves a database
        refuses a graph that is ambiguous.
        """
        told = [
            each._replace(extension=name, others=())
            for each in self.clashes
            for name in dict.fromkeys(filter(None, (each.extension, *each.others)))
        ]
        known = {each.extension for each in told}
        lost = dict.fromkeys(each.extension for each in self.circular)
        told += [
            Problem("revisions of it stand on some that form a cycle", extension=name)
            for name in lost
            if name not in known
        ]
        return replace(self, problems=(*self.problems, *told), clashes=(), circular=())


def _highest(revisions: Sequence[Revision]) -> Iterator[Revision]:
    """Yield those of some revisions that no other of them revises."""
    below = {key for revision in revisions for key in revision.down}
    return (revision for revision in revisions if revision.key not in below)


def _reversed(
    revisions: Mapping[Key, Revision], parents: Callable[[Revision], Iterable[Key]]
) -> dict[Key, tuple[Key, ...]]:
    """Return the edges the other way round, children sorted."""
    found: dict[Key, list[Key]] = {}
    for key, revision in revisions.items():
        for parent in parents(revision):
            if parent in found:
                found[parent].append(key)
            else:
                found[parent] = [key]
    return {
        parent: tuple(children) if len(children) == 1 else tuple(sorted(set(children)))
        for parent, children in found.items()
    }


def _closure(
    keys: Iterable[Key], edges: Callable[[Key], Iterable[Key]], known: Collection[Key]
) -> frozenset[Key]:
    """Return all keys that can be reached from some, themselves included."""
    seen: set[Key] = set()
    todo = list(keys)
    while todo:
        key = todo.pop()
        if key not in seen and key in known:
            seen.add(key)
            todo.extend(edges(key))
    return frozenset(seen)
