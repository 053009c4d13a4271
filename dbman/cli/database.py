"""The commands of the panel Database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dbman.cli.commands import command
from dbman.cli.options import (
    Detect,
    DialectName,
    Drift,
    Everything,
    Force,
    NoBackup,
    NotAtomic,
    Output,
    Overwrite,
    Plan,
    Recreate,
    ScratchUrl,
    Sql,
    Targets,
    WithDependents,
    Yes,
)
from dbman.cli.render import Page
from dbman.cli.session import Session
from dbman.cli.views.checked import drift_page
from dbman.cli.views.moves import created_page, dropping_page, move_page, plan_page, stamp_page
from dbman.cli.views.scripts import script_page
from dbman.cli.views.status import check_page, status_page
from dbman.errors import UsageError

PANEL = "Database"
_STATUS = "`dbman status` shows where it stands"


@command(PANEL, "dbman initdb", "dbman --db acme.sqlite initdb acme poser", moves=True)
def initdb(
    session: Session,
    targets: Targets = None,
    recreate: Recreate = False,
    plan: Plan = False,
    yes: Yes = False,
    no_backup: NoBackup = False,
    not_atomic: NotAtomic = False,
    scratch_url: ScratchUrl = None,
) -> Page:
    """Make the database if it is missing, then upgrade it."""
    _stepwise(session, not_atomic)
    asker = session.asker(yes or not recreate or plan)
    move = session.opened.initdb(
        *targets or (),
        recreate=recreate,
        confirm=asker.about_dropping,
        dry=plan,
        backup=not no_backup,
        atomic=not not_atomic,
    )
    if plan:
        preview = session.manager.preview(move, scratch_url=scratch_url, anew=recreate)
        return plan_page(move, preview)
    return move_page(move, _STATUS, declined=asker.declined)


@command(PANEL, "dbman createdb", "dbman createdb --recreate --yes", moves=True)
def createdb(
    session: Session,
    recreate: Recreate = False,
    plan: Plan = False,
    yes: Yes = False,
    no_backup: NoBackup = False,
) -> Page:
    """Make all tables from the models, and stamp the heads."""
    asker = session.asker(yes or not recreate or plan)
    created = session.opened.createdb(
        recreate=recreate, confirm=asker.about_dropping, dry=plan, backup=not no_backup
    )
    return created_page(created, plan=plan)


@command(PANEL, "dbman dropdb --plan", "dbman dropdb --all --yes", moves=True)
def dropdb(
    session: Session,
    everything: Everything = False,
    plan: Plan = False,
    yes: Yes = False,
    no_backup: NoBackup = False,
) -> Page:
    """Drop what the extensions own; asks."""
    asker = session.asker(yes or plan)
    dropping = session.opened.dropdb(
        everything=everything, confirm=asker.about_dropping, dry=plan, backup=not no_backup
    )
    return dropping_page(dropping, plan=plan)


@command(
    PANEL,
    "dbman upgrade --plan",
    "dbman upgrade poser@head",
    "dbman upgrade --sql -o up.sql",
    moves=True,
)
def upgrade(
    session: Session,
    targets: Targets = None,
    plan: Plan = False,
    sql: Sql = False,
    dialect: DialectName = None,
    output: Output = None,
    force: Overwrite = False,
    not_atomic: NotAtomic = False,
    detect: Detect = False,
    scratch_url: ScratchUrl = None,
) -> Page:
    """Apply what is pending, or what the targets need."""
    if _writes_sql(sql, dialect, output, force=force, others={"--plan": plan, "--detect": detect}):
        script = session.reading_for(*targets or ()).upgrade_sql(
            *targets or (), dialect=dialect, scratch_url=scratch_url, atomic=not not_atomic
        )
        return script_page(script, output, force=force)
    _stepwise(session, not_atomic)
    move = session.opened.upgrade(
        *targets or (),
        dry=plan,
        atomic=not not_atomic,
        detect=detect,
        scratch_url=scratch_url,
    )
    if plan:
        return plan_page(move, session.manager.preview(move, scratch_url=scratch_url))
    return move_page(move, _STATUS)


@command(PANEL, "dbman downgrade poser@-1", "dbman downgrade poser@base --yes", moves=True)
def downgrade(
    session: Session,
    targets: Targets = None,
    plan: Plan = False,
    sql: Sql = False,
    dialect: DialectName = None,
    output: Output = None,
    force: Overwrite = False,
    yes: Yes = False,
    no_backup: NoBackup = False,
    not_atomic: NotAtomic = False,
    scratch_url: ScratchUrl = None,
) -> Page:
    """Undo the targets and all that stands on them; asks."""
    if _writes_sql(sql, dialect, output, force=force, others={"--plan": plan}):
        script = session.reading_for(*targets or ()).downgrade_sql(
            *targets or (), dialect=dialect, scratch_url=scratch_url, atomic=not not_atomic
        )
        return script_page(script, output, force=force)
    _stepwise(session, not_atomic)
    asker = session.asker(yes or plan)
    move = session.opened.downgrade(
        *targets or (),
        confirm=asker.about_plan,
        dry=plan,
        backup=not no_backup,
        atomic=not not_atomic,
    )
    if plan:
        return plan_page(move, session.manager.preview(move, scratch_url=scratch_url))
    return move_page(move, _STATUS, declined=asker.declined)


@command(PANEL, "dbman stamp poser@head", "dbman stamp --detect --plan", moves=True)
def stamp(
    session: Session,
    targets: Targets = None,
    force: Force = False,
    with_dependents: WithDependents = False,
    plan: Plan = False,
    detect: Detect = False,
    scratch_url: ScratchUrl = None,
) -> Page:
    """Say where extensions stand, without running anything."""
    if force and detect:
        raise UsageError("--force and --detect contradict each other", "say one of them")
    result = session.opened.stamp(
        *targets or (),
        detect=detect,
        force=force,
        with_dependents=with_dependents,
        dry=plan,
        scratch_url=scratch_url,
    )
    return stamp_page(result, session.manager.graph, plan=plan)


@command(PANEL, "dbman status", "dbman status --json")
def status(session: Session) -> Page:
    """Show what is applied and pending, and what is wrong."""
    found = session.opened.status()
    thorough = bool(session.options.verbose)
    return status_page(found, session.manager.model_problems(thorough=thorough))


@command(PANEL, "dbman checkdb && echo at head", "dbman checkdb --drift")
def checkdb(session: Session, drift: Drift = False, scratch_url: ScratchUrl = None) -> Page:
    """Tell whether the database is at the heads; exit 1 if not."""
    if scratch_url is not None and not drift:
        raise UsageError("--scratch-url goes with --drift", "say both, or none")
    status = session.opened.checkdb()
    if not drift:
        return check_page(status)
    return drift_page(status, session.manager.drift(scratch_url=scratch_url))


def _writes_sql(
    sql: bool, dialect: str | None, output: Path | None, *, force: bool, others: Mapping[str, bool]
) -> bool:
    """Return whether a script is asked for.

    Raises `UsageError` for its options without ``--sql``, and for `others` that do not go with it.
    """
    for option, given in {"--dialect": dialect, "-o": output, "--force": force}.items():
        if given and not sql:
            raise UsageError(f"{option} belongs to --sql", "say --sql, or leave it away")
    for option, given in others.items():
        if given and sql:
            raise UsageError(f"--sql and {option} contradict each other", "say one of them")
    return sql


def _stepwise(session: Session, not_atomic: bool) -> None:
    """Let a run that is kept revision by revision say so where it is stopped."""
    if not_atomic:
        session.stopped = "the revisions before stay: `dbman status` shows where it stands"
