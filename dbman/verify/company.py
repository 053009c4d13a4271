"""Any company: extensions are installed together, in any order, and their tables are the same.

Only what is declared orders and completes a company (`dbman.verify.declared`), so that a
dependency that somebody forgot shows up, with the pair.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbman.facts import Facts, difference
from dbman.migrator.scene import listed
from dbman.verify.bench import Bench
from dbman.verify.companies import Companies, companies_of
from dbman.verify.orders import Company, Order, describe
from dbman.verify.results import Finding, Outcome, Skipped
from dbman.verify.undeclared import gone_before, of_failure, of_loose
from dbman.verify.units import Unit, Work
from dbman.verify.workshop import Built, Failure

CHECK = "company"


def units(bench: Bench) -> Iterator[Unit]:
    """Yield a unit for each company, small ones first."""
    yield from units_of(bench, CHECK, _install)


def units_of(bench: Bench, check: str, work: Work) -> Iterator[Unit]:
    """Yield a unit of a check for each company."""
    for company in companies_of(bench).choice.companies:
        alone = company.about[0] if len(company.about) == 1 else None
        subject = "" if alone else company.id
        title = f"{check}: {', '.join(company.names)}"
        yield Unit(check, work, alone, subject=subject, title=title)


def company_of(bench: Bench, unit: Unit) -> Company:
    """Return the company that a unit is about."""
    wanted = unit.subject or unit.extension
    return next(each for each in companies_of(bench).choice.companies if each.id == wanted)


def learn_from_few(bench: Bench, company: Company) -> None:
    """Install each extension that a company is about alone first, if that was not done yet.

    Whom an extension needs is told by its own unit then, and by that alone, whichever units run
    in this process, and in which order.
    """
    for few in companies_of(bench).choice.companies:
        if len(few.about) == 1 and few != company and few.about[0] in company.about:
            _outcomes(bench, few)


def _install(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    """Yield what a company shows."""
    company = company_of(bench, unit)
    learn_from_few(bench, company)
    yield from _outcomes(bench, company)


def _outcomes(bench: Bench, company: Company) -> tuple[Outcome, ...]:
    """Return what a company shows, found out once."""
    return bench.once(f"company {company.id}", lambda: tuple(_in_orders(bench, company)))


def _in_orders(bench: Bench, company: Company) -> Iterator[Outcome]:
    """Install a company in its orders; yield what fails, differs, or misses somebody."""
    companies = companies_of(bench)
    tried: set[Order] = set()
    while left := [order for order in companies.orders(company) if order not in tried]:
        tried.add(left[0])  # what it shows may rule others out
        yield from _in_order(companies, left[0])


def _in_order(companies: Companies, order: Order) -> Iterator[Outcome]:
    built = None
    for built in companies.workshop.stages(order):
        if isinstance(built, Failure):
            yield from _failed(companies, order, built)
            return
        missed = list(of_loose(companies.scene, built.loose, companies.owner))
        if missed:
            yield from companies.undeclared(missed, CHECK)
            return
    if isinstance(built, Built):
        yield from _differing(companies, order, built)
        yield from _loose(companies, built)


def _failed(companies: Companies, order: Order, failure: Failure) -> Iterator[Outcome]:
    undeclared = of_failure(companies.scene, failure)
    if undeclared is not None:
        yield from companies.undeclared([undeclared], CHECK)
        return
    revision = failure.revision
    is_asked = revision.extension in companies.bench.names
    if not is_asked or not companies.is_new("fails", revision.key):
        return
    if companies.fails_anyhow(revision.key):
        reason = f"{revision.extension} {revision.id} cannot be applied"
        yield Skipped(CHECK, revision.extension, revision.id, reason)
        return
    edge = gone_before(companies.scene, failure)
    message, hint = failure.error.message, failure.error.hint
    if edge is not None:
        ender = companies.scene.graph.revisions[edge.after]
        message = (
            f"{edge.table}, which it names, is dropped or renamed by {ender.extension} {ender.id}"
        )
        hint = f"let it look whether {edge.table} is there, or work on what {ender.id} leaves"
    told = f"fails where {describe(order)} are installed in this order: {message}"
    yield Finding(CHECK, revision.extension, revision.id, told, hint)


def _differing(companies: Companies, order: Order, built: Built) -> Iterator[Finding]:
    """Yield where the tables of an extension are not what they are with whom it needs alone."""
    for name, facts in companies.by_owner(built.facts).items():
        alone = companies.build(companies.alone(name)) if name in companies.names else None
        if name is None or alone is None:
            continue
        usual = companies.by_owner(alone.facts).get(name, Facts())
        differing = [str(each) for each in difference(usual, facts)]
        if differing and companies.is_new("differs", name, tuple(differing)):
            yield Finding(
                CHECK,
                name,
                None,
                f"its tables are not the same after {describe(order)} as after"
                f" {describe(alone.order)}: {listed(differing, 3)}",
                "no script should change another extension's tables, or look at who else is there",
            )


def _loose(companies: Companies, built: Built) -> Iterator[Finding]:
    """Yield what names a table that no extension makes."""
    for each in sorted(built.loose):
        if companies.is_new("loose", each):
            message = f"the {each.kind} {each.table} cannot be used: {each.target}"
            if each.kind == "foreign key":
                message = f"{each.table} has a foreign key to {each.target}, which nobody makes"
            yield Finding(
                CHECK, companies.owner(each.table), None, message, "a server would refuse it"
            )
