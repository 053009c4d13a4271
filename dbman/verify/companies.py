"""What the checks of companies share: one workshop, and what has been found out so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from dbman.facts import Facts
from dbman.migrator.scene import Scene
from dbman.revisions import Key, RevisionGraph
from dbman.verify.bench import Bench
from dbman.verify.declared import closure, declared_graph, needs
from dbman.verify.orders import (
    MOST_ORDERS,
    MOST_PAIRS,
    Choice,
    Chunk,
    Company,
    Order,
    choose_companies,
    choose_orders,
)
from dbman.verify.results import Finding
from dbman.verify.undeclared import Undeclared
from dbman.verify.workshop import Built, Failure, Workshop

_ORDERS_ON_SERVER, _PAIRS_ON_SERVER = 2, 6


class Companies:
    """The companies of a run; what is found out about one shows how others are built."""

    def __init__(self, bench: Bench) -> None:
        """Take the bench; the scratch database is made when the first company is built."""
        self.bench = bench
        self.after: dict[str, set[str]] = {}
        """Whom extensions turned out to need, though they do not say so."""
        self._told: set[object] = set()
        self._orders: dict[object, tuple[Order, ...]] = {}

    @property
    def scene(self) -> Scene:
        """Return the scene, with all that the scripts imply."""
        return self.bench.scene

    @cached_property
    def graph(self) -> RevisionGraph:
        """Return the graph of what is declared."""
        return declared_graph(self.scene)

    @cached_property
    def needs(self) -> Mapping[str, frozenset[str]]:
        """Return whom each extension declares to need."""
        return needs(self.graph, self.scene.extensions)

    @cached_property
    def workshop(self) -> Workshop:
        """Return where companies are built."""
        return Workshop(self.scene, self.bench.new_ground(), self.graph)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the extensions that can be installed: with scripts, and nobody aside below."""
        aside = self.bench.aside.keys()
        return tuple(
            name
            for name in self.graph.extensions
            if self.graph.of(name) and aside.isdisjoint({name, *self.needs.get(name, ())})
        )

    @cached_property
    def core(self) -> tuple[str, ...]:
        """Return the core application, where there is one."""
        is_core = {each.name for each in self.scene.extensions if each.is_core}
        return tuple(name for name in self.names if name in is_core)

    @cached_property
    def choice(self) -> Choice:
        """Return the companies that are tried."""
        chosen = [name for name in self.bench.names if name in self.names]
        most = _PAIRS_ON_SERVER if self._is_on_server else MOST_PAIRS
        seed = self.bench.options.seed
        return choose_companies(self.names, self.core, self.needs, chosen, seed, most)

    @cached_property
    def everybody(self) -> Company:
        """Return the company of all."""
        return Company(self.names, self.names)

    def orders(self, company: Company) -> tuple[Order, ...]:
        """Return the orders of a company, the usual one first."""
        known = frozenset((name, other) for name in self.after for other in self.after[name])
        if (company, known) not in self._orders:
            self._orders[company, known] = self._choose_orders(company)
        return self._orders[company, known]

    def build(self, company: Company) -> Built | None:
        """Return a company in the first of its orders that works, else in dbman's own.

        None where it cannot be built.
        """
        for order in (*self.orders(company), (self._own_order(company),)):
            built = self.workshop.build(order)
            if isinstance(built, Built):
                return built
        return None

    def alone(self, name: str) -> Company:
        """Return an extension with nobody but the core and whom it needs."""
        wanted = closure(self.needs, (*self.core, name))
        return Company(tuple(each for each in self.names if each in wanted), (name,))

    def dependents(self, name: str) -> tuple[str, ...]:
        """Return who needs an extension, each before whom it needs itself, and that last."""
        edges = {
            each: {*self.needs.get(each, ()), *self.after.get(each, ())} for each in self.names
        }
        below = {each: closure(edges, [each]) for each in self.names}
        found = [each for each in self.names if name in below[each]]
        return tuple(sorted(found, key=lambda each: -len(below[each])))

    def fails_anyhow(self, key: Key) -> bool:
        """Return whether a revision fails in dbman's own order, too, where nobody is missing."""
        keys = self._own_order(self.everybody).keys
        if key not in keys:
            return True
        chunk = Chunk("", keys[: keys.index(key) + 1])
        return isinstance(self.workshop.build((chunk,)), Failure)

    def is_new(self, *what: object) -> bool:
        """Return whether this is found for the first time, and remember it."""
        if what in self._told:
            return False
        self._told.add(what)
        return True

    def undeclared(self, found: Iterable[Undeclared], check: str) -> Iterator[Finding]:
        """Yield a finding for each pair that is new, and remember who needs whom."""
        for each in found:
            self.after.setdefault(each.extension, set()).add(each.other)
            is_asked = each.extension in self.bench.names
            if is_asked and self.is_new("needs", each.extension, each.other):
                yield each.finding(check)

    def by_owner(self, facts: Facts) -> Mapping[str | None, Facts]:
        """Return facts by the extension whose table they are about."""
        found: dict[str | None, list[str]] = {}
        for name in (*facts.tables, *facts.views):
            found.setdefault(self.owner(name), []).append(name)
        return {name: facts.of(*tables) for name, tables in found.items()}

    def owner(self, table: str) -> str | None:
        """Return whose a table is: its owner, or who makes it where that one has no scripts."""
        owner = self.scene.ownership.owner_in_database(table)
        return owner if owner in self.names else self.scene.makers.get(table)

    def _choose_orders(self, company: Company) -> tuple[Order, ...]:
        whole = closure(self.after, closure(self.needs, company.names))
        names = tuple(name for name in self.names if name in whole)
        return choose_orders(
            self.graph,
            self.scene.levels,
            Company(names, company.about, company.is_late),
            self.core,
            self.after,
            self.bench.options.seed,
            _ORDERS_ON_SERVER if self._is_on_server else MOST_ORDERS,
        )

    def _own_order(self, company: Company) -> Chunk:
        """Return what dbman would run for a company, which knows what scripts imply."""
        steps = self.bench.replay.plan.steps
        return Chunk(
            "", tuple(s.revision.key for s in steps if s.revision.extension in company.names)
        )

    @property
    def _is_on_server(self) -> bool:
        return self.workshop.ground.dialect.name != "sqlite"


def companies_of(bench: Bench) -> Companies:
    """Return the companies of a run."""
    return bench.once("companies", lambda: Companies(bench))
