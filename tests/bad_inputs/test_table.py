"""Each bad input is told in one to three lines, with the right exit code, and nothing is changed."""

from __future__ import annotations

import pytest

from bad_inputs.calls import CALLS
from bad_inputs.case import Case, Place
from bad_inputs.checks import CHECKS
from bad_inputs.extensions import EXTENSIONS
from bad_inputs.files import FILES
from bad_inputs.lints import LINTS
from bad_inputs.pictures import PICTURES
from bad_inputs.rows import ROWS
from bad_inputs.scaffold import SCAFFOLD
from bad_inputs.scripts import SCRIPTS
from bad_inputs.servers import SERVERS
from bad_inputs.settings import SETTINGS
from conftest import on_each_version

TABLE: tuple[Case, ...] = (
    *CALLS,
    *CHECKS,
    *LINTS,
    *SETTINGS,
    *FILES,
    *ROWS,
    *SERVERS,
    *SCRIPTS,
    *EXTENSIONS,
    *SCAFFOLD,
    *PICTURES,
)
"""All bad inputs."""
FAR = (*CHECKS, *FILES, *ROWS, *SERVERS, *SCRIPTS, *EXTENSIONS)
"""Those that get as far as SQLAlchemy or Alembic, or may."""
MARK = "dbman: error: "


@pytest.mark.parametrize(
    "one", on_each_version(TABLE, *FAR), ids=lambda one: one.name.replace(" ", "-")
)
def test_a_bad_input(one: Case, place: Place, request: pytest.FixtureRequest) -> None:
    """The whole of stderr and stdout, the exit code, and everything as it was before."""
    if one.server:
        place.url = request.getfixturevalue(one.server)
    place.write(one.files)
    place.extension("shop", one.scripts)
    with place.kept:
        one.prepare(place)
        before = place.trace()
        done = place.run(one)
        assert done.stderr == one.said
        assert (done.returncode, done.stdout) == (one.code, one.out)
        assert place.trace() == before


def test_the_table_keeps_to_the_rules() -> None:
    """Names are unique; an error is one to three lines, the last ones of all, and the code fits."""
    assert len({one.name for one in TABLE}) == len(TABLE)
    for one in TABLE:
        _, mark, told = one.said.partition(MARK)
        assert bool(mark) == (one.code > 1), one.name
        assert told.count("\n") <= 3, one.name
        assert "Traceback" not in one.said
        assert "secret" not in one.said
