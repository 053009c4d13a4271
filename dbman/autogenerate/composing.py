"""From what one extension lacks to the text of its script."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dbman.autogenerate.arranging import arranged
from dbman.autogenerate.comparing import Comparison, is_batch
from dbman.autogenerate.dependencies import find_dependencies
from dbman.autogenerate.operations import flat, foreign_keys, told
from dbman.autogenerate.pending import Pending
from dbman.autogenerate.places import Place
from dbman.autogenerate.rendering import Header, now, render, script_of
from dbman.autogenerate.results import Dependency, Generated
from dbman.migrator.scene import Scene
from dbman.revisions import Key, Revision

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation, UpgradeOps


@dataclass(frozen=True)
class NewRevision:
    """A script that is not written yet."""

    result: Generated
    """What will be told of it."""
    header: Header
    """What stands at its top."""

    @property
    def revision(self) -> Revision:
        """Return the revision that it will be."""
        place, tree = self.header.place, self.header.place.extension.tree
        return Revision(
            Key(tree, place.revision),
            place.extension.name,
            str(place.folder),
            down=(place.down.key,) if place.down else (),
            depends=tuple(Key(tree, each) for each in self.header.depends_on),
            labels=place.labels,
            doc=self.header.message,
            created=str(self.header.created),
        )


def compose_empty(scene: Scene, place: Place, message: str) -> NewRevision:
    """Return a script that does nothing."""
    header = _header(scene, place, message)
    return NewRevision(
        Generated(
            place.extension.name,
            revision=place.revision,
            text=render(scene.settings, header),
            notes=place.notes,
            is_read=place.is_read,
        ),
        header,
    )


def compose(
    comparison: Comparison,
    pending: Pending,
    place: Place,
    message: str,
    operations: Iterable[MigrateOperation],
) -> NewRevision | None:
    """Return a script that does these operations, and add it to what is pending.

    Return None where the settings' `process_revision_directives` wants none. Raises
    `ExtensionError` for a foreign key to a table that nobody owns, or that nobody makes yet.
    """
    scene, context = comparison.scene, comparison.context
    ordered = _findable(scene, arranged(operations))
    keys = [key for each in flat(ordered) for key in foreign_keys(each)]
    depends_on, notes = find_dependencies(comparison, pending, place, keys)
    header = _header(scene, place, message, depends_on)
    script = script_of(context, header, ordered)
    if script is None or script.upgrade_ops is None:
        return None
    result = Generated(
        place.extension.name,
        revision=place.revision,
        text=render(scene.settings, header, script, context),
        operations=tuple(told(each) for each in flat(script.upgrade_ops.ops)),
        depends_on=depends_on,
        notes=(*place.notes, *notes, *_nameless(script.upgrade_ops)),
        is_read=place.is_read,
    )
    draft = NewRevision(result, header)
    pending.add(draft.revision, result.text)
    return draft


def following(draft: NewRevision, revision: str) -> Place:
    """Return where the revision goes that follows a draft of the same run."""
    place = draft.header.place
    return replace(place, revision=revision, down=draft.revision, labels=(), notes=())


def _findable(scene: Scene, operations: list[MigrateOperation]) -> list[MigrateOperation]:
    """Return operations that can find what they drop, where SQLite knows no name of it."""
    from dbman.autogenerate.unnamed import found_by_convention

    in_batches = is_batch(scene) and scene.dialect_name == "sqlite"
    return list(found_by_convention(operations)) if in_batches else operations


def _nameless(upgrade: UpgradeOps) -> Iterator[str]:
    """Yield what a script says about constraints that have no name to be found by."""
    for each in flat(upgrade.ops):
        if getattr(each, "constraint_name", "") is None:
            yield (
                f"{told(each)}: write into the script what names it; --scratch-url on a server of"
                " the application's kind finds it"
            )


def _header(
    scene: Scene, place: Place, message: str, depends_on: Collection[Dependency] = ()
) -> Header:
    ids = tuple(each.revision for each in depends_on)
    return Header(place, message, ids, now(scene.settings))
