"""Checks that found nothing to tell: who asks again is answered without importing anything.

A verdict is kept beside the state of all that it rests on: every script, every module that was
imported for the models, and where an import finds these; what hardly ever changes stands in the
name that it is kept under. It says that nothing differs, that nothing is to be known besides, and
that running the same again would tell the same.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from dbman.cache.modules import are_the_same, rows_of
from dbman.cache.running import what_runs
from dbman.config import Settings
from dbman.extensions import InstalledExtension
from dbman.headers import file_state
from dbman.revisions import Revision
from dbman.store import Store

_PARTS = {"scripts", "modules", "answers"}
_MANY = 200
"""How many questions are kept in any case."""


@dataclass(frozen=True)
class Verdicts:
    """The answers of one application, as it is when this is made: before models are imported."""

    settings: Settings
    """The settings of the run; nothing is kept where they want no snapshot."""
    extensions: Sequence[InstalledExtension]
    """The extensions, whose models are compared."""
    revisions: Collection[Revision]
    """Their revisions."""
    store: Store
    """Where verdicts are kept."""
    loaded: frozenset[str] = field(default_factory=lambda: frozenset(sys.modules))
    """The modules that are loaded before."""

    def read(self, question: str) -> tuple[str, ...] | None:
        """Return what was answered to a question, None where it has to be asked anew."""
        kept = self._kept if self._is_wanted else {}
        answer = kept.get("answers", {}).get(question)
        if answer is None or kept["scripts"] != self._scripts or not are_the_same(kept["modules"]):
            return None
        return tuple(answer)

    def write(self, question: str, answer: Sequence[str]) -> None:
        """Keep an answer, if the models that were imported for it would be the same again."""
        scripts = self._scripts if self._is_wanted else None
        modules = rows_of(self._roots(), self.loaded) if scripts else None
        if modules is None:
            return
        rests_on = {"scripts": scripts, "modules": [list(each) for each in modules]}
        kept = self._kept
        is_same = rests_on == {name: kept.get(name) for name in rests_on}
        answers = kept["answers"] if is_same and len(kept["answers"]) < _MANY else {}
        content = {**rests_on, "answers": {**answers, question: list(answer)}}
        self.store.write(self._key, json.dumps(content).encode())

    @property
    def _is_wanted(self) -> bool:
        """Whether verdicts are asked for, and nobody could change SQLAlchemy before.

        What callables in the settings do is followed by nobody.
        """
        settings, url = self.settings, self.settings.url
        is_plain = not (settings.bootstrap or settings.context) and (url is None or "://" in url)
        return settings.snapshot and is_plain and "sqlalchemy" not in self.loaded

    @property
    def _scripts(self) -> str | None:
        """Return a hash of the state of all scripts, None where one may be changing."""
        states = [file_state(str(each.path)) for each in self.revisions]
        named = ((*each.key, each.extension, str(each.path)) for each in self.revisions)
        rows = sorted(zip(named, states, strict=True))
        return _hash(rows) if all(states) else None

    def _roots(self) -> Iterator[str]:
        for each in self.extensions:
            if each.value and each.enabled and not each.skipped:
                yield each.value.partition(":")[0]

    @cached_property
    def _kept(self) -> Mapping[str, Any]:
        try:
            kept = json.loads(self.store.read(self._key) or b"{}")
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) and kept.keys() == _PARTS else {}

    @cached_property
    def _key(self) -> str:
        settings = self.settings
        parts = {
            **what_runs(),
            "settings": [repr(settings), settings.url, settings.scratch_url],
            "extensions": repr(self.extensions),
            "python": [sys.path, sys.warnoptions, repr(sys.flags)],
        }
        return f"verdict-{_hash(parts)}"


@contextmanager
def shown_warnings() -> Iterator[list[str]]:
    """Yield a list that gets what is warned of inside the block, and shown to people."""
    found: list[str] = []
    show = warnings.showwarning

    def note(message: Warning | str, *args: Any, **options: Any) -> None:
        found.append(str(message))
        show(message, *args, **options)

    warnings.showwarning = note
    try:
        yield found
    finally:
        warnings.showwarning = show


def _hash(parts: object) -> str:
    return sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()
