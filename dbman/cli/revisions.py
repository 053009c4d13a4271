"""The commands of the panel Revisions, light but for those that read models or a database."""

from __future__ import annotations

from dbman.cli.commands import command
from dbman.cli.options import (
    Ascii,
    Diff,
    Distance,
    DryRun,
    Full,
    Name,
    Names,
    Offline,
    Overwrite,
    PathOnly,
    Picture,
    Plain,
    Rev,
    RevOption,
    Revrange,
    ScratchUrl,
    Scripts,
    Section,
    Source,
    Tables,
    Write,
)
from dbman.cli.output import has_symbols, terminal_width
from dbman.cli.render import Page
from dbman.cli.session import Session
from dbman.cli.views.exports import locations_page
from dbman.cli.views.extensions import extensions_page
from dbman.cli.views.pictures import drawing_page, picture_page
from dbman.cli.views.revisions import Revisions
from dbman.cli.views.schemas import comparison_page, drawn_page, schema_page
from dbman.errors import UsageError

PANEL = "Revisions"
STDOUT = 1


@command(PANEL, "dbman extensions", "dbman extensions --scripts")
def extensions(session: Session, scripts: Scripts = False) -> Page:
    """List the extensions that are found, and what is broken."""
    manager = session.manager
    problems = [*manager.graph.clashes, *manager.graph.problems]
    if not scripts:
        problems += manager.models.problems
    return extensions_page(manager.extensions, manager.graph, problems)


@command(PANEL, "dbman heads", "dbman heads poser -v")
def heads(session: Session, name: Name = None) -> Page:
    """List the newest revision of each extension."""
    session.warn_of_scripts()
    found = session.manager.heads(name)
    view = Revisions(session.manager.graph)
    text = view.blocks(found) if session.options.verbose else [view.short(found)]
    return Page({"heads": [view.data(each) for each in found]}, text)


@command(PANEL, "dbman history poser", "dbman history --revrange=poser:")
def history(session: Session, name: Name = None, revrange: Revrange = None) -> Page:
    """List revisions, newest first, extension by extension."""
    session.warn_of_scripts()
    manager = session.opened if revrange and "current" in revrange else session.manager
    found = manager.history(name, revrange)
    view = Revisions(manager.graph)
    if session.options.as_json:  # thousands of rows: only what is shown is made
        return Page({"revisions": [view.data(each) for each in found]})
    return Page({}, view.blocks(found) if session.options.verbose else [view.history(found)])


@command(PANEL, "dbman show poser@head", '$EDITOR "$(dbman show --path 1dd1)"')
def show(
    session: Session, rev: Rev = None, rev_option: RevOption = None, path: PathOnly = False
) -> Page:
    """Show one revision in full, or where its file is."""
    if rev and rev_option:
        raise UsageError(f"{rev!r} and -r {rev_option!r} both name a revision", "say one of them")
    target = rev or rev_option or "heads"
    session.warn_of_scripts()
    manager = session.opened if "current" in target else session.manager
    found = manager.show(target)
    view = Revisions(manager.graph)
    text = [str(each.path) for each in found] if path else view.blocks(found)
    return Page({"revisions": [view.data(each) for each in found]}, text)


@command(PANEL, "dbman graph", "dbman graph poser notes", "dbman graph -o acme.html")
def graph(
    session: Session,
    names: Names = None,
    output: Picture = None,
    full: Full = False,
    ascii_: Ascii = False,
    offline: Offline = False,
    force: Overwrite = False,
) -> Page:
    """Draw the revisions as lanes, one for each extension."""
    _require_use(output, force=force)
    manager, wanted = session.manager, names or []
    for problem in (*manager.graph.clashes, *manager.graph.problems):
        session.talk.warn(problem.message)
    if output is not None:
        return drawing_page(
            manager.draw_graph(output, *wanted, force=force, offline=offline, full=full)
        )
    picture = manager.picture(*wanted, offline=offline, full=full)
    return picture_page(picture, terminal_width(), ascii_only=ascii_ or not has_symbols())


@command(
    PANEL,
    "dbman schema > schema.sql",
    "dbman schema poser --distance 1 -o poser.svg",
    "dbman schema --diff models migrations",
)
def schema(
    session: Session,
    names: Names = None,
    source: Source = None,
    diff: Diff = None,
    output: Picture = None,
    tables: Tables = None,
    distance: Distance = 0,
    scratch_url: ScratchUrl = None,
    force: Overwrite = False,
) -> Page:
    """Show tables as SQL or as a picture, or what differs."""
    from dbman.schemas.choosing import Part

    manager, wanted = session.manager, diff or _source(session, source)
    if diff and source:
        raise UsageError("--diff names two schemas, and --from one", "say one of them")
    _require_use(output, force=force)
    part = Part(tuple(names or ()), tuple(tables or ()), distance)
    if output is not None:
        return drawn_page(
            manager.draw_schema(output, wanted, part, force=force, scratch_url=scratch_url)
        )
    if isinstance(wanted, tuple):
        return comparison_page(manager.schema_difference(*wanted, part, scratch_url))
    return schema_page(manager.schema(wanted, part, scratch_url))


@command(
    PANEL,
    "dbman version_locations --section dbman >> alembic.ini",
    "dbman version_locations --write alembic.ini",
)
def version_locations(
    session: Session,
    section: Section = None,
    write: Write = None,
    plain: Plain = False,
    dry_run: DryRun = False,
) -> Page:
    """Print what plain Alembic needs to find all scripts."""
    manager, ini = session.manager, session.options.ini_section
    if sum([section is not None, write is not None, plain]) > 1:
        raise UsageError("--section, --write and --plain are three forms", "say one of them")
    for problem in (*manager.graph.clashes, *manager.graph.problems):
        session.talk.warn(problem.message)
    if section is not None:
        export = manager.version_locations("section", name=section, stdout_fd=STDOUT)
    elif write is not None:
        export = manager.version_locations("write", file=write, section=ini, dry=dry_run)
    elif plain:
        export = manager.version_locations("plain")
    else:
        export = manager.version_locations("default", stdout_fd=STDOUT, section=ini)
    return locations_page(export)


def _require_use(output: object, *, force: bool) -> None:
    if force and output is None:
        raise UsageError("--force belongs to -o", "say -o FILE, or leave it away")


def _source(session: Session, source: str | None) -> str:
    """Return where a schema is taken from: from a database where the call names one.

    Raises `UsageError` for one that is empty.
    """
    options = session.options
    if source is not None and not source.strip():
        raise UsageError(
            "--from names nothing",
            "say one of models, migrations, database, a target, a URL or a path",
        )
    is_named = options.url is not None or options.db is not None
    return source or ("database" if is_named else "migrations")
