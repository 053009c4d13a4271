"""Which extensions are installed together, and in which orders: all of them, or a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice, permutations
from math import factorial
from random import Random

from dbman.implied import Implied
from dbman.order import sort_plan
from dbman.revisions import Key, RevisionGraph
from dbman.verify.declared import with_edges

MOST_PAIRS = 66
"""How many pairs are tried: all those of a dozen extensions."""
MOST_ORDERS = 6
"""In how many orders a company is installed: all those of three extensions."""
MOST_LATE = 8
"""How many pairs are also installed before the core, whose revisions then run once more."""
_MIXED, _DRAWS = 3, 8


@dataclass(frozen=True)
class Company:
    """Extensions that are installed together."""

    names: tuple[str, ...]
    """All of them: the core, whom it is about, and whom those need."""
    about: tuple[str, ...]
    """Whom it is about: one, a pair, or all."""
    is_late: bool = True
    """Whether the core may come after two others."""

    @property
    def id(self) -> str:
        """How it is called: ``poser+gadget``."""
        return "+".join(self.about)


@dataclass(frozen=True)
class Chunk:
    """The revisions that installing one extension runs."""

    name: str
    """The extension; empty where revisions of all are mixed."""
    keys: tuple[Key, ...]
    """The revisions, in order: its own and what they need that is not there yet."""


Order = tuple[Chunk, ...]


@dataclass(frozen=True)
class Choice:
    """What is tried."""

    companies: tuple[Company, ...]
    """The companies, small ones first."""
    notes: tuple[str, ...] = ()
    """What is a sample, and of how many."""


def choose_companies(
    names: Sequence[str],
    core: Collection[str],
    needs: Mapping[str, Collection[str]],
    chosen: Collection[str],
    seed: int,
    most_pairs: int = MOST_PAIRS,
) -> Choice:
    """Return the core alone, the core with each extension, each pair, and all.

    `names` are all extensions in order, `chosen` those that it is about. Companies that come out
    the same are one. Beyond a bound pairs are a sample.
    """
    others = [name for name in names if name not in core]

    def company(about: Sequence[str], late: bool = True) -> Company:
        wanted = {*core, *about}.union(*(needs.get(name, ()) for name in (*core, *about)))
        return Company(tuple(name for name in names if name in wanted), tuple(about), late)

    pairs = [pair for pair in combinations(others, 2) if not {*chosen}.isdisjoint(pair)]
    pairs = [pair for pair in pairs if pair[0] not in needs.get(pair[1], ())]
    pairs = [pair for pair in pairs if pair[1] not in needs.get(pair[0], ())]
    random = Random(f"pairs {seed}")
    tried = sorted(random.sample(pairs, min(len(pairs), most_pairs)), key=pairs.index)
    late = random.sample(tried, min(len(tried), MOST_LATE))
    found = [company(tuple(core))] if core and not {*chosen}.isdisjoint(core) else []
    found += [company([name]) for name in others if name in chosen]
    found += [company(pair, pair in late) for pair in tried]
    found.append(company(others or tuple(core)))
    unique = {each.names: each for each in reversed(found) if each.names}
    notes = []
    if len(tried) < len(pairs):
        notes.append(f"{len(tried)} of {len(pairs)} pairs of extensions were tried, by seed {seed}")
    if core and len(late) < len(tried):
        notes.append(
            f"{len(late)} of {len(tried)} pairs were also installed before {' and '.join(core)},"
            f" by seed {seed}"
        )
    return Choice(tuple(reversed(unique.values())), tuple(notes))


def choose_orders(
    graph: RevisionGraph,
    levels: Mapping[str, int],
    company: Company,
    core: Collection[str],
    after: Mapping[str, Collection[str]],
    seed: int,
    most: int = MOST_ORDERS,
) -> tuple[Order, ...]:
    """Return the orders in which a company is installed: all of them, or a sample.

    `after` maps extensions to others that have to come before them. The first order is the usual
    one. Two that run the same steps are one; a large company also runs with its revisions mixed.
    """
    usual = _usual(company.names, after)
    possible = factorial(len(usual))
    random = Random(f"orders {company.id} {seed}")
    if possible <= max(most, MOST_ORDERS):
        tried: Iterator[Sequence[str]] = islice(permutations(usual), possible)
    else:
        drawn = (random.sample(usual, len(usual)) for _ in range(most * _DRAWS))
        tried = chain([usual, usual[::-1]], drawn)
    found: dict[tuple[Key, ...], Order] = {}
    for names in tried:
        fits = _fits(names, after) and (company.is_late or _is_early(names, core))
        if fits and len(found) < most:
            order = install(graph, names, levels)
            found.setdefault(tuple(key for chunk in order for key in chunk.keys), order)
    for name in company.about if len(company.about) == 1 else ():
        if name not in core and not after.get(name):
            order = stepwise(graph, name, usual, levels)
            found[tuple(key for chunk in order for key in chunk.keys)] = order
    if len(company.about) > 2 and most > 2:
        keys = graph.ancestors(key for name in usual for key in graph.of(name))
        for _ in range(_MIXED):
            mixed = _mixed(graph, keys, after, random)
            found.setdefault(mixed, (Chunk("", mixed),))
    return tuple(found.values())


def install(graph: RevisionGraph, names: Sequence[str], levels: Mapping[str, int]) -> Order:
    """Return what runs where extensions are installed one after the other."""
    return _chunks(graph, ((name, graph.of(name)) for name in names), levels)


def stepwise(
    graph: RevisionGraph, name: str, others: Sequence[str], levels: Mapping[str, int]
) -> Order:
    """Return what runs where one extension is installed revision by revision, then the others.

    No revision meets more of the others than it asks for itself.
    """
    steps = [(name, frozenset({each.key})) for each in graph.by_extension.get(name, ())]
    return _chunks(graph, (*steps, *((each, graph.of(each)) for each in others)), levels)


def _chunks(
    graph: RevisionGraph,
    goals: Iterable[tuple[str, Collection[Key]]],
    levels: Mapping[str, int],
) -> Order:
    """Return what each goal runs that is not there yet."""
    applied: set[Key] = set()
    found = []
    for name, keys in goals:
        missing = graph.ancestors(keys) - applied
        if missing:
            steps = sort_plan(graph, sorted(missing), Implied(), levels)
            found.append(Chunk(name, tuple(revision.key for revision in steps)))
            applied |= missing
    return tuple(found)


def describe(order: Order) -> str:
    """Return an order as people read it: ``acme, then poser``."""
    counts = Counter(chunk.name for chunk in order)
    told = {name: f"{name}, revision by revision" for name in counts if counts[name] > 1}
    names = [told.get(name, name) or "the revisions of all, mixed" for name in counts]
    return ", then ".join(names)


def _usual(names: Sequence[str], after: Mapping[str, Collection[str]]) -> list[str]:
    """Return names in their order, each after those that have to come before it."""
    found: list[str] = []

    def add(name: str, path: tuple[str, ...]) -> None:
        for other in names:
            if other in after.get(name, ()) and other not in (*path, *found):
                add(other, (*path, name))
        if name not in found:
            found.append(name)

    for name in names:
        add(name, ())
    return found


def _fits(names: Sequence[str], after: Mapping[str, Collection[str]]) -> bool:
    place = {name: number for number, name in enumerate(names)}
    return all(
        place[other] < place[name]
        for name in names
        for other in after.get(name, ())
        if other in place and name not in after.get(other, ())
    )


def _is_early(names: Sequence[str], core: Collection[str]) -> bool:
    return all(names.index(name) < 2 for name in core)


def _mixed(
    graph: RevisionGraph,
    keys: Collection[Key],
    after: Mapping[str, Collection[str]],
    random: Random,
) -> tuple[Key, ...]:
    """Return revisions in a random order that breaks no edge."""
    edges = [
        (first, key)
        for key in sorted(keys)
        if not graph.revisions[key].down
        for other in after.get(graph.revisions[key].extension, ())
        for first in sorted(graph.of(other))
        if first in keys
    ]
    learned = with_edges(graph, edges)
    if len(learned.ranks) == len(learned.revisions):
        graph = learned
    waiting = {
        key: sum(parent in keys for parent in graph.revisions[key].parents) for key in sorted(keys)
    }
    ready = [key for key, count in waiting.items() if not count]
    done: list[Key] = []
    while ready:
        key = ready.pop(random.randrange(len(ready)))
        done.append(key)
        for child in graph.children.get(key, ()):
            if child in waiting:
                waiting[child] -= 1
                if not waiting[child]:
                    ready.append(child)
    return tuple(done)
