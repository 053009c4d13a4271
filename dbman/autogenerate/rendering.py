"""The text of a new script, by Mako and Alembic's own renderers.

Private names of Alembic: `alembic.autogenerate.render._render_python_into_templatevars`. The public
`render_python_code` does not tell which imports the code needs. Of SQLAlchemy:
`IdentifierPreparer._double_percents`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dbman.autogenerate.imports import names_used, used_imports, usual_imports
from dbman.autogenerate.places import Place
from dbman.autogenerate.templates import find_template
from dbman.config import Settings
from dbman.errors import ScriptError, SettingsError
from dbman.files import is_reserved
from dbman.scripts import check_functions, read_script

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation, MigrationScript
    from alembic.runtime.migration import MigrationContext

_FILE = "%(rev)s_%(slug)s"
_PLAIN = re.compile(r"[^\n\t]")


@dataclass(frozen=True)
class Header:
    """What stands at the top of a new script."""

    place: Place
    """Its extension, id, down revision and label."""
    message: str
    """What it is for."""
    depends_on: tuple[str, ...]
    """The ids that it depends on."""
    created: datetime
    """When it was made."""


def script_of(
    context: MigrationContext, header: Header, operations: Iterable[MigrateOperation]
) -> MigrationScript | None:
    """Return Alembic's directive for these operations and their mirror.

    The settings' `process_revision_directives` has the last word; None if it wants no script.
    """
    from alembic.operations.ops import MigrationScript, UpgradeOps

    upgrade = UpgradeOps(list(operations))
    down = header.place.down
    script = MigrationScript(
        header.place.revision, upgrade, upgrade.reverse(), message=header.message
    )
    directives = [script]
    if hook := context.opts.get("process_revision_directives"):
        hook(context, (down.id,) if down else (), directives)
    return directives[0] if directives else None


def render(
    settings: Settings,
    header: Header,
    script: MigrationScript | None = None,
    context: MigrationContext | None = None,
) -> str:
    """Return the text of a script; without a directive its functions do nothing.

    A template knows what Alembic's knows, and `label`, the branch, and `usual_imports`, those of
    ``op`` and ``sa`` where the script uses them. Raises `ScriptError` if what comes out is no
    script that says what the header says.
    """
    from alembic.config import Config

    variables: dict[str, Any] = {"upgrades": "", "downgrades": "", "imports": ""}
    if script is not None and context is not None:
        variables |= _bodies(script, context)
    names = names_used(variables["upgrades"], variables["downgrades"])
    place = header.place
    return _filled(
        find_template(settings, place.extension),
        header,
        variables
        | {
            "config": Config(settings.file if settings.is_ini else None),
            "usual_imports": usual_imports(names),
            "message": docstring_safe(header.message),
            "label": place.branch,
            "up_revision": place.revision,
            "down_revision": _scalar(place.revises),
            "branch_labels": place.labels or None,
            "depends_on": _scalar(header.depends_on),
            "create_date": header.created,
        },
    )


def docstring_safe(message: str) -> str:
    """Return text that stands in a docstring for exactly this message, and cannot end it."""
    escaped = message.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return _PLAIN.sub(
        lambda found: (
            found[0]
            if found[0].isprintable()
            else found[0].encode("unicode_escape").decode("ascii")
        ),
        escaped,
    )


def now(settings: Settings) -> datetime:
    """Return the date of a new script, in the settings' time zone or without one."""
    if settings.timezone is None:
        return datetime.now()
    for name in (settings.timezone, settings.timezone.upper()):
        try:
            return datetime.now(tz=UTC).astimezone(ZoneInfo(name))
        except (KeyError, ValueError, OSError):
            continue
    raise SettingsError(f"timezone = {settings.timezone!r} is not known here")


def file_name(settings: Settings, header: Header) -> str:
    """Return the path of a new script inside its folder, by Alembic's tokens.

    Source: https://alembic.sqlalchemy.org/en/latest/tutorial.html, `file_template`.
    """
    slug = "_".join(re.findall(r"\w+", header.message)).lower()
    if len(slug) > settings.truncate_slug_length:
        slug = slug[: settings.truncate_slug_length].rsplit("_", 1)[0] + "_"
    template, created = settings.file_template or _FILE, header.created
    tokens: dict[str, object] = {
        "rev": header.place.revision,
        "slug": slug,
        "epoch": int(created.timestamp()),
    }
    for name in ("year", "month", "day", "hour", "minute", "second"):
        tokens[name] = getattr(created, name)
    try:
        name = f"{template % tokens}.py"
    except (KeyError, ValueError, TypeError) as err:
        raise SettingsError(f"file_template = {template!r} cannot be filled in: {err}") from err
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or path.name.startswith((".", "__init__", "env.")):
        raise SettingsError(f"file_template = {template!r} gives {name}, which is no script's name")
    if any(is_reserved(part) for part in path.parts):
        raise SettingsError(
            f"file_template = {template!r} gives {name}, a name that Windows keeps for a device",
            "say it in other words with -m, or begin the template with %(rev)s",
        )
    return name


def _bodies(script: MigrationScript, context: MigrationContext) -> dict[str, Any]:
    """Return `upgrades`, `downgrades` and `imports` as Python."""
    from alembic.autogenerate.api import AutogenContext
    from alembic.autogenerate.render import _render_python_into_templatevars

    rendering = AutogenContext(context)
    rendering.imports.update(script.imports)
    variables: dict[str, Any] = {}
    with warnings.catch_warnings(), _single_percents(context):
        # It warns of constraints without a name, which the result's notes tell.
        warnings.simplefilter("ignore", UserWarning)
        _render_python_into_templatevars(rendering, script, variables)
    names = names_used(variables["upgrades"], variables["downgrades"])
    # What the settings' own hook asks for is theirs to know.
    needed = {*used_imports(rendering.imports, names), *script.imports}
    return variables | {"imports": "\n".join(sorted(needed))}


@contextmanager
def _single_percents(context: MigrationContext) -> Iterator[None]:
    """Let SQL be rendered as it is meant, not as a driver takes it, which wants ``%`` doubled."""
    render: Any = context.impl.render_ddl_sql_expr  # of the application's dialect, by `at_home`
    preparer = getattr(render, "__self__", context.impl).dialect.identifier_preparer
    kept, preparer._double_percents = preparer._double_percents, False
    try:
        yield
    finally:
        preparer._double_percents = kept


def _filled(template: Path, header: Header, variables: dict[str, Any]) -> str:
    """Fill the template in, and read what comes out as dbman reads every script."""
    from alembic.util import format_as_comma
    from mako.template import Template

    try:
        filled = Template(filename=str(template)).render_unicode(comma=format_as_comma, **variables)
    except Exception as err:
        reason = f"{type(err).__name__}: {err}".splitlines()[0]
        raise ScriptError(
            f"the template {template} cannot be filled in: {reason}", "mend the template"
        ) from err
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_bytes(filled.encode("utf-8"))
        require_script(path, header)
    return str(filled)


def require_script(path: Path, header: Header) -> None:
    """Raise `ScriptError` if a file is no script with this header."""
    problem = read_script(path).problem or check_functions(path, ["upgrade", "downgrade"])
    if problem is not None:
        line = problem.message.removeprefix(f"{path}")
        raise ScriptError(
            f"the new script of {header.place.extension.name} is not valid{line}",
            "render what cannot be written as Python with `render_item` in the settings",
        )
    found, place = read_script(path), header.place
    written = (found.revision, found.down_revision, found.branch_labels, found.depends_on)
    if written != (place.revision, place.revises, place.labels, header.depends_on):
        raise ScriptError(f"the new script of {place.extension.name} lost its header: {written}")


def _scalar(ids: tuple[str, ...]) -> str | tuple[str, ...] | None:
    return ids[0] if len(ids) == 1 else ids or None
