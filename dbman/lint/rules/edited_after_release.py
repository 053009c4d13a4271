"""DBM111: a script was edited after its release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dbman.errors import ScriptError
from dbman.lint.baseline import FILE, Lock, by_location, fingerprint, read_lock
from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity
from dbman.lint.sources import Source
from dbman.revisions import Key


class EditedAfterRelease(Rule):
    """A script that was released has been edited or removed since.

    Databases that have run it are not changed by the edit, and never will be: from then on there
    are two kinds of databases at the same revision. `dbman lint --baseline` writes what is released
    into `dbman.lock` beside the scripts; without that file nothing is found. Comments and blank
    lines may change, and so may what is not in the file yet.

    Bad:

    ```python
    # poser/dbman.lock
    heads p1
    p1 0000000000000000000000000000000000000000000000000000000000000000

    # poser/p1.py
    down_revision = None
    ```

    Good:

    ```python
    # poser/dbman.lock
    heads p1

    # poser/p1.py
    down_revision = None
    ```

    Take the edit back and write a new revision that mends what has to be mended. Where nobody has
    run the script yet, or the edit changes nothing for a database, `dbman lint --baseline` takes it
    as released. Commit the file together with the scripts, at each release or after each revision:
    two branches that both do so conflict in git, before they become two heads.
    """

    code = "DBM111"
    name = "edited-after-release"
    group = "manners"
    severity = Severity.ERROR

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each script that is not what its lock says, and each that has gone."""
        for extension in case.scene.extensions:
            for folder, sources in by_location(extension, case.scripts).items():
                try:
                    lock = read_lock(folder)
                except ScriptError as err:
                    yield self.about(
                        folder / FILE, err.message, extension=extension.name, hint=err.hint
                    )
                    continue
                scripts = {str(source.header.revision): source for source in sources}
                yield from self._edited(lock.hashes or {}, scripts)
                for id_ in sorted((lock.hashes or {}).keys() - scripts.keys()):
                    if Key(extension.tree, id_) not in case.graph.replaced:
                        yield self._gone(lock, extension.name, id_)

    def _edited(
        self, hashes: Mapping[str, str], scripts: Mapping[str, Source]
    ) -> Iterator[Finding]:
        for id_ in sorted(hashes.keys() & scripts.keys()):
            if hashes[id_] != fingerprint(scripts[id_].text):
                name = scripts[id_].extension.name
                yield self.finding(
                    scripts[id_],
                    f"{id_} was edited after its release, as {FILE} has it",
                    hint=f"take it back; `dbman lint --baseline {name}` where no database minds",
                )

    def _gone(self, lock: Lock, extension: str, id_: str) -> Finding:
        line = (lock.lines or {}).get(id_, 1)
        message = f"{id_} was released, and its script is gone"
        return replace(self.about(lock.path, message, (line, 1), extension), revision=id_)
