"""Each extension is taken away again: tables, rows and heads of the others stay as they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dbman.errors import DbmanError
from dbman.facts import Facts, difference, read_facts
from dbman.migrator.moves import downgrade
from dbman.migrator.scene import Scene, listed
from dbman.plans import Plan
from dbman.revisions import Key
from dbman.verify.bench import Bench
from dbman.verify.companies import Companies, companies_of
from dbman.verify.company import company_of, learn_from_few, units_of
from dbman.verify.contents import Contents, read_contents
from dbman.verify.loose import Loose, read_loose, read_references
from dbman.verify.orders import Company
from dbman.verify.results import Finding, Outcome
from dbman.verify.rows import Filler
from dbman.verify.undeclared import Undeclared, of_loose
from dbman.verify.units import Unit
from dbman.verify.with_rows import filler_of
from dbman.verify.workshop import Built

CHECK = "removal"


def units(bench: Bench) -> Iterator[Unit]:
    """Yield a unit for each company of more than one."""
    for unit in units_of(bench, CHECK, _take_away):
        if len(company_of(bench, unit).names) > 1:
            yield unit


@dataclass(frozen=True)
class _Look:
    """What is there at one moment."""

    facts: Facts
    contents: Contents
    rows: frozenset[Key]
    loose: frozenset[Loose]
    references: frozenset[Loose]


def _take_away(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    """Take each extension that a company is about out of it, with rows in all tables."""
    companies, company = companies_of(bench), company_of(bench, unit)
    learn_from_few(bench, company)
    built = companies.build(company)
    if built is None:
        yield unit.skipped(f"{', '.join(company.names)} cannot be installed together")
        return
    ground = companies.workshop.ground
    scene = companies.workshop.restore(built)
    for table, why in _fill(scene, filler_of(bench)).items():
        if companies.is_new("no rows", table):
            yield unit.skipped(f"no rows for {table}: {why}")
    state = ground.save()
    for name in company.about if len(company.about) < 3 else company.names:
        if name in bench.names:
            yield from _take(companies, scene, built, name)
            ground.load(state)
    ground.forget(state)


def _fill(scene: Scene, filler: Filler) -> Mapping[str, str]:
    """Fill all tables; return those that could not be, and why."""
    with scene.database.moving(scene.lock_key) as connection:
        return filler.fill(connection, read_facts(connection, scene.own_tables)).unfilled


def _take(companies: Companies, scene: Scene, built: Built, name: str) -> Iterator[Finding]:
    before = _look(scene)
    yield from companies.undeclared(_clinging(companies, before, name), CHECK)
    try:
        try:
            plans = _undo(companies, scene, name)
        except DbmanError:
            before = _with_plain_rows(companies, built)
            plans = _undo(companies, scene, name)
    except DbmanError as err:
        if companies.is_new("stays", err.message):
            message = f"cannot be taken away from {', '.join(_installed(companies, built))}"
            yield Finding(CHECK, name, None, f"{message}: {err.message}", err.hint)
        return
    after = _look(scene)
    undone = {step.revision for plan in plans for step in plan.steps}
    gone = {name, *(revision.extension for revision in undone)}
    for message in _changes(companies, before, after, gone, _brought(companies, built, gone)):
        if companies.is_new("changes", name, message):
            hint = "let its downgrade touch nothing but its own"
            yield Finding(CHECK, name, None, f"taking it away changes {message}", hint)
    wanted = companies.graph.rows(built.applied - {revision.key for revision in undone})
    if after.rows != wanted and companies.is_new("rows", name):
        held = sorted(key.id for key in after.rows ^ wanted)
        message = f"taking it away leaves wrong rows in the version table: {listed(held)}"
        yield Finding(CHECK, name, None, message, "no script should write the version table")


def _undo(companies: Companies, scene: Scene, name: str) -> list[Plan]:
    """Undo an extension and who needs it; return what was done."""
    leaving = companies.dependents(name)
    return [downgrade(scene, [f"{each}@base"], backup=False).plan for each in leaving]


def _with_plain_rows(companies: Companies, built: Built) -> _Look:
    """Build a company again, with one plain row in each table; return what is there.

    A row that goes to the limits of the newest schema need not fit into an older one.
    """
    scene = companies.workshop.restore(built)
    _fill(scene, Filler(1, companies.bench.options.seed))
    return _look(scene)


def _brought(
    companies: Companies, built: Built, gone: Collection[str]
) -> Mapping[str, Counter[str]]:
    """Return the rows that are there because of those who leave; they may take them along."""
    names = tuple(each for each in _installed(companies, built) if each not in gone)
    rest = companies.build(Company(names, names)) if names else None
    there = dict(rest.contents) if rest else {}
    return {table: Counter(rows) - Counter(there.get(table, ())) for table, rows in built.contents}


def _look(scene: Scene) -> _Look:
    database = scene.database
    with database.reading() as connection, database.dialect.translated():
        facts = read_facts(connection, scene.own_tables)
        return _Look(
            facts,
            read_contents(connection, facts.tables),
            scene.read(connection).rows,
            read_loose(connection, database.dialect, facts),
            read_references(connection, database.dialect, facts),
        )


def _clinging(companies: Companies, look: _Look, name: str) -> Iterator[Undeclared]:
    """Yield who has foreign keys to the tables of an extension and does not say so."""
    for each in of_loose(companies.scene, look.references, companies.owner):
        if each.other == name and name not in companies.needs.get(each.extension, ()):
            yield each


def _changes(
    companies: Companies,
    before: _Look,
    after: _Look,
    gone: Collection[str],
    brought: Mapping[str, Counter[str]],
) -> Iterator[str]:
    """Yield what is not as it was in the tables of those who stay."""
    owner = companies.owner
    for each in difference(before.facts, after.facts):
        whose = owner(each.table)
        if whose is not None and whose not in gone:
            yield f"a table of {whose}: {each}"
    for table, rows in before.contents.items():
        whose = owner(table)
        if whose is None or whose in gone or not _is_same(before, after, table):
            continue
        was, now = Counter(rows), Counter(after.contents[table])
        if now - was or was - now - brought.get(table, Counter()):
            yield f"rows of {whose}: {table} had {len(rows)}, has {now.total()}"
    for loose in sorted(after.loose - before.loose):
        if owner(loose.table) not in gone:
            yield f"what {loose.table} needs: the {loose.kind} leads to {loose.target}"


def _is_same(before: _Look, after: _Look, table: str) -> bool:
    """Return whether a table is there as it was, so that its rows can be compared."""
    return table in after.contents and before.facts.of(table) == after.facts.of(table)


def _installed(companies: Companies, built: Built) -> list[str]:
    there = {companies.graph.revisions[key].extension for key in built.applied}
    return [name for name in companies.names if name in there]
