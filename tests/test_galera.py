"""A MariaDB Galera cluster: eight upgraders over three nodes, and a node that is killed.

DBMAN_TEST_ROUNDS says how many rounds, DBMAN_TEST_GALERA=1 asks for both ways to lose a node.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from conftest import ROOT
from crews import NOTES, ROWS, Crew, contents, install

ROUNDS = int(os.environ.get("DBMAN_TEST_ROUNDS", "2"))
UPGRADERS = 8
PROVIDER = Path("/usr/lib/galera/libgalera_smm.so")
NODES = ("one", "two", "three")
LEFT = (
    "7 core a3 a3 of a test failed at {script}: Table 'product' already exists (1050);"
    " {url} cannot undo what this revision did before that"
)
LOSSES = [pytest.param("a3", LEFT, id="in a revision that has made its table")]
if os.environ.get("DBMAN_TEST_GALERA") == "1":
    LOSSES += [pytest.param("a2", "0", id="in a revision that can be rolled back")]
missing = [name for name in ("mariadbd", "rsync", "mariadb-install-db") if not shutil.which(name)]
pytestmark = pytest.mark.skipif(
    bool(missing) or not PROVIDER.exists(), reason="Galera needs mariadb-server, galera-4, rsync"
)


@dataclass(frozen=True)
class Cluster:
    """Three nodes that are up."""

    folder: Path
    """Where their data are."""
    urls: tuple[str, ...]
    """One for each node, without a database."""

    def database(self) -> tuple[str, ...]:
        """Make a database with a random name; return its URL on each node."""
        name = f"dbman_test_{token_hex(6)}"
        self.execute(0, f"CREATE DATABASE {name}")
        urls = (make_url(url).set(database=name) for url in self.urls)
        return tuple(url.render_as_string(hide_password=False) for url in urls)

    def execute(self, node: int, statement: str) -> None:
        """Run a statement on a node."""
        engine = create_engine(self.urls[node], isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def kill(self, node: int) -> None:
        """End a node as a failing machine would."""
        os.kill(int((self.folder / f"{NODES[node]}.pid").read_text()), signal.SIGKILL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Start the nodes, and end them."""
    state = tmp_path / "galera"
    script = ROOT / "scripts" / "galera"
    done = subprocess.run([script, "start", state], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    try:
        yield Cluster(Path(state.read_text().strip()), tuple(done.stdout.split()))
    finally:
        subprocess.run([script, "stop", state], check=True)


@pytest.mark.parametrize(("killed_in", "leaves"), LOSSES)
def test_eight_upgraders_over_three_nodes(
    killed_in: str,
    leaves: str,
    cluster: Cluster,
    make_extension: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each revision and each row once, also when a node dies in the middle."""
    gate = tmp_path / "gate"
    site = install(make_extension, gate)
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    with Crew(site, tmp_path, UPGRADERS) as crew:
        for _ in range(ROUNDS):
            urls = cluster.database()
            crew.order(*urls)
            assert crew.answers() == ["0"] * UPGRADERS
            for url in urls:
                assert contents(url) == {"rows": ROWS, "notes": NOTES}
        urls = cluster.database()
        gate.write_text(killed_in)
        crew.order(*urls)
        lost = _waiting(gate, crew) % len(urls)
        cluster.kill(lost)
        gate.unlink()
        said = crew.answers()
        left = [number for number in range(len(urls)) if number != lost]
        script = site / "core" / "migrations" / "a3.py:18"
        for number in left:
            told = leaves.format(script=script, url=urls[number])
            assert set(said[number :: len(urls)]) == {told}
        if leaves != "0":
            # What the message asks for: undo by hand, then run the command again.
            cluster.execute(left[0], f"DROP TABLE {make_url(urls[0]).database}.product")
            crew.order(*(urls[number] for number in left))
            assert crew.answers() == ["0"] * UPGRADERS
        for number in left:
            assert contents(urls[number]) == {"rows": ROWS, "notes": NOTES}


def _waiting(gate: Path, crew: Crew) -> int:
    """Wait until a worker waits at the gate; return which one."""
    numbers = {str(pid): number for number, pid in enumerate(crew.pids)}
    while (number := numbers.get(gate.read_text())) is None:
        for pid in crew.pids:
            os.kill(pid, 0)  # which fails where it is not there any more
        time.sleep(0.02)
    return number
