"""The commands that write scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbman.manager.base import ManagerBase

if TYPE_CHECKING:
    from dbman.autogenerate import Generated, Generation
    from dbman.repair import Merged, Rebased, Squashed
    from dbman.scaffold import Scaffold


class AuthoringCommands(ManagerBase):
    """Make projects and write migrations."""

    def new(self, name: str | None = None, **options: Any) -> Scaffold:
        """Make the project of an extension; see `dbman.scaffold.new` for the options."""
        from dbman.scaffold import new

        return new(self.settings, name, **options)

    def generate(self, name: str | None, message: str, **options: Any) -> Generated:
        """Write a migration for one extension: what its models have and its scripts lack."""
        from dbman.autogenerate import generate

        generated = generate(self.scene, name, message, **options)
        self._read_again()
        return generated

    def generate_all(self, message: str, **options: Any) -> Generation:
        """Write a migration for each extension that changed, all of them or none."""
        from dbman.autogenerate import generate_all

        generation = generate_all(self.scene, message, **options)
        self._read_again()
        return generation

    def merge(self, name: str, message: str | None = None, **options: Any) -> Merged:
        """Write a revision that joins the heads of one extension."""
        from dbman.repair import merge

        merged = merge(self.scene, name, message, **options)
        self._read_again()
        return merged

    def rebase(self, name: str, revision: str | None = None, **options: Any) -> Rebased:
        """Let the local revisions of an extension follow its other head."""
        from dbman.repair import rebase

        rebased = rebase(self.scene, name, revision, **options)
        self._read_again()
        return rebased

    def squash(self, name: str, revrange: str | None = None, **options: Any) -> Squashed:
        """Put one revision of an extension in the place of several."""
        from dbman.repair import squash

        squashed = squash(self.scene, name, revrange, **options)
        self._read_again()
        return squashed
