"""Which views go with the tables that they read, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def going(
    views: Mapping[str, Collection[str]], tables: Collection[str], *, everything: bool = False
) -> tuple[str, ...]:
    """Return the views that read nothing but what goes, each before what it reads.

    `views` tells what each one reads, `tables` go. A view that reads no table at all goes only
    with `everything`, as all others do.
    """
    gone = set(tables)
    found: list[str] = []
    left = {name: reads for name, reads in sorted(views.items()) if reads}
    while ready := [name for name, reads in left.items() if gone.issuperset(reads)]:
        found += ready
        gone.update(ready)
        left = {name: reads for name, reads in left.items() if name not in gone}
    rest = sorted(views.keys() - set(found)) if everything else []
    return (*_readers_first(rest, views), *reversed(found))


def broken(
    views: Mapping[str, Collection[str]], tables: Collection[str], gone: Collection[str]
) -> tuple[str, ...]:
    """Return the views that stay although something that they read goes, sorted."""
    lost = {*tables, *gone}
    return tuple(sorted(name for name in views.keys() - {*gone} if lost & {*views[name]}))


def _readers_first(names: Collection[str], views: Mapping[str, Collection[str]]) -> list[str]:
    left, found = list(names), list[str]()
    while left:
        read = {one for name in left for one in views[name]}
        free = [name for name in left if name not in read] or left
        found += free
        left = [name for name in left if name not in free]
    return found
