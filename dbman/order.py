"""The order in which revisions run: edges first, then precedence of extensions, date and name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from dbman.extensions import InstalledExtension
from dbman.revisions import Key, Revision, RevisionGraph

if TYPE_CHECKING:
    from dbman.implied import Implied


def precedence(
    extensions: Iterable[InstalledExtension], foreign_keys: Collection[tuple[str, str]] = ()
) -> dict[str, int]:
    """Return the level of each extension: the core is 0, others stand above what they need.

    `foreign_keys` are pairs (extension, the one it refers to) that the models show. Pairs that go
    round in a circle are passed over.
    """
    installed = {extension.name: extension for extension in extensions}
    needs = {
        name: {need for need in extension.requires if need in installed}
        for name, extension in installed.items()
    }
    for name, other in sorted(foreign_keys):
        if name in needs and other in needs and name not in _below(needs, other):
            needs[name].add(other)
    levels: dict[str, int] = {}

    def level(name: str, path: tuple[str, ...]) -> int:
        if name not in levels:
            below = (level(need, (*path, name)) for need in sorted(needs[name]) if need not in path)
            base = 0 if installed[name].is_core else 1
            levels[name] = max((base, *(found + 1 for found in below)))
        return levels[name]

    for name in installed:
        level(name, (name,))
    return levels


def in_dependency_order(names: Sequence[str], needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Return names, each after those that it needs; the given order decides otherwise.

    Those that need each other in a circle keep the given order among themselves.
    """
    below = {name: _below(needs, name) for name in names}
    found: list[str] = []

    def place(name: str) -> None:
        if name in found:
            return
        for each in names:
            if each in below[name] and name not in below[each]:
                place(each)
        found.append(name)

    for name in names:
        place(name)
    return found


def _below(needs: Mapping[str, Iterable[str]], name: str) -> set[str]:
    found: set[str] = set()
    todo = [name]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo.extend(needs.get(one, ()))
    return found


def sort_plan(
    graph: RevisionGraph, keys: Collection[Key], implied: Implied, levels: Mapping[str, int]
) -> tuple[Revision, ...]:
    """Return these revisions in the order in which they are applied; undo them the other way.

    No edge among them is violated. Where edges leave a choice, the lower level of the extension
    goes first, then the older Create Date, then the name of the extension and the id.
    """
    waiting = dict.fromkeys(keys, 0)
    following: dict[Key, list[Key]] = {}
    for key in keys:
        before = {parent for parent in graph.revisions[key].parents if parent in waiting}
        before |= {edge.before for edge in implied.into.get(key, ()) if edge.before in waiting}
        waiting[key] = len(before)
        for parent in before:
            following.setdefault(parent, []).append(key)

    def entry(key: Key) -> tuple[int, str, str, Key]:
        revision = graph.revisions[key]
        return levels.get(revision.extension, 1), revision.created, revision.extension, key

    ready = [entry(key) for key, count in waiting.items() if not count]
    heapify(ready)
    ordered = []
    while ready:
        key = heappop(ready)[-1]
        ordered.append(graph.revisions[key])
        for child in following.get(key, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, entry(child))
    return tuple(ordered)
