"""The commands that say what can be relied on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbman.config import SettingRow
from dbman.manager.base import ManagerBase

if TYPE_CHECKING:
    from dbman.about import About
    from dbman.drift import Check
    from dbman.lint import Baselines, Fixed, Linted, Rule
    from dbman.store import Store
    from dbman.verify import Verification


class TrustCommands(ManagerBase):
    """Say whether migrations can be relied on, what the settings are, and what is kept."""

    def check(self, *names: str, scratch_url: str | None = None) -> Check:
        """Return whether the migrations build the models; `matches` is the answer."""
        from dbman.drift import check

        return check(self.scene, names, scratch_url=scratch_url)

    def verify(
        self,
        *names: str,
        scratch_url: str | None = None,
        seed: int = 0,
        rows: int = 5,
        keep: bool = False,
    ) -> Verification:
        """Try every revision of these extensions, or of all, on scratch databases.

        Tables are filled with `rows` rows drawn with `seed`; with `keep` the databases stay on
        which a step failed.
        """
        from dbman.verify import Options, verify

        options = Options(names, seed, rows, keep, Path.cwd())
        return verify(self.scene, self.settings.at_scratch(scratch_url), options)

    def about(self) -> About:
        """Return which versions of what run here, for a report of a bug."""
        from dbman.about import about

        return about(len(self.extensions))

    def config(self) -> tuple[SettingRow, ...]:
        """Return every setting with its value and where that comes from."""
        return self.settings.rows()

    def lint(self, *names: str, **options: Any) -> Linted:
        """Return what breaks the rules in the scripts of extensions; see `dbman.lint.lint`."""
        from dbman.lint import lint

        return lint(self.scene, names, **options)

    def fix(self, linted: Linted, *, dry_run: bool = False) -> Fixed:
        """Mend what `lint` has found and nobody has to think about, in all scripts or in none."""
        from dbman.lint import fix

        fixed = fix(linted, dry_run=dry_run)
        self._read_again()
        return fixed

    def baseline(self, *names: str, dry_run: bool = False) -> Baselines:
        """Write down the scripts of extensions as they are released."""
        from dbman.lint import write_baselines

        return write_baselines(self.scene, names, dry_run=dry_run)

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules of `lint`, those of others included."""
        from dbman.lint import find_rules

        return find_rules().rules

    def explain(self, word: str) -> Rule:
        """Return the rule of a code or a name, whose `page` explains it."""
        from dbman.lint import find_rule

        return find_rule(word)

    def cache(self) -> Store:
        """Return what is kept between runs: `entries` lists the files, `clear` removes them."""
        from dbman.store import kept_store

        return kept_store()
