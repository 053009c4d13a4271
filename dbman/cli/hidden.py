"""The commands that work but are not listed: the ancestor's words, and a mender."""

from __future__ import annotations

from typing import NoReturn

from dbman.cli.commands import command
from dbman.cli.options import (
    BackupFile,
    CacheAction,
    CacheVerb,
    Code,
    DropTables,
    Name,
    Names,
    NoBackup,
    Output,
    Overwrite,
    Plan,
    Row,
    Rows,
    Run,
    ShellArguments,
    Yes,
)
from dbman.cli.render import Block, Page, Styled, Table
from dbman.cli.revisions import extensions, version_locations
from dbman.cli.session import Session
from dbman.cli.views.backups import backup_page, restored_page
from dbman.cli.views.cache import cache_page, cleared_page
from dbman.cli.views.lint import rule_page, rules_page
from dbman.cli.views.moves import forgotten_page, keys_data
from dbman.cli.views.revisions import Revisions
from dbman.cli.views.seeded import seeding_page


@command(None, "dbman current", "dbman current poser -v", "dbman current --rows")
def current(session: Session, name: Name = None, rows: Rows = False) -> Page:
    """Show where each extension stands, row or no row."""
    if rows:
        return _rows_page(session)
    session.warn_of_scripts()
    found = session.opened.current(name)
    view = Revisions(session.manager.graph)
    data = [{**view.data(one.revision), "has_row": one.has_row} for one in found]
    text: list[Block] = [view.current(found)]
    if session.options.verbose:
        text = view.blocks([one.revision for one in found])
    return Page({"current": data}, text)


@command(None, "dbman versiondb")
def versiondb(session: Session) -> Page:
    """Show the rows of the version tables."""
    return _rows_page(session)


@command(None, "dbman branches")
def branches(session: Session) -> Page:
    """List the revisions that more than one revises."""
    session.warn_of_scripts()
    found = session.manager.branches()
    view = Revisions(session.manager.graph)
    following = session.manager.graph.next
    data = [{**view.data(each), "next": [key.id for key in following[each.key]]} for each in found]
    said = (
        [] if found else ["no revision is revised by more than one; `dbman heads` lists all heads"]
    )
    return Page({"branches": data}, view.branches(found), said)


command(None, "dbman collect", name="collect")(extensions)


@command(None, "dbman forget 1dd100465544 --drop-tables --plan", moves=True)
def forget(
    session: Session,
    row: Row,
    drop_tables: DropTables = False,
    plan: Plan = False,
    yes: Yes = False,
) -> Page:
    """Take a wrong row of a version table away."""
    confirm = session.asker(yes).about_tables if drop_tables else None
    done = session.opened.forget(row, drop_tables=drop_tables, confirm=confirm, dry=plan)
    return forgotten_page(done, plan=plan)


@command(None, "dbman backup", "dbman backup -o acme.backup --force")
def backup(
    session: Session, output: Output = None, force: Overwrite = False, run: Run = False
) -> Page:
    """Back the database up; on a server name the command that does."""
    return backup_page(session.opened.backup(output, force=force, run=run))


@command(None, "dbman restore acme.sqlite.20261121T142530.backup", moves=True)
def restore(
    session: Session,
    file: BackupFile,
    run: Run = False,
    plan: Plan = False,
    yes: Yes = False,
    no_backup: NoBackup = False,
) -> Page:
    """Replace what the database holds by a backup; asks."""
    is_named_only = session.manager.database.dialect.path is None and not run
    asker = session.asker(yes or plan or is_named_only)
    restored = session.opened.restore(
        file, confirm=asker.about_restoring, backup=not no_backup, run=run, dry=plan
    )
    return restored_page(restored, plan=plan)


@command(None, "dbman shell", "dbman shell -- 'SELECT 1'")
def shell(session: Session, arguments: ShellArguments = None) -> NoReturn:
    """Open the database's own shell: sqlite3, psql or mariadb."""
    from dbman.shells import become

    session.refuse_json()
    become(session.opened.shell(*arguments or ()))


@command(None, "dbman seed", "dbman seed poser --plan", moves=True)
def seed(session: Session, names: Names = None, plan: Plan = False) -> Page:
    """Put in the first rows of extensions, and of those they need."""
    return seeding_page(session.opened.seed(*names or (), dry=plan))


@command(None, "dbman cache info", "dbman cache clear")
def cache(session: Session, action: CacheAction = CacheVerb.INFO) -> Page:
    """Show what is kept to be quicker, or take it away."""
    store = session.manager.cache()
    if action is CacheVerb.CLEAR:
        return cleared_page(store, store.clear())
    return cache_page(store)


@command(None, "dbman explain DBM105", "dbman explain two-heads", "dbman explain")
def explain(session: Session, code: Code = None) -> Page:
    """Explain a rule of lint, or list the rules."""
    if code is None:
        return rules_page(session.manager.rules())
    return rule_page(session.manager.explain(code))


command(None, "dbman version-locations --section dbman", name="version-locations")(
    version_locations
)


def _rows_page(session: Session) -> Page:
    found = session.opened.rows()
    rows = [(Styled(key.tree, "dim"), key.id) for key in found]
    return Page({"rows": keys_data(found)}, [Table(rows)])
