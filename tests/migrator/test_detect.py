"""Where extensions stand, as their tables show, on real files and servers."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from dbman.errors import DatabaseError, InvalidError, UsageError
from dbman.manager import Manager
from dbman.migrator.detect import Detected
from graphs import ids
from scripts_text import makes, models, script
from shops import PRODUCT

Make = Callable[..., Manager]


def lose_rows(path: Path, *statements: str) -> None:
    """Drop the version table, and run statements."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE IF EXISTS alembic_version")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def places(detected: Detected) -> dict[str, list[str] | None]:
    """Return the newest revisions of each extension; None where it equals no point."""
    return {
        one.extension: None if one.revisions is None else ids(one.revisions)
        for one in detected.standings
    }


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        (["heads"], {"core": ["a2"], "gadget": ["c1"], "poser": ["b2"]}),
        (["core@a1"], {"core": ["a1"], "gadget": [], "poser": []}),
        (["poser@b1"], {"core": ["a1"], "gadget": [], "poser": ["b1"]}),
        (["core@a1", "gadget"], {"core": ["a1"], "gadget": ["c1"], "poser": []}),
        (["poser@b2"], {"core": ["a2"], "gadget": [], "poser": ["b2"]}),
    ],
)
def test_each_point(
    manager: Make, tmp_path: Path, targets: list[str], found: dict[str, list[str]]
) -> None:
    """A database whose version table is lost is found where it was, each extension by itself."""
    manager().initdb(*targets)
    before = manager().rows()
    lose_rows(tmp_path / "x.db")
    assert places(manager().detect()) == found
    stamp = manager().stamp(detect=True)
    assert (stamp.before, stamp.after) == ((), before)
    assert manager().rows() == before
    assert manager().upgrade().done
    assert manager().checkdb().at_head


def test_nothing_is_there(manager: Make, tmp_path: Path) -> None:
    """An empty database is at the base, and no row is written."""
    sqlite3.connect(tmp_path / "x.db").close()
    assert places(manager().detect()) == {"core": [], "gadget": [], "poser": []}
    assert manager().stamp(detect=True).after == ()


def test_a_plan_writes_nothing(manager: Make, tmp_path: Path) -> None:
    """A dry stamp tells the rows, and the file stays as it is."""
    manager().initdb()
    lose_rows(tmp_path / "x.db")
    before = (tmp_path / "x.db").read_bytes()
    assert ids(manager().stamp(detect=True, dry=True).after) == ["b2", "c1"]
    assert (tmp_path / "x.db").read_bytes() == before


def test_one_extension(manager: Make, tmp_path: Path) -> None:
    """Only the one that is named is stamped, with what it needs elsewhere."""
    manager().initdb()
    lose_rows(tmp_path / "x.db")
    assert places(manager().detect("poser")) == {"poser": ["b2"]}
    assert ids(manager().stamp("poser", detect=True).after) == ["b2"]
    assert [one.revision.id for one in manager().current("core")] == ["a2"]
    assert manager().status().extensions[1].state == "empty"
    assert ids(manager().stamp("gadget", detect=True).after) == ["b2", "c1"]


def test_wrong_rows_are_replaced(manager: Make, tmp_path: Path) -> None:
    """What the tables show wins over the rows, above and below."""
    manager().initdb("core@a1", "gadget")
    manager().stamp("poser", force=True)
    stamp = manager().stamp(detect=True)
    assert (ids(stamp.before), ids(stamp.after)) == (["b2", "c1"], ["a1", "c1"])


def test_dependents_are_not_stranded(manager: Make, tmp_path: Path) -> None:
    """One that was not asked about keeps what it stands on, or goes with it."""
    manager().initdb("core@a1")
    manager().stamp("poser", force=True)
    with pytest.raises(UsageError) as caught:
        manager().stamp("core", detect=True)
    assert caught.value.message == (
        "stamping core would strand poser: poser b2 stands on what would be forgotten"
    )
    assert ids(manager().stamp("core", detect=True, with_dependents=True).after) == ["b1"]
    assert ids(manager().stamp("core", "poser", detect=True).after) == ["a1"]


def test_what_differs_is_told(manager: Make, tmp_path: Path) -> None:
    """Where nothing is equal, the nearest point and the differences; nothing is stamped."""
    manager().initdb()
    lose_rows(
        tmp_path / "x.db",
        "ALTER TABLE poser_pose ADD COLUMN extra INTEGER",
        "CREATE INDEX by_product ON poser_widget (product_id)",
    )
    with pytest.raises(DatabaseError) as caught:
        manager().stamp(detect=True)
    assert (caught.value.message, caught.value.hint) == (
        f"{tmp_path / 'x.db'} equals no revision of poser; against the nearest (poser b2):\n"
        "  poser: poser_pose: column extra is new: INTEGER\n"
        "  poser: poser_widget: index by_product is new: (product_id)",
        "mend that, or say where it stands with `dbman stamp NAME@REVISION`",
    )
    with sqlite3.connect(tmp_path / "x.db") as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'alembic%'")
        assert found.fetchall() == []
    connection.close()
    assert ids(manager().stamp("core", "gadget", detect=True).after) == ["a2", "c1"]


def test_at_most_ten_lines(manager: Make, tmp_path: Path) -> None:
    """A long list of differences is cut and counted."""
    manager().initdb()
    more = [f"ALTER TABLE poser_pose ADD COLUMN c{number:02} INTEGER" for number in range(12)]
    lose_rows(tmp_path / "x.db", *more)
    with pytest.raises(DatabaseError) as caught:
        manager().stamp(detect=True)
    lines = caught.value.message.splitlines()
    assert lines[1:] == [
        *(f"  poser: poser_pose: column c{number:02} is new: INTEGER" for number in range(10)),
        "  and 2 more",
    ]


def test_tables_of_others_do_not_matter(manager: Make, tmp_path: Path) -> None:
    """What no extension owns is in nobody's way."""
    manager().initdb()
    lose_rows(
        tmp_path / "x.db", "CREATE TABLE stranger (id INTEGER, product_id REFERENCES product)"
    )
    assert ids(manager().stamp(detect=True).after) == ["b2", "c1"]


def test_what_create_all_made(manager: Make, shop: Path, tmp_path: Path) -> None:
    """Tables that the models make are at the head although the migrations build others."""
    add = 'op.execute("CREATE INDEX by_id ON poser_pose (id)")'
    (shop / "poser" / "migrations" / "b3.py").write_text(script("b3", add, down="b2"))
    manager().createdb()
    lose_rows(tmp_path / "x.db", "ALTER TABLE poser_pose ADD COLUMN extra INTEGER")
    # The older revision is equal to neither.
    assert places(manager().detect()) == {"core": ["a2"], "gadget": ["c1"], "poser": None}
    text = models("poser_", poser_widget="", poser_pose='sa.Column("extra", sa.Integer)')
    text = text.replace('("poser_widget", metadata, sa.Column("id", sa.Integer, primary_key=True), )',
        '("poser_widget", metadata, sa.Column("id", sa.Integer, primary_key=True),'
        ' sa.Column("product_id", sa.Integer, sa.ForeignKey("product.id")))')  # fmt: skip
    (shop / "poser" / "db.py").write_text(text)
    assert places(manager().detect()) == {"core": ["a2"], "gadget": ["c1"], "poser": ["b3"]}
    assert ids(manager().stamp(detect=True).after) == ["b3", "c1"]


def test_revisions_without_a_trace(
    manager: Make, shop: Path, tmp_path: Path, notes: list[str]
) -> None:
    """Rows alone are taken as written when they come last, and that is told."""
    insert = 'op.execute("INSERT INTO poser_pose (id) VALUES (1)")'
    (shop / "poser" / "migrations" / "b3.py").write_text(script("b3", insert, down="b2"))
    manager().initdb("poser@b2", "gadget")
    lose_rows(tmp_path / "x.db")
    detected = manager().detect("poser")
    assert (places(detected), ids(detected.standings[0].unseen)) == ({"poser": ["b3"]}, ["b3"])
    assert ids(manager(progress=_Notes(notes)).stamp(detect=True).after) == ["b3", "c1"]
    assert notes == [
        "poser: taken as applied, for they leave no trace in a schema: b3",
    ]


@pytest.fixture
def insertions(shop: Path) -> None:
    """Let poser's history hold data alone in the middle, b3, and at its end, b5 and b6."""
    insert = 'op.execute("INSERT INTO poser_pose (id) VALUES ({})")'
    bodies = {
        "b3": (insert.format(3),),
        "b4": ('op.execute("CREATE INDEX by_id ON poser_pose (id)")',),
        "b5": (insert.format(5),),
        "b6": (insert.format(6),),
    }
    for name, down in zip(bodies, ("b2", "b3", "b4", "b5"), strict=True):
        file = shop / "poser" / "migrations" / f"{name}.py"
        file.write_text(script(name, *bodies[name], down=down))
    pose = 'sa.Index("by_id", "id")'
    (shop / "poser" / "db.py").write_text(models("poser_", poser_widget=PRODUCT, poser_pose=pose))


@pytest.mark.usefixtures("insertions")
@pytest.mark.parametrize(
    ("target", "newest", "unseen"),
    [
        ("b2", "b3", ["b3"]),
        ("b3", "b3", ["b3"]),
        ("b4", "b6", ["b5", "b6"]),
        ("b5", "b6", ["b5", "b6"]),
        ("b6", "b6", ["b5", "b6"]),
    ],
)
def test_rows_tell_of_data(
    manager: Make, tmp_path: Path, notes: list[str], target: str, newest: str, unseen: list[str]
) -> None:
    """Among equal points the row's own wins, without a guess; without a row the newest does."""
    manager().initdb(f"poser@{target}")
    detected = manager().detect("poser")
    assert (places(detected), detected.standings[0].unseen) == ({"poser": [target]}, ())
    stamp = manager(progress=_Notes(notes)).stamp("poser", detect=True)
    assert (ids(stamp.before), ids(stamp.after), notes) == ([target], [target], [])
    lose_rows(tmp_path / "x.db")
    detected = manager().detect("poser")
    assert places(detected) == {"poser": [newest]}
    assert ids(detected.standings[0].unseen) == unseen


@pytest.mark.usefixtures("insertions")
@pytest.mark.parametrize("wrong", ["b1", "b3", "b4"])
def test_a_row_that_tables_contradict_tells_nothing(manager: Make, wrong: str) -> None:
    """The newest equal point wins over a row that is at none of them."""
    manager().initdb("poser@b6" if wrong != "b4" else "poser@b2")
    manager().stamp(f"poser@{wrong}", force=True)
    found = "b3" if wrong == "b4" else "b6"
    assert places(manager().detect("poser")) == {"poser": [found]}


@pytest.mark.usefixtures("insertions")
def test_what_createdb_made_is_at_the_head(manager: Make, tmp_path: Path) -> None:
    """With its rows and without them; data that came last is taken as applied."""
    manager().createdb()
    detected = manager().detect("poser")
    assert (places(detected), detected.standings[0].unseen) == ({"poser": ["b6"]}, ())
    lose_rows(tmp_path / "x.db")
    assert places(manager().detect("poser")) == {"poser": ["b6"]}


def test_what_createdb_made_stays_at_the_head(manager: Make, shop: Path) -> None:
    """Where it equals the models its row is right, although an older revision equals it, too."""
    add = 'op.execute("CREATE INDEX by_id ON poser_pose (id)")'
    (shop / "poser" / "migrations" / "b3.py").write_text(script("b3", add, down="b2"))
    manager().createdb()
    assert places(manager().detect("poser")) == {"poser": ["b3"]}
    manager().stamp("poser@b1", force=True)
    assert places(manager().detect("poser")) == {"poser": ["b2"]}


def test_a_guess_moves_nobody_from_its_rows(
    manager: Make, make_extension: Callable[..., Path], shop: Path
) -> None:
    """Data of an extension without a row is not taken as applied where it needs the core's."""
    insert = 'op.execute("INSERT INTO {} DEFAULT VALUES")'
    (shop / "core" / "migrations" / "a3.py").write_text(
        script("a3", insert.format("customer"), down="a2", created="2024-05-03")
    )
    odd = {
        "d1.py": script("d1", *makes("odd_one"), depends="a1", label="odd"),
        "d2.py": script("d2", insert.format("odd_one"), down="d1", depends="a3"),
    }
    make_extension("odd", odd)
    manager().initdb("core@a2", "odd@d1")
    manager().stamp("odd@base")
    assert places(manager().detect("core", "odd")) == {"core": ["a2"], "odd": ["d1"]}
    assert places(manager().detect("odd")) == {"odd": ["d1"]}
    assert ids(manager().stamp(detect=True).after) == ["a2", "d1"]


def test_data_below_a_second_head(
    manager: Make, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """A row in one lane tells that the data of the other is not there."""
    insert = 'op.execute("INSERT INTO odd_one (id) VALUES (1)")'
    make_extension(
        "odd",
        {
            "d1.py": script("d1", *makes("odd_one"), label="odd"),
            "d2.py": script("d2", *makes("odd_wide"), down="d1", created="2024-01-02"),
            "d3.py": script("d3", insert, down="d1", created="2024-01-03"),
        },
    )
    manager().initdb("odd@d2")
    assert places(manager().detect("odd")) == {"odd": ["d2"]}
    lose_rows(tmp_path / "x.db")
    assert places(manager().detect("odd")) == {"odd": ["d2", "d3"]}


def test_rows_that_move_meanwhile(manager: Make, tmp_path: Path) -> None:
    """A row that was changed between the look and the lock is not stamped over."""
    manager().initdb()

    class Meddler(_Notes):
        def __getattr__(self, name: str) -> Callable[..., None]:
            if name == "end":
                with sqlite3.connect(tmp_path / "x.db") as connection:
                    connection.execute("DELETE FROM alembic_version WHERE version_num = 'c1'")
                connection.close()
            return super().__getattr__(name)

    with pytest.raises(DatabaseError) as caught:
        manager(progress=Meddler([])).stamp(detect=True)
    assert caught.value.message == f"{tmp_path / 'x.db'} moved while it was compared"
    assert ids(manager().rows()) == ["b2"]


def test_rows_alone(manager: Make, make_extension: Callable[..., Path], tmp_path: Path) -> None:
    """An extension without tables is at its base, unless another one stands on it."""
    insert = 'op.execute("INSERT INTO product (id) VALUES (1)")'
    make_extension("odd", {"d1.py": script("d1", insert, depends="a1", label="odd")})
    manager().initdb()
    lose_rows(tmp_path / "x.db")
    assert places(manager().detect("odd")) == {"odd": []}
    make_extension("lost", {"e1.py": script("e1", *makes("lost_one"), depends="d1", label="lost")})
    manager(db=tmp_path / "y.db").initdb()
    lose_rows(tmp_path / "y.db")
    found = places(manager(db=tmp_path / "y.db").detect("lost", "odd"))
    assert found == {"lost": ["e1"], "odd": ["d1"]}


def test_columns_in_the_tables_of_others(
    manager: Make, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """Who adds a column to a table of the core is judged by it, and the core is not."""
    add = 'op.add_column("product", sa.Column("odd", sa.Integer))'
    make_extension("odd", {"d1.py": script("d1", add, depends="a1", label="odd")})
    manager().initdb("core@a1")
    lose_rows(tmp_path / "x.db")
    assert places(manager().detect("core", "odd")) == {"core": ["a1"], "odd": []}
    manager().stamp("core", detect=True)
    manager().upgrade("odd")
    lose_rows(tmp_path / "x.db")
    assert places(manager().detect("core", "odd")) == {"core": ["a1"], "odd": ["d1"]}
    lose_rows(tmp_path / "x.db", "CREATE TABLE customer (id INTEGER NOT NULL, PRIMARY KEY (id))")
    assert ids(manager().stamp("core", "odd", detect=True).after) == ["a2", "d1"]


def test_two_heads(manager: Make, make_extension: Callable[..., Path], tmp_path: Path) -> None:
    """Each lane that leads to a head of its own has a point of its own."""
    make_extension(
        "odd",
        {
            "d1.py": script("d1", *makes("odd_one"), label="odd"),
            "d2.py": script("d2", *makes("odd_wide"), down="d1", created="2024-01-02"),
            "d3.py": script("d3", 'op.drop_table("odd_one")', down="d1", created="2024-01-03"),
            "d4.py": script("d4", *makes("odd_wider"), down="d2", created="2024-01-04"),
        },
    )
    for target, found in ("odd@d4", ["d4"]), ("odd@d3", ["d4", "d3"]):
        manager().initdb(target)
        before = manager().rows()
        lose_rows(tmp_path / "x.db")
        assert places(manager().detect("odd")) == {"odd": sorted(found)}
        assert manager().stamp("odd", detect=True).after == before


def test_what_cannot_be_true_together(
    manager: Make, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """An extension that needs more of the core than its tables show is told."""
    manager().initdb()
    lose_rows(tmp_path / "x.db", "DROP TABLE customer")
    with pytest.raises(DatabaseError) as caught:
        manager().stamp(detect=True)
    assert (caught.value.message, caught.value.hint) == (
        f"{tmp_path / 'x.db'}: poser looks like b2, which needs core a2,"
        " but core looks older than that",
        "say where they stand with `dbman stamp NAME@REVISION`",
    )


def test_beside_an_orphan(manager: Make, shop: Path, tmp_path: Path) -> None:
    """What an orphan's row may hide is found, and the orphan keeps its row."""
    manager().initdb("poser")
    shutil.rmtree(shop / "poser")
    shutil.rmtree(next(shop.glob("poser-*")))
    assert manager().status().extensions[0].state == "unknown"
    stamp = manager().stamp("core", detect=True)
    assert (ids(stamp.before), ids(stamp.after)) == (["b2"], ["a2", "b2"])
    assert manager().status().extensions[0].state == "at head"


def test_names_and_broken_extensions(manager: Make, shop: Path, notes: list[str]) -> None:
    """A wrong name is an error, so is a broken extension that is named; else it is left aside."""
    manager().initdb()
    with pytest.raises(UsageError) as wrong:
        manager().detect("posr")
    assert wrong.value.message == "no extension 'posr' is installed; did you mean 'poser'?"
    with pytest.raises(UsageError) as skipped:
        manager(skip=["poser"]).detect("poser")
    assert skipped.value.message == "poser is left aside: --skip"
    (shop / "poser" / "migrations" / "b1.py").write_text("def")
    with pytest.raises(InvalidError) as broken:
        manager().detect("poser")
    assert broken.value.message.startswith("poser cannot be replayed: ")
    assert sorted(places(manager().detect())) == ["core", "gadget"]
    manager(progress=_Notes(notes)).stamp(detect=True)
    assert [note.partition(":")[0] for note in notes] == ["poser is left aside"]


def test_a_database_that_moves_meanwhile(manager: Make, tmp_path: Path) -> None:
    """What was changed between the look and the lock is not stamped over."""
    manager().initdb()
    lose_rows(tmp_path / "x.db")

    class Meddler(_Notes):
        def __getattr__(self, name: str) -> Callable[..., None]:
            if name == "end":
                lose_rows(tmp_path / "x.db", "CREATE TABLE IF NOT EXISTS late (id INTEGER)")
            return super().__getattr__(name)

    with pytest.raises(DatabaseError) as caught:
        manager(progress=Meddler([])).stamp(detect=True)
    assert caught.value.message == f"{tmp_path / 'x.db'} moved while it was compared"
    assert ids(manager().stamp(detect=True).after) == ["b2", "c1"]


def test_a_bootstrap_is_the_base(manager: Make, shop: Path, tmp_path: Path) -> None:
    """What stood before the first revision is replayed first."""
    (shop / "start.sql").write_text("CREATE TABLE poser_old (id INTEGER);")
    settings = {"bootstrap": str(shop / "start.sql")}
    manager(**settings).initdb("core@a1")
    lose_rows(tmp_path / "x.db")
    found = places(manager(**settings).detect())
    assert found == {"core": ["a1"], "gadget": [], "poser": []}
    assert places(manager().detect()) == {"core": ["a1"], "gadget": [], "poser": None}


def test_before_anything_is_stamped_upgrade_names_it(manager: Make, tmp_path: Path) -> None:
    """A database without a version table is refused with the way to adopt it."""
    manager().initdb()
    lose_rows(tmp_path / "x.db")
    with pytest.raises(DatabaseError) as caught:
        manager().upgrade()
    assert caught.value.hint == (
        "name another database; or, where these are the extensions' tables, let"
        " `dbman stamp --detect` find out where they stand"
    )


def test_the_demo_at_some_points(demo_path: Path, tmp_path: Path) -> None:
    """Real histories are found where they stand, but for data that leaves no trace."""
    file, options = tmp_path / "demo.db", {"db": tmp_path / "demo.db", "skip": ["broken"]}
    sqlite3.connect(file).close()
    steps = Manager(**options).upgrade(dry=True).plan.steps
    for step in [*steps[11::20], steps[-1]]:
        manager = Manager(**options)
        manager.upgrade(step.revision.id)
        applied = manager.graph.applied(manager.rows())
        shutil.copy(file, tmp_path / "lost.db")
        lose_rows(tmp_path / "lost.db")
        detected = Manager(**options | {"db": tmp_path / "lost.db"}).detect()
        found = [tip.key for one in detected.standings for tip in one.revisions or ()]
        unseen = {each.key for one in detected.standings for each in one.unseen}
        assert detected.conflicts == ()
        assert applied <= manager.graph.ancestors(found) <= applied | unseen


def test_the_demo_keeps_its_rows(demo_path: Path, tmp_path: Path) -> None:
    """After a downgrade to just before data the data is still to come."""
    options = {"db": tmp_path / "demo.db", "skip": ["broken"]}
    Manager(**options).initdb()
    Manager(**options).downgrade("acme@-3", backup=False)
    before = Manager(**options).rows()
    stamp = Manager(**options).stamp(detect=True)
    assert (stamp.before, stamp.after) == (before, before)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_servers(
    manager: Make,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """On a server the replay is made in a database beside the one looked at, and dropped."""
    made: list[str] = []

    def name() -> str:
        made.append(f"dbman_scratch_{token_hex(6)}")
        return made[-1]

    monkeypatch.setattr("dbman.scratch._name", name)
    url = request.getfixturevalue(f"{kind}_url")
    manager(db=None, url=url).initdb("poser@b1")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    detected = manager(db=None, url=url).detect()
    assert places(detected) == {"core": ["a1"], "gadget": [], "poser": ["b1"]}
    assert ids(manager(db=None, url=url).stamp(detect=True).after) == ["b1"]
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE product ADD COLUMN extra INTEGER"))
    (core,) = manager(db=None, url=url).detect("core").standings
    assert (core.revisions, core.nearest) == (None, "a1")
    assert [each.name for each in core.differences] == ["extra"]
    with pytest.raises(UsageError) as caught:
        manager(db=None, url=url).detect(scratch_url="sqlite://")
    assert caught.value.message == (
        "--scratch-url names sqlite, but the database is "
        + {"postgresql": "postgresql", "mariadb": "mysql"}[kind]
    )
    query = {
        "postgresql": "SELECT datname FROM pg_database",
        "mariadb": "SELECT schema_name FROM information_schema.schemata",
    }
    with engine.connect() as connection:
        there = {str(row[0]) for row in connection.execute(text(query[kind]))}
    assert made
    assert there.isdisjoint(made)


def test_where_no_scratch_database_can_be_made(manager: Make, postgresql_url: str) -> None:
    """A role that may not make databases is told of --scratch-url."""
    url = make_url(postgresql_url)
    role = f"dbman_{url.database}"[:60]
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    try:
        own = url.set(username=role).render_as_string(hide_password=False)
        with pytest.raises(DatabaseError) as caught:
            manager(db=None, url=own).detect()
        assert caught.value.message.startswith("no scratch database can be made: ")
        assert caught.value.message.endswith("permission denied to create database")
        assert caught.value.hint == "say where one can be with --scratch-url URL"
        elsewhere = url.render_as_string(hide_password=False)
        found = places(manager(db=None, url=own).detect(scratch_url=elsewhere))
        assert found == {"core": [], "gadget": [], "poser": []}
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP ROLE {role}"))


class _Notes:
    """Progress that keeps notes and passes over the rest."""

    def __init__(self, notes: list[str]) -> None:
        self._notes = notes

    def __getattr__(self, name: str) -> Callable[..., None]:
        return self._notes.append if name == "note" else lambda *args: None


@pytest.fixture
def notes() -> list[str]:
    """Return a list for the notes of a run."""
    return []


def uninstall(shop: Path, name: str) -> None:
    """Take an extension away, as `pip uninstall` does."""
    shutil.rmtree(shop / name)
    shutil.rmtree(shop / f"{name}-1.0.dist-info")


def test_an_upgrade_beside_an_orphan(manager: Make, shop: Path) -> None:
    """What the orphan hides is found by its tables, and goes on from there."""
    manager().initdb("poser")
    uninstall(shop, "poser")
    assert manager().upgrade().plan.steps == ()
    before = manager().rows()
    planned = manager().upgrade(detect=True, dry=True)
    assert ids(planned.plan.steps) == ["c1"]
    assert manager().rows() == before
    assert ids(manager().upgrade(detect=True).plan.steps) == ["c1"]
    assert ids(manager().rows()) == ["a2", "b2", "c1"]
    assert {one.name: one.state for one in manager().status().extensions} == {
        "core": "at head",
        "gadget": "at head",
    }


def test_an_upgrade_without_an_orphan_detects_nothing(manager: Make) -> None:
    """Where rows tell all, `detect` changes nothing."""
    manager().initdb("core")
    assert ids(manager().upgrade(detect=True).plan.steps) == ["c1", "b1", "b2"]
