"""Foreign keys into other extensions: the revisions that a new one depends on.

It depends on the revision that makes the table, not on the head: less has to be applied, and the
other extension may go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from dbman.autogenerate.comparing import Comparison
from dbman.autogenerate.operations import ForeignKey, foreign_keys_of
from dbman.autogenerate.pending import Pending
from dbman.autogenerate.places import Place
from dbman.autogenerate.results import Dependency
from dbman.bodies import Body, ColumnName
from dbman.errors import ExtensionError
from dbman.implied import needs_of
from dbman.revisions import Key, RevisionGraph


def find_dependencies(
    comparison: Comparison, pending: Pending, place: Place, keys: Iterable[ForeignKey]
) -> tuple[tuple[Dependency, ...], tuple[str, ...]]:
    """Return what a revision with these foreign keys depends on, and what to say about it.

    What another dependency or the down revision implies is left out. Raises `ExtensionError` for a
    key to a table that nobody owns or that no migration makes yet; where two extensions wait for
    each other the keys of both are named.
    """
    foreign = [key for key in keys if _owner(comparison, key) != place.extension.name]
    for key in foreign:
        _require_made(comparison, pending, place, key)
    found, notes = _makers(comparison, pending, place, foreign)
    graph = pending.graph
    other = [key for key in found if key.tree != place.extension.tree]
    notes += [f"depends on {key.id} of another version table: not written" for key in other]
    kept = _reduced(graph, place, set(found) - set(other))
    return tuple(
        Dependency(each.id, each.extension, str(found[each.key])) for each in graph.in_order(kept)
    ), tuple(notes)


def _owner(comparison: Comparison, key: ForeignKey) -> str:
    target = comparison.metadata.tables.get(key.target)
    owner = None if target is None else comparison.scene.ownership.owner_of_model(target)
    if owner is None:
        raise ExtensionError(
            f"foreign key {key} refers to a table that no extension owns",
            "say whose it is in its model: Table.info['extension'] = NAME",
        )
    return owner


def _require_made(comparison: Comparison, pending: Pending, place: Place, key: ForeignKey) -> None:
    """Raise `ExtensionError` if no migration makes the table that a key refers to."""
    if key.target not in pending.unmade:
        return
    name, other = place.extension.name, _owner(comparison, key)
    back = next(_leading_back(comparison, name, key.target), None)
    if back is not None:
        raise ExtensionError(
            f"{name} and {other} need each other's tables first: {key}, and {back}",
            "`dbman generate -m MESSAGE`, without a name, writes both, and the key that closes the"
            " circle in a second script",
        )
    why = comparison.aside.get(other)
    raise ExtensionError(
        f"foreign key {key} refers to a table that no migration of {other} makes"
        + (f": it was left aside ({why})" if why else " yet"),
        None if why else f"`dbman generate {other}` first",
    )


def _leading_back(comparison: Comparison, name: str, target: str) -> Iterator[ForeignKey]:
    """Yield the keys by which tables that are not made yet wait for those of an extension."""
    seen: set[str] = set()
    todo = [target]
    while todo:
        table = todo.pop()
        if table in seen:
            continue
        seen.add(table)
        for key in foreign_keys_of(comparison.metadata, table):
            if key.target in comparison.unmade:
                if _owner(comparison, key) == name:
                    yield key
                todo.append(key.target)


def _makers(
    comparison: Comparison, pending: Pending, place: Place, keys: Collection[ForeignKey]
) -> tuple[dict[Key, ForeignKey], list[str]]:
    """Return the revisions that make what the keys refer to, each with the first such key."""
    if not keys:
        return {}, []
    targets = frozenset(key.target for key in keys)
    columns = frozenset(ColumnName(key.target, key.target_column) for key in keys)
    needs = needs_of(
        pending.graph,
        place.extension.name,
        Body(names=targets, references=columns),
        pending.bodies,
        comparison.scene.ownership.owner_in_database,
    )
    found: dict[Key, ForeignKey] = {}
    notes = []
    for key in keys:
        added = needs.get(f"{key.target}.{key.target_column}", ())
        makers = (*needs.get(key.target, ()), *added)
        if not makers:
            owner = _owner(comparison, key)
            makers = tuple(head.key for head in pending.graph.heads(owner))
            notes.append(f"no script of {owner} shows where it makes {key.target}: its head counts")
        for maker in makers:
            found.setdefault(maker, key)
    return found, notes


def _reduced(graph: RevisionGraph, place: Place, keys: set[Key]) -> set[Key]:
    """Leave out what the down revision or another key implies."""
    below = graph.ancestors([place.down.key]) if place.down else frozenset()
    implied = {ancestor for key in keys for ancestor in graph.ancestors([key]) if ancestor != key}
    return keys - below - implied
