"""DBM311: a file's name does not hold the id of its revision."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity
from dbman.lint.sources import Source


class FileName(Rule):
    """The name of a script does not hold the id of its revision.

    The id is what commands and errors name, and the file is then hard to find; most often the
    script was copied and got a new id. Nothing is found where the setting `file_template` puts no
    id into the name nor, without that setting, in an extension that names most of its files
    otherwise.

    Bad:

    ```python
    # poser/p9_width.py
    revision = "p1"
    down_revision = "p0"


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Good:

    ```python
    # poser/p1_width.py
    revision = "p1"
    down_revision = "p0"


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Rename the file; its name means nothing to Alembic.
    """

    code = "DBM311"
    name = "file-name"
    group = "hygiene"
    severity = Severity.INFO

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each script whose name lacks the id."""
        template = case.scene.settings.file_template
        if template is not None and "(rev)" not in template:
            return
        by_extension: dict[str, list[Source]] = {}
        for source in case.scripts:
            if source.header.revision is not None:
                by_extension.setdefault(source.extension.name, []).append(source)
        for sources in by_extension.values():
            lacking = [source for source in sources if not _holds_id(source)]
            if template is not None or len(lacking) <= len(sources) / 2:
                for source in lacking:
                    said = f"{source.path.name} holds the revision {source.header.revision}"
                    yield self.finding(source, said, at=source.place("revision"))


def _holds_id(source: Source) -> bool:
    return str(source.header.revision).lower() in source.path.stem.lower()
