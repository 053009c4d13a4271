"""Each existing ecosystem works unchanged, with the settings that the page shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from alembic_projects import run_alembic
from dbman.manager import Manager
from shapes.conftest import PAGE, Shape, settings_of
from sqlscripts.conftest import held, run_shell, url_of

if TYPE_CHECKING:
    from conftest import Demo


@dataclass(frozen=True)
class Claim:
    """What the page claims of a shape."""

    name: str
    """Its folder in tests/demo/ecosystems."""
    history: Mapping[str, int]
    """How many revisions each extension has, in order."""
    heads: str
    """The heads, in order."""
    steps: str
    """The revisions in the order in which they are applied."""
    tables: str
    """The tables that come of them, sorted."""
    undone: str
    """A target of downgrade."""
    gone: str
    """The tables that it takes."""


RATTAIL = Claim(
    "rattail",
    {"rattail": 2, "poser": 1, "rattail_tempmon": 1},
    "5f5b4a9ac35c 55d6e9b05ee4 5f2b87474433",
    "3a7029aed67 5f5b4a9ac35c 55d6e9b05ee4 5f2b87474433",
    "person poser_widget tempmon_client",
    "rattail_tempmon@base",
    "tempmon_client",
)
KALLITHEA = Claim(
    "kallithea",
    {"kallithea": 2},
    "b74907136bc1",
    "9358dc3d6828 b74907136bc1",
    "user_ssh_keys users",
    "kallithea@base",
    "user_ssh_keys",
)
CLAIMS = {
    "Janitoo": Claim(
        "janitoo",
        {"janitoo": 2, "janitoo_dhcp": 1},
        "3f1d4a52b1a1 4a8a3ee8cd5f",
        "27f2b5f3c8ce 3f1d4a52b1a1 4a8a3ee8cd5f",
        "dhcp_lease jnt_users",
        "janitoo_dhcp@base",
        "dhcp_lease",
    ),
    "Invenio": Claim(
        "invenio",
        {
            "invenio_db": 1,
            "invenio_accounts": 2,
            "rdm_drafts": 1,
            "rdm_records": 2,
            "rdm_usage": 0,
        },
        "dbdbc1b19cf2 e12419831262 5c1d4a8b6e30 a3f5a8635cbb",
        "dbdbc1b19cf2 9848d0149abd e12419831262 19cf7b6b9d4c a3f5a8635cbb 5c1d4a8b6e30",
        "accounts_user rdm_drafts_metadata rdm_records_metadata transaction usage_events",
        "rdm_records@base",
        "rdm_drafts_metadata rdm_records_metadata usage_events",
    ),
    "OpenStack": Claim(
        "openstack",
        {"neutron": 3, "networking-sfc": 4},
        "354db87e3225 30018084ec99 48072cb59133 6185f1633a3d",
        "kilo 354db87e3225 30018084ec99 start_networking_sfc 24fc7241aa5 48072cb59133 6185f1633a3d",
        "ports sfc_chains",
        "networking-sfc@base",
        "sfc_chains",
    ),
    "Rattail": RATTAIL,
    "Rattail's own ini": RATTAIL,
    "Kallithea": KALLITHEA,
    "A bootstrap in Python": KALLITHEA,
    "CKAN": Claim(
        "ckan",
        {"ckan": 2, "harvest": 2, "pages": 2},
        "002 002 002",
        "001 002 001 001 002 002",
        "harvest_job package pages_page",
        "harvest@base",
        "harvest_job",
    ),
    "Indico": Claim(
        "indico",
        {"indico": 2, "payment_paypal": 1},
        "1af04f7ede7a 33a1d6f25951",
        "2af245be72a6 1af04f7ede7a 33a1d6f25951",
        "events payments",
        "payment_paypal@base",
        "payments",
    ),
}
Make = Callable[[str, str], Shape]
each_shape = pytest.mark.parametrize("heading", CLAIMS)


def tables(manager: Manager) -> set[str]:
    """Return the tables of the database, but for version tables."""
    with manager.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows if "alembic_version" not in name}


def schema(manager: Manager) -> object:
    """Return what is in the database, as facts."""
    from dbman.facts import read_facts

    with manager.database.reading() as connection:
        return read_facts(connection)


def test_each_has_its_claims() -> None:
    """Every section with settings of its own is tested below, or in a test of its own."""
    headings = re.findall(r"^## (.*)", PAGE, re.M)
    shown = {heading for heading in headings if settings_of(heading)}
    assert shown == {*CLAIMS, "Scripts that need the application"}


@each_shape
def test_reading(shape: Make, heading: str) -> None:
    """The extensions, their heads and histories, found with nothing wrong."""
    claim = CLAIMS[heading]
    manager = shape(claim.name, heading).manager()
    assert {one.name: len(manager.history(one.name)) for one in manager.extensions} == claim.history
    assert [one.name for one in manager.extensions] == list(claim.history)
    assert [one.id for one in manager.heads()] == claim.heads.split()
    assert [one.problems for one in manager.extensions] == [()] * len(claim.history)
    assert manager.models.problems == ()


@each_shape
def test_a_life(shape: Make, heading: str) -> None:
    """Made, at head, nothing to write; one taken away with its tables alone, and back again."""
    claim = CLAIMS[heading]
    place = shape(claim.name, heading)
    manager = place.manager()
    move = manager.initdb()
    assert [step.revision.id for step in move.plan.steps] == claim.steps.split()
    assert manager.checkdb().at_head
    assert tables(manager) == set(claim.tables.split())
    written = place.manager().generate_all("more", dry_run=True)
    assert [one.text for one in written.scripts] == []
    before = schema(manager)
    manager.downgrade(claim.undone)
    assert set(claim.tables.split()) - tables(manager) == set(claim.gone.split())
    assert not manager.status().at_head
    manager.upgrade()
    assert schema(manager) == before


@each_shape
def test_a_script_of_sql(shape: Make, heading: str) -> None:
    """SQLite's own shell builds the same from it: bootstraps, translations and all trees."""
    place = shape(CLAIMS[heading].name, heading)
    url = url_of(place.folder / "by-shell.db")
    done = run_shell(url, place.manager().upgrade_sql("base:heads").text)
    assert (done.returncode, done.stderr) == (0, "")
    place.manager().initdb()
    assert held(url) == held(url_of(place.folder / "x.db"))


@each_shape
def test_plain_alembic(demo: Demo, shape: Make, heading: str) -> None:
    """What `version_locations` writes lets the real Alembic find the same heads."""
    claim = CLAIMS[heading]
    place = shape(claim.name, heading)
    manager = place.manager()
    trees = list(dict.fromkeys(one.tree for one in manager.extensions))
    names = ["dbman"] if len(trees) == 1 else list(claim.history)
    ini = place.folder / "plain.ini"
    for name in names:
        with ini.open("a", encoding="utf-8") as file:
            file.write(manager.version_locations("section", name=name).text)
    calls = [f"-c plain.ini -n {name} heads" for name in names]
    done = run_alembic(replace(demo, site=place.site), place.folder, *calls)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("$")]
    assert sorted(line.split()[0] for line in lines) == sorted(claim.heads.split())
