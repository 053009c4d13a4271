"""The commands of the panel Authoring."""

from __future__ import annotations

from dbman.cli.commands import command
from dbman.cli.options import (
    BuiltOn,
    DryRun,
    Empty,
    Head,
    Here,
    KeepIds,
    MergeMessage,
    Message,
    Name,
    NewName,
    NoCheck,
    Onto,
    Owner,
    Prefix,
    ProjectPath,
    Range,
    Rename,
    Rev,
    RevId,
    ScratchUrl,
    Splice,
    VersionPath,
)
from dbman.cli.render import Page
from dbman.cli.session import Session
from dbman.cli.views.generated import generated_page, generation_page
from dbman.cli.views.repaired import merged_page, rebased_page, squashed_page
from dbman.cli.views.scaffold import scaffold_page

PANEL = "Authoring"


@command(PANEL, "dbman new poser", "dbman new poser --path plugins", "dbman new --here --dry-run")
def new(
    session: Session,
    name: NewName = None,
    prefix: Prefix = None,
    core: BuiltOn = None,
    path: ProjectPath = None,
    here: Here = False,
    dry_run: DryRun = False,
) -> Page:
    """Make the project of an extension, or of the core."""
    made = session.manager.new(
        name, prefix=prefix, core=core, path=path, here=here, dry_run=dry_run
    )
    return scaffold_page(made, dry_run=dry_run)


@command(PANEL, 'dbman generate poser -m "add colour"', 'dbman generate -m "widgets" --head=poser')
def generate(
    session: Session,
    message: Message,
    name: Name = None,
    head: Head = None,
    splice: Splice = False,
    empty: Empty = False,
    rev_id: RevId = None,
    version_path: VersionPath = None,
    scratch_url: ScratchUrl = None,
    rename: Rename = None,
    dry_run: DryRun = False,
) -> Page:
    """Write what models have and scripts lack."""
    session.refuse_database()
    session.tell_of_environment()
    confirm = session.asker(yes=False).about_rename
    if not (name or head or empty or rev_id or version_path or splice):
        generation = session.manager.generate_all(
            message,
            scratch_url=scratch_url,
            rename=rename or (),
            confirm_rename=confirm,
            dry_run=dry_run,
        )
        return generation_page(generation, dry_run=dry_run)
    generated = session.manager.generate(
        name,
        message,
        head=head,
        splice=splice,
        empty=empty,
        rev_id=rev_id,
        version_path=version_path,
        scratch_url=scratch_url,
        rename=rename or (),
        confirm_rename=confirm,
        dry_run=dry_run,
    )
    return generated_page(generated, dry_run=dry_run)


@command(PANEL, "dbman merge poser", 'dbman merge poser -m "join the branches"')
def merge(
    session: Session,
    name: Owner,
    message: MergeMessage = None,
    rev_id: RevId = None,
    dry_run: DryRun = False,
) -> Page:
    """Write a revision that joins an extension's heads."""
    session.refuse_database()
    merged = session.manager.merge(name, message, rev_id=rev_id, dry_run=dry_run)
    return merged_page(merged, dry_run=dry_run)


@command(PANEL, "dbman rebase poser", "dbman rebase poser ae1027a6acf --dry-run")
def rebase(
    session: Session,
    name: Owner,
    rev: Rev = None,
    onto: Onto = None,
    no_check: NoCheck = False,
    dry_run: DryRun = False,
) -> Page:
    """Let local revisions follow an extension's other head."""
    rebased = session.manager.rebase(name, rev, onto=onto, check=not no_check, dry_run=dry_run)
    return rebased_page(rebased)


@command(PANEL, "dbman squash poser", "dbman squash poser ae10:27c6 --keep-ids --dry-run")
def squash(
    session: Session,
    name: Owner,
    revrange: Range = None,
    message: MergeMessage = None,
    keep_ids: KeepIds = False,
    scratch_url: ScratchUrl = None,
    no_check: NoCheck = False,
    dry_run: DryRun = False,
) -> Page:
    """Put one revision in the place of an extension's many."""
    session.tell_of_environment()
    squashed = session.manager.squash(
        name,
        revrange,
        message=message,
        keep_ids=keep_ids,
        scratch_url=scratch_url,
        check=not no_check,
        dry_run=dry_run,
    )
    return squashed_page(squashed)
