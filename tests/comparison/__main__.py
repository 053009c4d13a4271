"""Compare Alembic and dbman on every kind of change, and write the table into docs/autogenerate.md.

python -m comparison [--postgresql URL] [--print]
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from comparison import by_alembic, by_dbman
from comparison.kinds import KINDS, numbered
from comparison.outcomes import Outcome
from dbman.config import load
from dbman.scratch import scratch

PAGE = Path(__file__).parents[2] / "docs" / "autogenerate.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
LOCAL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
HEAD = (
    "| change | Alembic on SQLite | dbman on SQLite | Alembic on PostgreSQL | dbman on PostgreSQL |"
)


def main() -> None:
    """Run everything; it takes a few minutes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("DBMAN_TEST_POSTGRESQL_URL", LOCAL)
    parser.add_argument("--postgresql", default=default, metavar="URL", help="the server to use")
    parser.add_argument("--print", action="store_true", help="print the table, write no file")
    call = parser.parse_args()
    logging.disable(logging.WARNING)
    urls = {"sqlite": None, "postgresql": call.postgresql}
    with redirect_stdout(sys.stderr):
        columns = [column for dialect, url in urls.items() for column in compared(dialect, url)]
    text = "\n".join(table(columns))
    if call.print:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def compared(dialect: str, server: str | None) -> Iterator[Mapping[str, Outcome]]:
    """Yield what Alembic and what dbman make of the kinds, by their tables."""
    kinds = dict(numbered(dialect))
    with TemporaryDirectory(prefix="comparison-") as text:
        folder = Path(text)

        @contextmanager
        def fresh() -> Iterator[str]:
            place = server or f"sqlite:///{folder}"
            with scratch(load(flags={"scratch_url": place})) as database:
                yield database.address.url.render_as_string(hide_password=False)

        yield by_alembic.outcomes(folder / "alembic", fresh, dialect, kinds)
        with fresh() as url:
            yield by_dbman.outcomes(folder / "dbman", url, dialect, kinds)


def table(columns: list[Mapping[str, Outcome]]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"Run with Alembic {version('alembic')} and SQLAlchemy {version('sqlalchemy')}."
    yield ""
    good = ["" for _ in columns]
    for index, column in enumerate(columns):
        good[index] = f"{sum(outcome.good for outcome in column.values())} of {len(column)}"
    yield HEAD
    yield "| --- | --- | --- | --- | --- |"
    yield f"| builds the models, keeps the row, can be undone | {' | '.join(good)} |"
    for number, kind in enumerate(KINDS, 1):
        name = f"k{number:02}"
        cells = [str(column[name]) if name in column else "" for column in columns]
        yield f"| {' | '.join([kind.title, *cells])} |"


if __name__ == "__main__":
    main()
