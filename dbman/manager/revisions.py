"""The commands that read the revisions of the extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.manager.base import ManagerBase
from dbman.ranges import history
from dbman.revisions import Revision
from dbman.targets import Targets

if TYPE_CHECKING:
    from pathlib import Path

    from dbman.exports import Export
    from dbman.pictures.forms import Drawing
    from dbman.pictures.graph import Picture
    from dbman.pictures.schema import Diagram
    from dbman.schemas import Comparison, Part, Schema


class RevisionCommands(ManagerBase):
    """Show the revisions of all extensions, and where their scripts lie."""

    def heads(self, name: str | None = None) -> tuple[Revision, ...]:
        """Return the heads of one extension, or of all in order."""
        if name:
            self._targets().branch(name)
            return self._targets().find(f"{name}@heads")
        return tuple(head for one in self.graph.extensions for head in self.graph.heads(one))

    def history(self, name: str | None = None, revrange: str | None = None) -> tuple[Revision, ...]:
        """Return revisions newest first, extension by extension, the core last."""
        applied = self._applied() if revrange and "current" in revrange else frozenset()
        return history(Targets(self.graph, applied), name, revrange)

    def show(self, target: str = "heads") -> tuple[Revision, ...]:
        """Return the revisions that a target names."""
        found = Targets(self.graph, self._applied() if "current" in target else frozenset())
        return found.find(target)

    def branches(self) -> tuple[Revision, ...]:
        """Return the revisions that more than one revision revises."""
        return self.graph.branch_points()

    def picture(self, *names: str, offline: bool = False, full: bool = False) -> Picture:
        """Return the revisions as lanes, with what the database has applied of them.

        It is neither created nor, with `offline`, looked at. `full` folds no history.
        """
        from dbman.pictures.graph import NOT_ASKED, Sources, find_standing, make_picture

        standing = NOT_ASKED if offline else find_standing(self.scene)
        implied = self.scene.implied.edges
        return make_picture(
            Sources(self.graph, self.extensions, implied, standing), names, full=full
        )

    def draw_graph(
        self,
        file: Path,
        *names: str,
        force: bool = False,
        offline: bool = False,
        full: bool = False,
    ) -> Drawing[Picture]:
        """Write that picture to a file, in the form that its suffix names."""
        from dbman.pictures.forms import require_place
        from dbman.pictures.graph import FORMS, draw

        require_place(file, FORMS, force=force)
        return draw(self.picture(*names, offline=offline, full=full), file, force=force)

    def schema(
        self, source: str = "migrations", part: Part | None = None, scratch_url: str | None = None
    ) -> Schema:
        """Return tables with their columns and DDL, all or a part of them.

        `source` is models, migrations, database, a target, a URL or a path.
        """
        from dbman.schemas import read

        return read(self.scene, source, part, scratch_url)

    def schema_difference(
        self,
        before: str,
        after: str,
        part: Part | None = None,
        scratch_url: str | None = None,
    ) -> Comparison:
        """Return what differs between two schemas, each named as the `source` of `schema`."""
        from dbman.schemas import read_difference

        return read_difference(self.scene, before, after, part, scratch_url)

    def draw_schema(
        self,
        file: Path,
        source: str | tuple[str, str] = "migrations",
        part: Part | None = None,
        *,
        force: bool = False,
        scratch_url: str | None = None,
    ) -> Drawing[Diagram]:
        """Write a picture of a schema, or of what differs between two, by the file's suffix."""
        from dbman.pictures.forms import draw_to, require_place
        from dbman.pictures.schema import FORMS, make_diagram

        require_place(file, FORMS, force=force)
        if isinstance(source, str):
            diagram = make_diagram(self.schema(source, part, scratch_url))
        else:
            diagram = make_diagram(self.schema_difference(*source, part, scratch_url))
        return draw_to(file, diagram, FORMS, force=force)

    def version_locations(self, form: str = "default", **options: object) -> Export:
        """Return what plain Alembic needs to find all scripts; see `dbman.exports`."""
        from dbman.exports import export

        return export(self.settings, self.extensions, self.graph, form, **options)
