"""What targets name, upwards, downwards, for stamp and for show."""

from __future__ import annotations

import pytest

from dbman.errors import UsageError
from dbman.targets import Targets
from graphs import CORE_AND_TWO, ids, key, keys, make_graph

pytestmark = pytest.mark.any_version

GRAPH = make_graph(CORE_AND_TWO, {"core": "a1", "extended": "b1"})
TWO_HEADS = make_graph(
    {"n": ("net", "", ""), "n_expand": ("net", "n", ""), "n_contract": ("net", "n", "")},
    {"expand": "n_expand", "contract": "n_contract"},
)


@pytest.mark.parametrize(
    ("target", "applied", "found"),
    [
        ("heads", "", "a3 b2 c1"),
        ("core", "", "a3"),
        ("core@head", "", "a3"),
        ("core@heads", "", "a3"),
        ("extended@head", "", "b2"),
        ("extended", "", "b2"),
        ("a2", "", "a2"),
        ("core@a2", "", "a2"),
        ("core@+1", "", "a1"),
        ("core@+2", "a1", "a3"),
        ("a1+1", "", "a2"),
        ("core@a1+2", "", "a3"),
    ],
)
def test_up(target: str, applied: str, found: str) -> None:
    """A target upwards is the revisions that must be applied."""
    assert Targets(GRAPH, keys(applied)).up(target) == keys(found)


@pytest.mark.parametrize(
    ("target", "applied", "found"),
    [
        ("ext@base", "a1 a2 a3 b1 b2", "b1 b2"),
        ("core@base", "a1 a2", "a1 a2"),
        ("base", "a1 c1", "a1 c1"),
        ("ext@-1", "a1 a2 a3 b1 b2", "b2"),
        ("core@-2", "a1 a2 a3", "a2 a3"),
        ("a1", "a1 a2 a3 b1", "a2 a3"),
        ("core@a2", "a1 a2 a3", "a3"),
        ("core@head", "a1 a2", ""),
        ("a3-1", "a1 a2 a3", "a3"),
    ],
)
def test_down(target: str, applied: str, found: str) -> None:
    """A target downwards is the applied revisions that it undoes, without dependents."""
    assert Targets(GRAPH, keys(applied)).down(target) == keys(found)


@pytest.mark.parametrize(
    ("target", "branch", "found"),
    [
        ("core@base", "core", ""),
        ("core@a2", "core", "a2"),
        ("core", "core", "a3"),
        ("b1", "ext", "b1"),
        ("heads", "", "a3 b2 c1"),
        ("base", "", ""),
    ],
)
def test_at(target: str, branch: str, found: str) -> None:
    """A target of stamp is a branch and where it shall stand."""
    place, goal = Targets(GRAPH).at(target)
    assert (place.name, goal) == (branch, keys(found))


@pytest.mark.parametrize(
    ("target", "applied", "found"),
    [
        ("heads", "", "a3 b2 c1"),
        ("core@current", "a1 a2", "a2"),
        ("core@-1", "", "a2"),
        ("base", "", ""),
        ("b", "b1 b2", None),
    ],
)
def test_find(target: str, applied: str, found: str | None) -> None:
    """A target to look at is the revisions that it names."""
    targets = Targets(GRAPH, keys(applied))
    if found is None:
        with pytest.raises(UsageError):
            targets.find(target)
    else:
        assert sorted(ids(targets.find(target))) == found.split()


def test_a_bare_number_where_one_extension_is_installed() -> None:
    """`-1` and `+1` need no name where only one is possible."""
    alone = make_graph({"a1": ("core", "", ""), "a2": ("core", "a1", "")})
    assert Targets(alone, keys("a1 a2")).down("-1") == keys("a2")
    assert Targets(alone, keys("a1")).up("+1") == keys("a2")


def test_a_partial_id_names_its_only_revision() -> None:
    """As in Alembic the beginning of an id is enough where one fits."""
    assert Targets(TWO_HEADS).up("n_e") == keys("n_expand")


def test_an_extension_wins_over_a_label_of_the_same_name() -> None:
    """A name is an extension first, then a label."""
    graph = make_graph({"a": ("x", "", ""), "b": ("y", "", "")}, {"x": "b"})
    assert Targets(graph).branch("x").keys == keys("a")


def test_ids_of_two_trees() -> None:
    """With a version table each, two extensions may share an id; the name tells which."""
    one = make_graph({"a": ("x", "", "")})
    other = key("a")._replace(tree="y_version")
    graph = type(one)(
        {
            **one.revisions,
            other: type(next(iter(one.revisions.values())))(
                other, "y", one.revisions[key("a")].path
            ),
        },
        ("x", "y"),
    )
    assert Targets(graph).up("y@a") == {other}
    with pytest.raises(UsageError) as caught:
        Targets(graph).up("a")
    assert caught.value.message == "'a' fits 2 revisions: a (x), a (y)"


@pytest.mark.parametrize(
    ("way", "target", "message", "hint"),
    [
        (
            "up", "poser",
            "no revision 'poser' that any installed extension has",
            "`dbman history` lists the revisions, `dbman extensions` the extensions",
        ),
        (
            "up", "cor@head",
            "no extension or branch is named 'cor'; did you mean 'core'?",
            "`dbman extensions` lists the installed ones",
        ),
        ("up", "head", "'head' fits 3 revisions: a3 (core), b2 (ext), c1 (other)", "say heads"),
        ("up", "core@base", "'core@base' is where upgrades start", "name a head or a revision"),
        ("up", "core@-1", "'core@-1' goes down", "use `dbman downgrade`"),
        ("up", "core@+4", "'core@+4' leads nowhere: core has fewer than 4 more", "`dbman history` lists them"),
        ("up", "a", "'a' fits 3 revisions: a1 (core), a2 (core), a3 (core)", "say more of the id, or NAME@REVISION"),
        ("up", "core@b1", "no revision 'b1' that core has", "`dbman history` lists the revisions, `dbman extensions` the extensions"),
        ("up", "+1", "'+1' of which extension?", "say one of core@+1, ext@+1, other@+1"),
        ("up", "a3+1", "'a3+1' leads nowhere: 'a3' is an end of its branch", "`dbman history` lists them"),
        ("down", "ext", "downgrade 'ext' to where?", "say ext@base, ext@-1 or ext@REVISION"),
        ("down", "core@+1", "'core@+1' goes up", "use `dbman upgrade`"),
        ("down", "a3", "revision 'a3' is not applied", "`dbman current` shows where you are"),
        ("down", "core@-3", "'core@-3' leads nowhere: core has fewer than 3 applied", "`dbman history` lists them"),
        ("at", "head", "'head' fits 3 revisions: a3 (core), b2 (ext), c1 (other)", "say heads"),
        ("at", "core@-1", "'core@-1' is relative", "`stamp` takes NAME@head or a revision"),
    ],
)  # fmt: skip
def test_what_names_nothing(way: str, target: str, message: str, hint: str) -> None:
    """A target that names nothing, or too much, is one clear error."""
    with pytest.raises(UsageError) as caught:
        getattr(Targets(GRAPH, keys("a1 a2")), way)(target)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_one_head_of_two_on_purpose() -> None:
    """`NAME@heads` is both, `NAME@head` an error, a label one of them."""
    targets = Targets(TWO_HEADS)
    assert targets.up("net") == keys("n_expand n_contract")
    assert targets.up("expand@head") == keys("n_expand")
    with pytest.raises(UsageError) as caught:
        targets.up("net@head")
    assert caught.value.message == "'net@head' fits 2 revisions: n_contract (net), n_expand (net)"
    assert caught.value.hint == "say net@heads"
