"""What plain Alembic needs to find the scripts of all extensions, one file per form.

- `default`: a ``[DEFAULT]`` section for ``>> alembic.ini``
- `section`: a whole section for ``alembic -n NAME``, with dbman's own environment
- `write`: an edit of an alembic.ini or a pyproject.toml, in place
- `plain`: the ancestor's one line

Nothing here imports SQLAlchemy or Alembic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dbman.config import Settings
from dbman.errors import UsageError, nearest
from dbman.exports.default import default
from dbman.exports.plain import plain
from dbman.exports.results import Export, Sources
from dbman.exports.section import section
from dbman.exports.write import write
from dbman.extensions import InstalledExtension
from dbman.revisions import RevisionGraph

FORMS: Mapping[str, Callable[..., Export]] = {
    "default": default,
    "section": section,
    "write": write,
    "plain": plain,
}


def export(
    settings: Settings,
    extensions: Sequence[InstalledExtension],
    graph: RevisionGraph,
    form: str = "default",
    **options: object,
) -> Export:
    """Return the version locations in one form; the options are those of its function.

    ``default`` takes `stdout_fd`, ``section`` takes `name` and `stdout_fd`, ``write`` takes `file`
    and `dry`; ``default`` and ``write`` take the `section` that is Alembic's.

    Raises:
        UsageError: there is no such form, or it cannot work where it is going.
        SettingsError: the configuration to write to is missing or wrong.
        ExtensionError: no configuration can carry the path of a folder.
    """
    if form not in FORMS:
        raise UsageError(f"no form {form!r} of version locations{nearest(form, FORMS)}")
    return FORMS[form](Sources(settings, extensions, graph), **options)


__all__ = ["FORMS", "Export", "export"]
