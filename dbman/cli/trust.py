"""The commands of the panel Trust."""

from __future__ import annotations

import json

from dbman.cli.commands import command
from dbman.cli.options import (
    DryRun,
    Fix,
    Format,
    Ignore,
    Keep,
    LintFormat,
    MakeBaseline,
    Names,
    RowCount,
    ScratchUrl,
    Seed,
    Select,
    Since,
    words,
)
from dbman.cli.render import Page, Styled, Table
from dbman.cli.session import Session
from dbman.cli.views.checked import checked_page
from dbman.cli.views.lint import baselines_page, fixed_page, linted_page
from dbman.cli.views.verified import verified_page
from dbman.errors import UsageError

PANEL = "Trust"


@command(PANEL, "dbman lint", "dbman lint poser --select danger", "dbman lint --since main --fix")
def lint(
    session: Session,
    names: Names = None,
    select: Select = None,
    ignore: Ignore = None,
    since: Since = None,
    format: Format = LintFormat.TEXT,  # noqa: A002 - the name of the option
    fix: Fix = False,
    baseline: MakeBaseline = False,
    dry_run: DryRun = False,
    scratch_url: ScratchUrl = None,
) -> Page:
    """Tell which rules scripts break; exit 1 if any."""
    session.refuse_database()
    session.warn_of_nothing()
    manager = session.manager
    if baseline:
        return baselines_page(manager.baseline(*names or (), dry_run=dry_run))
    session.tell_of_environment()
    if session.options.as_json and format in (LintFormat.GITHUB, LintFormat.SARIF):
        raise UsageError(f"--json and --format {format.value} are two formats", "say one of them")
    session.print_as_json(format is LintFormat.JSON)
    linted = manager.lint(
        *names or (),
        select=words(select),
        ignore=words(ignore),
        since=since,
        scratch_url=scratch_url,
    )
    if fix:
        return fixed_page(manager.fix(linted, dry_run=dry_run), format)
    return linted_page(linted, format)


@command(PANEL, "dbman check", "dbman check poser --scratch-url postgresql:///")
def check(session: Session, names: Names = None, scratch_url: ScratchUrl = None) -> Page:
    """Tell whether migrations build the models; exit 1 if not."""
    session.refuse_database()
    session.tell_of_environment()
    found = session.manager.check(*names or (), scratch_url=scratch_url)
    return checked_page(found, session.manager.settings.at_scratch(scratch_url).scratch_option)


@command(PANEL, "dbman verify", "dbman verify poser --keep", "dbman verify --rows 20 --seed 7")
def verify(
    session: Session,
    names: Names = None,
    scratch_url: ScratchUrl = None,
    rows: RowCount = 5,
    seed: Seed = 0,
    keep: Keep = False,
) -> Page:
    """Try every revision, with rows, on scratch databases."""
    session.refuse_database()
    session.tell_of_environment()
    verified = session.manager.verify(
        *names or (), scratch_url=scratch_url, seed=seed, rows=rows, keep=keep
    )
    return verified_page(verified)


@command(PANEL, "dbman config", "dbman config --json")
def config(session: Session) -> Page:
    """Show every setting and where it comes from."""
    rows = session.manager.config()
    text = Table(
        [(Styled(row.name, "name"), _shown(row.value), Styled(row.source, "dim")) for row in rows]
    )
    file = session.manager.settings.file
    data = {
        "file": str(file) if file else None,
        "settings": [{"name": row.name, "value": row.value, "source": row.source} for row in rows],
    }
    return Page(data, [text])


def _shown(value: object) -> str:
    """Return a value as people read it: nothing is a hyphen, a text is bare."""
    if value is None or value in ("", [], {}):
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
