"""Each extension is taken away again: tables, rows and heads of the others stay as they were."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dbman.errors import DbmanError
from dbman.facts import Facts, difference, read_facts
from dbman.migrator.moves import downgrade
from dbman.migrator.scene import Scene, listed
from dbman.revisions import Key
from dbman.verify.bench import Bench
from dbman.verify.companies import Companies, companies_of
from dbman.verify.company import company_of, units_of
from dbman.verify.contents import Contents, read_contents
from dbman.verify.loose import Loose, read_loose, read_references
from dbman.verify.results import Finding, Outcome
from dbman.verify.undeclared import Undeclared, of_loose
from dbman.verify.units import Unit
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
    """Take each extension that a company is about out of it."""
    companies, company = companies_of(bench), company_of(bench, unit)
    built = companies.build(company)
    if built is None:
        yield unit.skipped(f"{', '.join(company.names)} cannot be installed together")
        return
    leaving = company.about if len(company.about) < 3 else company.names
    for name in leaving:
        yield from _take(companies, built, name)


def _take(companies: Companies, built: Built, name: str) -> Iterator[Finding]:
    scene = companies.workshop.restore(built)
    before = _look(companies, scene)
    yield from companies.undeclared(_clinging(companies, before, name), CHECK)
    leaving = companies.dependents(name)
    try:
        plans = [downgrade(scene, [f"{each}@base"], backup=False).plan for each in leaving]
    except DbmanError as err:
        if companies.is_new("stays", err.message):
            message = f"cannot be taken away from {', '.join(_installed(companies, built))}"
            yield Finding(CHECK, name, None, f"{message}: {err.message}", err.hint)
        return
    after = _look(companies, scene)
    undone = {step.revision for plan in plans for step in plan.steps}
    gone = {name, *(revision.extension for revision in undone)}
    for message in _changes(companies, before, after, gone):
        if companies.is_new("changes", name, message):
            hint = "let its downgrade touch nothing but its own"
            yield Finding(CHECK, name, None, f"taking it away changes {message}", hint)
    wanted = companies.graph.rows(built.applied - {revision.key for revision in undone})
    if after.rows != wanted and companies.is_new("rows", name):
        held = sorted(key.id for key in after.rows ^ wanted)
        message = f"taking it away leaves wrong rows in the version table: {listed(held)}"
        yield Finding(CHECK, name, None, message, "no script should write the version table")


def _look(companies: Companies, scene: Scene) -> _Look:
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
    companies: Companies, before: _Look, after: _Look, gone: Collection[str]
) -> Iterator[str]:
    """Yield what is not as it was in the tables of those who stay."""
    owner = companies.owner
    for each in difference(before.facts, after.facts):
        whose = owner(each.table)
        if whose is not None and whose not in gone:
            yield f"a table of {whose}: {each}"
    for table, rows in before.contents.items():
        whose = owner(table)
        if whose is not None and whose not in gone:
            now = after.contents.get(table)
            if now is not None and now != rows and _is_same(before, after, table):
                yield f"rows of {whose}: {table} had {len(rows)}, has {len(now)}"
    for loose in sorted(after.loose - before.loose):
        if owner(loose.table) not in gone:
            yield f"what {loose.table} needs: the {loose.kind} leads to {loose.target}"


def _is_same(before: _Look, after: _Look, table: str) -> bool:
    """Return whether a table has the same columns, so that its rows can be compared."""
    return before.facts.of(table) == after.facts.of(table)


def _installed(companies: Companies, built: Built) -> list[str]:
    there = {companies.graph.revisions[key].extension for key in built.applied}
    return [name for name in companies.names if name in there]
