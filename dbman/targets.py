"""What a target names: ``NAME``, ``NAME@head``, ``NAME@-1``, ``LABEL@head``, ``ae10+2``, ``heads``.

An extension's name stands for the revisions in its own version locations, a branch label for the
lineage of the revision that carries it. Partial ids work as in Alembic, where only one id fits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from dbman.errors import UsageError, nearest
from dbman.revisions import Key, Revision, RevisionGraph

_RELATIVE = re.compile(r"^(?P<base>.*?)(?P<count>[+-]\d+)$")
SYMBOLS = ("head", "heads", "base", "current")


class Branch(NamedTuple):
    """The part of the graph that a target speaks of."""

    name: str
    """As the user wrote it, empty for the whole graph."""
    keys: frozenset[Key]
    """Its revisions."""


class Targets(NamedTuple):
    """Resolve targets on a graph, for a database whose applied revisions are known."""

    graph: RevisionGraph
    """All revisions."""
    applied: frozenset[Key] = frozenset()
    """The applied ones; relative targets start there."""

    def up(self, target: str) -> frozenset[Key]:
        """Return the revisions that must be applied for `upgrade TARGET`, themselves only.

        Raises `UsageError` for what names nothing, names several or makes no sense upwards.
        """
        branch, place = self._split(target)
        if branch.name and not branch.keys:
            raise UsageError(
                f"{branch.name} has no revisions",
                f"`dbman generate {branch.name} -m TEXT` writes its first one",
            )
        if place in ("head", "heads"):
            return self._ends(branch, place, target)
        if place == "base":
            raise UsageError(f"{target!r} is where upgrades start", "name a head or a revision")
        if place.startswith("-"):
            raise UsageError(f"{target!r} goes down", "use `dbman downgrade`")
        if place.startswith("+"):
            return frozenset(self._next(branch, int(place), target))
        key = self._revision(branch, place, target)
        return frozenset({self.graph.replaced.get(key, key)})

    def down(self, target: str) -> frozenset[Key]:
        """Return the applied revisions that `downgrade TARGET` undoes, without what stands on them.

        Raises `UsageError` for what names nothing, names several or makes no sense downwards.
        """
        branch, place = self._split(target, bare="")
        if not place:
            raise UsageError(
                f"downgrade {target!r} to where?",
                f"say {target}@base, {target}@-1 or {target}@REVISION",
            )
        here = branch.keys & self.applied
        if place == "base":
            return here
        if place in ("head", "heads"):
            return frozenset()
        if place.startswith("+"):
            raise UsageError(f"{target!r} goes up", "use `dbman upgrade`")
        if place.startswith("-"):
            return frozenset(self._last(branch, -int(place), target))
        if part := self._part(branch, place):
            raise UsageError(
                f"{part.id!r} is a part of {self.graph.replaced[part].id} now: there is no way"
                " back to the middle of it",
                f"name {self.graph.replaced[part].id}, or a revision below it",
            )
        key = self._revision(branch, place, target)
        if key not in self.applied:
            raise UsageError(
                f"revision {key.id!r} is not applied", "`dbman current` shows where you are"
            )
        return (self.graph.lineage([key]) - {key}) & here

    def at(self, target: str) -> tuple[Branch, frozenset[Key]]:
        """Return the branch and the revisions of it where `stamp TARGET` puts the database.

        An empty set of revisions is the branch's base.
        """
        branch, place = self._split(target)
        if place == "base":
            return branch, frozenset()
        if place in ("head", "heads"):
            return branch, self._ends(branch, place, target)
        if place[:1] in ("+", "-"):
            raise UsageError(f"{target!r} is relative", "`stamp` takes NAME@head or a revision")
        key = self._revision(branch, place, target)
        key = self.graph.replaced.get(key, key)
        if not branch.name:
            branch = self._extension(self.graph.revisions[key].extension)
        return branch, frozenset({key})

    def find(self, target: str) -> tuple[Revision, ...]:
        """Return the revisions that a target names, in order; `base` names none."""
        branch, place = self._split(target)
        if place == "base":
            return ()
        if place in ("head", "heads"):
            keys: Iterable[Key] = self._heads(branch)
        elif place == "current":
            keys = self._tips(branch)
        elif place.startswith("-"):
            keys = [self._before(branch, -int(place), target)]
        elif place.startswith("+"):
            keys = self._next(branch, int(place), target)
        else:
            keys = [self._revision(branch, place, target)]
        return tuple(self.graph.in_order(keys))

    def branch(self, name: str) -> Branch:
        """Return the branch of an extension or label; raise `UsageError` for an unknown one."""
        found = self._branch(name)
        if found is None:
            raise UsageError(
                f"no extension or branch is named {name!r}{nearest(name, self._names())}",
                "`dbman extensions` lists the installed ones",
            )
        return found

    def _names(self) -> list[str]:
        return [*self.graph.extensions, *(label.id for label in self.graph.labels)]

    def _split(self, target: str, bare: str = "heads") -> tuple[Branch, str]:
        """Return the branch and the place in it; a branch's name alone stands for `bare`."""
        branch, place = self._parts(target, bare)
        if place[:1] in ("+", "-") and not place[1:].isdecimal():
            raise UsageError(
                f"{target!r}: {place!r} is no number of revisions", "say NAME@+1 or NAME@-1"
            )
        return branch, place

    def _parts(self, target: str, bare: str) -> tuple[Branch, str]:
        if "@" in target:
            name, _, place = target.partition("@")
            return self.branch(name), place or bare
        named = self._branch(target)
        if named is not None:
            return named, bare
        everything = Branch("", frozenset(self.graph.revisions))
        if target[:1] in ("+", "-") and target[1:].isdigit():
            if len(self.graph.extensions) != 1:
                names = ", ".join(f"{name}@{target}" for name in self.graph.extensions)
                raise UsageError(f"{target!r} of which extension?", f"say one of {names}")
            return self._extension(self.graph.extensions[0]), target
        return everything, target

    def _branch(self, name: str) -> Branch | None:
        if name in self.graph.extensions:
            return self._extension(name)
        labelled = [key for label, key in self.graph.labels.items() if label.id == name]
        if not labelled:
            return None
        upward = self.graph.lineage(labelled)
        below: set[Key] = set()
        todo = list(labelled)
        while todo:
            key = todo.pop()
            below.add(key)
            todo.extend(self.graph.revisions[key].down)
        return Branch(name, upward | below)

    def _extension(self, name: str) -> Branch:
        return Branch(name, self.graph.of(name))

    def _heads(self, branch: Branch) -> list[Key]:
        return [
            key
            for key in sorted(branch.keys)
            if not any(
                child in branch.keys and self._same(key, child)
                for child in self.graph.next.get(key, ())
            )
        ]

    def _ends(self, branch: Branch, place: str, target: str) -> frozenset[Key]:
        """Return the heads of a branch; raise `UsageError` where `head` means one of several."""
        heads = self._heads(branch)
        if place == "head" and len(heads) > 1:
            raise self._many(target, heads, f"{branch.name}@heads" if branch.name else "heads")
        return frozenset(heads)

    def _same(self, one: Key, other: Key) -> bool:
        return self.graph.revisions[one].extension == self.graph.revisions[other].extension

    def _tips(self, branch: Branch) -> list[Key]:
        here = branch.keys & self.applied
        return [
            key for key in sorted(here) if not any(c in here for c in self.graph.next.get(key, ()))
        ]

    def _next(self, branch: Branch, count: int, target: str) -> list[Key]:
        """Return the revision `count` steps above where the branch stands."""
        reached = set(branch.keys & self.applied)
        key = None
        for _ in range(count):
            ready = [
                k
                for k in sorted(branch.keys - reached)
                if all(d in reached or d not in branch.keys for d in self.graph.revisions[k].down)
            ]
            key = self._only(ready, target, f"{branch.name or 'it'} has fewer than {count} more")
            reached.add(key)
        return [] if key is None else [key]

    def _last(self, branch: Branch, count: int, target: str) -> list[Key]:
        """Return the `count` newest applied revisions of the branch."""
        here = branch.keys & self.applied
        found: list[Key] = []
        for _ in range(count):
            tips = self._tips(Branch(branch.name, here - set(found)))
            fewer = f"{branch.name or 'it'} has fewer than {count} applied"
            found.append(self._only(tips, target, fewer))
        return found

    def _before(self, branch: Branch, count: int, target: str) -> Key:
        """Return the revision `count` steps below the branch's head."""
        key = self._only(self._heads(branch), target, f"{branch.name} has no revisions")
        return self._step(key, -count, target)

    def _step(self, key: Key, count: int, target: str) -> Key:
        for _ in range(abs(count)):
            around = self.graph.next.get(key, ()) if count > 0 else self.graph.revisions[key].down
            key = self._only(list(around), target, f"{key.id!r} is an end of its branch")
        return key

    def _part(self, branch: Branch, place: str) -> Key | None:
        """Return the replaced revision whose id is, or begins with, `place`, if there is one."""
        known = [old for old, new in self.graph.replaced.items() if new in branch.keys]
        exact = [key for key in known if key.id == place]
        fits = exact or [key for key in known if place and key.id.startswith(place)]
        wholes = {self.graph.replaced[key] for key in fits}
        own = any(key.id.startswith(place) and key not in fits for key in branch.keys)
        return min(fits) if len(wholes) == 1 and (exact or not own) else None

    def _only(self, keys: list[Key], target: str, none: str) -> Key:
        if not keys:
            raise UsageError(f"{target!r} leads nowhere: {none}", "`dbman history` lists them")
        if len(keys) > 1:
            raise self._many(target, keys, "a revision")
        return keys[0]

    def _many(self, target: str, keys: Collection[Key], instead: str) -> UsageError:
        ids = ", ".join(self._told(key) for key in sorted(keys))
        return UsageError(f"{target!r} fits {len(keys)} revisions: {ids}", f"say {instead}")

    def _told(self, key: Key) -> str:
        return f"{key.id} ({self.graph.revisions[key].extension})"

    def _revision(self, branch: Branch, place: str, target: str) -> Key:
        """Return the one revision whose id is, or begins with, `place`; or that is near one."""
        exact = sorted(key for key in branch.keys if key.id == place)
        if len(exact) == 1:
            return exact[0]
        if not exact and (relative := _RELATIVE.match(place)) and relative["base"]:
            key = self._revision(branch, relative["base"], target)
            return self._step(key, int(relative["count"]), target)
        fits = exact or sorted(key for key in branch.keys if place and key.id.startswith(place))
        if len(fits) > 1:
            raise self._many(target, fits, "more of the id, or NAME@REVISION")
        if fits:
            return fits[0]
        if part := self._part(branch, place):
            return self.graph.replaced[part]
        where = f"{branch.name} has" if branch.name else "any installed extension has"
        known = [key.id for key in branch.keys] + ([] if branch.name else self._names())
        raise UsageError(
            f"no revision {place!r} that {where}{nearest(place, known)}",
            "`dbman history` lists the revisions, `dbman extensions` the extensions",
        )
