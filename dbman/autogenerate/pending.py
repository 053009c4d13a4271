"""All revisions, with those that a run has drafted and not yet written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from dbman.bodies import Body, read_body
from dbman.implied import bodies_of
from dbman.revisions import Key, Revision, RevisionGraph


class Pending:
    """What the scripts on the disk and the drafts so far make together."""

    def __init__(self, graph: RevisionGraph, unmade: Collection[str]) -> None:
        self.graph = graph
        self.unmade = frozenset(unmade)
        self._written = graph
        self._drafted: dict[Key, Body] = {}

    @property
    def bodies(self) -> Mapping[Key, Body]:
        """Return what each script does to tables."""
        return {**self._bodies, **self._drafted}

    def add(self, revision: Revision, text: str) -> None:
        """Take in a draft, as if it were written already."""
        graph, key = self.graph, revision.key
        labels = {Key(key.tree, label): key for label in revision.labels}
        self.graph = replace(
            graph,
            revisions={**graph.revisions, key: revision},
            labels={**graph.labels, **labels},
        )
        self._drafted[key] = _body(text)
        self.unmade -= self._drafted[key].makes

    @cached_property
    def _bodies(self) -> Mapping[Key, Body]:
        return bodies_of(self._written)


def _body(text: str) -> Body:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(text, encoding="utf-8")
        return read_body(path)
