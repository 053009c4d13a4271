"""What is found and was meant so: the settings or the script say it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from dbman.lint.comments import ignored_words
from dbman.migrator.scene import Scene
from dbman.sources import read_text
from dbman.verify.results import Finding, Outcome, Skipped
from dbman.verify.units import Unit


def passed_over(scene: Scene, unit: Unit, outcome: Outcome) -> Outcome:
    """Return a finding that is meant as one that was passed over, any other outcome as it is."""
    if isinstance(outcome, Finding) and (_by_settings(scene, unit) or _by_script(scene, unit)):
        reason = f"meant so: {outcome.message}"
        return Skipped(outcome.check, outcome.extension, outcome.revision, reason)
    return outcome


def _by_settings(scene: Scene, unit: Unit) -> bool:
    return any(fnmatchcase(unit.id, pattern) for pattern in scene.settings.verify_ignore)


def _by_script(scene: Scene, unit: Unit) -> bool:
    """Return whether a comment of the script names the check: ``# dbman: ignore[rows]``."""
    if unit.key is None:
        return False
    text = read_text(scene.graph.revisions[unit.key].path)
    return "dbman:" in text and unit.check in ignored_words(text)
