"""Backups that were made and restored, or the commands that do that on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.cli.render import Block, Page

if TYPE_CHECKING:
    from dbman.backups import Backup, Restored


def backup_page(backup: Backup) -> Page:
    """Return the file that was written, or the line for a shell."""
    data = {
        "database": backup.database,
        "file": str(backup.path),
        "done": backup.done,
        "size": backup.size,
        "server_command": backup.command,
    }
    if backup.done:
        return Page(data, [str(backup.path)], hint=f"`dbman restore {backup.path}` brings it back")
    return Page(data, [str(backup.command)], _to_type(backup.password))


def restored_page(restored: Restored, *, plan: bool) -> Page:
    """Return what was restored, or would be."""
    data = {
        "database": restored.database,
        "file": str(restored.source),
        "done": restored.done,
        "made": restored.made,
        "server_command": restored.command,
    }
    if restored.done:
        told = f"restored {restored.database} from {restored.source}"
        return Page(data, said=[told], hint="`dbman status` shows where it stands")
    if restored.command:
        return Page(data, [restored.command], _to_type(restored.password))
    if plan:
        return Page(data, restoring_blocks(restored))
    return Page(data, said=["nothing was changed"], exit_code=1)


def restoring_blocks(restored: Restored) -> list[Block]:
    """Return what a backup replaces, in one line."""
    what = "makes" if restored.made else "replaces all that is in"
    return [f"{what} {restored.database} from {restored.source}"]


def _to_type(password: str | None) -> list[Block]:
    return ["type this, or say --run", f"the password goes into {password}"]
