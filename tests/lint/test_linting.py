"""The frame: rules are found, selected, run, silenced by comments, and told."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import INSTALLER
from dbman.errors import SettingsError, UsageError
from dbman.lint import Linted, find_rule, find_rules
from lint.conftest import settings, told

Lint = Callable[..., Linted]
TWO = {
    "acme/a1.py": "",
    "poser/p1.py": "branch_labels = None",
    "poser/p2.py": 'down_revision = "p1"',
}
OTHERS = '''
from collections.abc import Iterator

from dbman.lint import Case, Finding, Rule, Severity


class NoWidgets(Rule):
    """A script has "widget" in it."""

    code = "ACME1"
    name = "no-widgets"
    group = "acme"
    severity = Severity.INFO

    def check(self, case: Case) -> Iterator[Finding]:
        for source in case.scripts:
            yield self.finding(source, source.path.name, at=(2, 1))


class Crashing(Rule):
    """It crashes."""

    code = "ACME2"
    name = "crashing"
    group = "acme"

    def check(self, case: Case) -> Iterator[Finding]:
        yield self.finding(case.scripts[0], "first")
        raise RuntimeError("no luck")


class Replaying(Rule):
    """It wants a recording."""

    code = "ACME3"
    name = "replaying"
    group = "acme"

    def check(self, case: Case) -> Iterator[Finding]:
        for step in case.recording.up.values():
            yield self.finding(case.by_key[step.revision.key], f"ran {step.revision.id}")
'''


@pytest.fixture
def others(site: Path) -> Iterator[Callable[..., None]]:
    """Return a function that installs a module of rules, and the value of its entry point."""

    def install(text: str = OTHERS, value: str = "acme_rules", name: str = "acme") -> None:
        (site / "acme_rules.py").write_text(text, encoding="utf-8")
        points = {"dbman.rules": {name: value}}
        project = {"name": f"{name}-rules", "version": "2.0", "entry-points": points}
        INSTALLER["write_files"](site, project, [site / "acme_rules.py"])

    yield install
    sys.modules.pop("acme_rules", None)


def test_codes_and_names_are_unique_and_well_formed() -> None:
    """And in order; each rule has a page that begins with one sentence."""
    rules = find_rules().rules
    assert [rule.code for rule in rules] == sorted({rule.code for rule in rules})
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.group in ("manners", "danger", "hygiene")
        assert rule.code[:4] == f"DBM{('manners', 'danger', 'hygiene').index(rule.group) + 1}"
        assert rule.summary.endswith("."), rule.code
        assert "Bad:" in rule.page, rule.code
        assert "Good:" in rule.page, rule.code


def test_a_rule_is_found_by_code_or_name() -> None:
    """An unknown one is an error that names the nearest."""
    assert find_rule("dbm104") is find_rule("label-missing")
    with pytest.raises(UsageError, match="did you mean 'label-missing'"):
        find_rule("label-mising")


def test_others_add_rules(linted: Lint, others: Callable[..., None]) -> None:
    """By an entry point; a rule that crashes is told, and what it and the others found stays."""
    others()
    result = linted(TWO, "acme")
    assert [rule.code for rule in result.rules] == ["ACME1", "ACME2", "ACME3"]
    assert [each.code for each in result.findings if each.path.name == "p2.py"] == [
        "ACME3",
        "ACME1",
    ]
    assert [(each.code, each.crashed) for each in result.not_run] == [("ACME2", True)]
    assert result.not_run[0].reason == "RuntimeError: no luck (acme_rules.py:29)"
    assert not result.clean


def test_a_rule_that_yields_no_finding_is_told(linted: Lint, others: Callable[..., None]) -> None:
    """As one that crashes; the others go on."""
    others(OTHERS.replace('raise RuntimeError("no luck")', 'yield "junk"'))
    result = linted(TWO, "acme")
    assert [(each.code, each.crashed) for each in result.not_run] == [("ACME2", True)]
    assert "it yields 'junk', which is no dbman.lint.Finding" in result.not_run[0].reason
    assert {each.code for each in result.findings} == {"ACME1", "ACME2", "ACME3"}


def test_info_is_clean(linted: Lint, others: Callable[..., None]) -> None:
    """What could only be better ends with 0."""
    others()
    result = linted(TWO, "ACME1")
    assert (len(result.findings), result.clean) == (3, True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ACME1", "DBM104", "clashes with DBM104 label-missing of dbman"),
        ("no-widgets", "two-heads", "clashes with DBM109 two-heads of dbman"),
        ("ACME1", "acme", "'acme' is no code of a rule"),
        ("no-widgets", "No Widgets", "'No Widgets' is no name of a rule"),
        ("acme_rules", "acme_rules:nosuch", "acme_rules has no 'nosuch'"),
        ("acme_rules", "acme_rules:Iterator", "is no rule"),
        ("import Iterator", "import Iteratr", "cannot import acme_rules"),
    ],
)
def test_rules_that_cannot_be_had_are_told(
    linted: Lint, others: Callable[..., None], old: str, new: str, message: str
) -> None:
    """With the distribution; the other rules run."""
    value = new if old == "acme_rules" else "acme_rules"
    others(OTHERS.replace(old, new), value)
    result = linted(TWO, "DBM104")
    assert len(result.not_run) == 1
    assert "extension acme (acme-rules 2.0): " in result.not_run[0].reason
    assert message in result.not_run[0].reason
    assert [each.code for each in result.findings] == ["DBM104"]


def test_rules_are_selected_by_code_prefix_name_and_group(linted: Lint) -> None:
    """Options of the call stand in place of the settings; ignoring is added."""
    result = linted(TWO, "manners", options={"ignore": ["two-heads", "DBM11"]})
    codes = {rule.code for rule in result.rules}
    assert "DBM104" in codes
    assert not codes & {"DBM109", "DBM110"}
    assert {code[:4] for code in codes} == {"DBM1"}


def test_settings_select_and_ignore(linted: Lint, site: Path) -> None:
    """For all, and for one extension alone."""
    given = settings(
        site, '[lint]\nselect = ["DBM104"]\n[extensions.acme]\nlint_ignore = ["DBM1"]\n'
    )
    scripts = dict.fromkeys(("acme/a1.py", "poser/p1.py"), "branch_labels = None")
    result = linted(scripts, settings=given)
    assert [rule.code for rule in result.rules] == ["DBM104"]
    assert told(result) == ["p1.py:2 DBM104"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[lint]\nselect = ["DBM999"]', "lint.select: no rule is called 'DBM999'"),
        ('[lint]\nignore = ["label-mising"]', "did you mean 'label-missing'"),
        ('[extensions.acme]\nlint_ignore = ["x"]', "extensions.acme.lint_ignore: no rule"),
        ('[lint]\nselct = ["DBM104"]', "unknown key 'selct' in lint; did you mean 'select'"),
    ],
)
def test_unknown_rules_in_the_settings_are_errors(
    linted: Lint, site: Path, text: str, message: str
) -> None:
    """They name the nearest."""
    with pytest.raises(SettingsError) as caught:
        linted(TWO, settings=settings(site, text))
    assert message in caught.value.message


def test_unknown_names_in_a_call_are_errors(linted: Lint, site: Path) -> None:
    """Of rules as of extensions."""
    with pytest.raises(UsageError, match="--select: no rule is called 'labels'"):
        linted(TWO, "labels")


COMMENTED = """{top}'''p1 of a test'''
{above}
branch_labels = ({before}
    None{at}
){after}
"""


@pytest.mark.parametrize(
    ("place", "silenced"),
    [
        ("top", True),
        ("above", True),
        ("before", True),
        ("at", True),
        ("after", True),
        ("other", False),
        ("beside", False),
    ],
)
def test_comments_silence_a_rule(linted: Lint, place: str, silenced: bool) -> None:
    """In the lines of the statement, on the line above it, at the top for all; and nowhere else."""
    comment = "# dbman: ignore[DBM201, label-missing] meant"
    parts = dict.fromkeys(("top", "above", "before", "at", "after"), "")
    if place in parts:
        parts[place] = {"top": f"{comment}\n", "above": comment}.get(place, f"  {comment}")
    elif place == "other":
        parts["after"] = f"\n\n{comment}\nx = 1"
    else:
        parts["above"] = f"x = 1  {comment}"
    result = linted({"acme/a1.py": "", "poser/p1.py": COMMENTED.format(**parts)}, "DBM104")
    assert (len(result.findings), result.ignored) == ((0, 1) if silenced else (1, 0))


TABLE = """import sqlalchemy as sa
from alembic import op
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer()), *(sa.Column(n, sa.Integer()) for n in "ab"))
"""
A, B = 'op.drop_column("t", "a")', 'op.drop_column("t", "b")'


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (f"    {{comment}}\n    {A}\n", []),
        (f"    {{comment}}\n\n    # because\n    {A}\n    {B}\n", [9]),
        (f"    for _ in (1,):\n        {{comment}}\n        {A}\n        {B}\n", [8]),
        (f"    if (\n        1\n    ):\n        {{comment}}\n        {A}\n", []),
        (f"    with open(__file__):  # x\n        {{comment}}\n        {A}\n", []),
    ],
)
def test_a_comment_on_the_first_line_of_a_block(linted: Lint, body: str, lines: list[int]) -> None:
    """It counts for the statement below it, not for the head of the block above."""
    text = 'down_revision = "a1"\nfrom alembic import op\ndef upgrade():\n'
    text += body.format(comment="# dbman: ignore[DBM202]")
    result = linted({"acme/a1.py": TABLE, "acme/a2.py": text}, "DBM202")
    assert [each.line for each in result.findings] == lines
    assert result.ignored == 1


def test_a_comment_for_another_rule_silences_nothing(linted: Lint) -> None:
    """Nor does a text that only looks like one."""
    text = "x = '# dbman: ignore[DBM104]'\nbranch_labels = None  # dbman: ignore[DBM109]"
    assert told(linted({"acme/a1.py": "", "poser/p1.py": text}, "DBM104")) == ["p1.py:3 DBM104"]


@pytest.mark.parametrize(
    ("settings", "options", "select", "runs"),
    [
        ({}, {}, "danger", False),
        ({"url": "postgresql:///acme"}, {}, "danger", True),
        ({}, {"scratch_url": "postgresql+psycopg:///x"}, "danger", True),
        ({}, {}, "index-blocks-writes", True),
        ({"url": "mariadb:///acme"}, {}, "danger", False),
    ],
)
def test_rules_of_one_database(
    linted: Lint,
    settings: dict[str, object],
    options: dict[str, object],
    select: str,
    runs: bool,
) -> None:
    """They run where the application's or the scratch database is one, or when they are named."""
    result = linted({}, select, settings=settings, options=options)
    assert ("index-blocks-writes" in {rule.name for rule in result.rules}) is runs


def test_only_the_named_extensions_are_told(linted: Lint) -> None:
    """Nor are those that were left aside."""
    scripts = dict.fromkeys(("acme/a1.py", "poser/p1.py"), "branch_labels = None")
    assert told(linted(scripts, "DBM104", options={"names": ["poser"]})) == ["p1.py:2 DBM104"]
    assert linted(scripts, "DBM104", settings={"skip": ["poser"]}).scripts == 1


def test_a_replay_that_fails_is_told(linted: Lint, others: Callable[..., None]) -> None:
    """What the rules found in the other scripts stays; it is no yes."""
    others()
    scripts = {
        "acme/a1.py": "",
        "acme/a2.py": 'down_revision = "a1"\ndef upgrade():\n    op.drop_table("nosuch")',
    }
    result = linted(scripts, "ACME3")
    assert [each.message for each in result.findings] == ["ran a1", "ran a2"]
    assert "a2.py:4" in result.not_run[0].reason
    assert "no such table: nosuch" in result.not_run[0].reason
    assert not result.clean


def test_without_a_recording_a_rule_is_told_as_not_run(
    linted: Lint, others: Callable[..., None]
) -> None:
    """With the reason."""
    others()
    nowhere = {"scratch_url": "sqlite:////nosuch/folder/x.db"}
    result = linted({"acme/a1.py": ""}, "ACME3", options=nowhere)
    assert [each.code for each in result.not_run] == ["ACME3"]
    assert "nothing can be replayed: the folder /nosuch/folder " in result.not_run[0].reason


def test_two_scripts_of_one_id_are_not_replayed(linted: Lint, others: Callable[..., None]) -> None:
    """Neither is what stands on them; the others are, and the reason is told once."""
    others()
    scripts = {
        "acme/a1.py": "",
        "poser/p1.py": "",
        "poser/p2.py": 'revision = "g1"\ndown_revision = "p1"',
        "gadget/g1.py": "",
    }
    result = linted(scripts, "ACME3")
    assert [each.message for each in result.findings] == ["ran a1"]
    (missed,) = result.not_run
    assert (missed.code, missed.reason[:29]) == ("", "not replayed: revision 'g1' i")


def test_the_rule_of_the_page_works(linted: Lint, others: Callable[..., None]) -> None:
    """What docs/lint.md shows runs as it stands."""
    page = (Path(__file__).parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```python\n(from dbman.lint import.*?)```", page, re.DOTALL)
    others(text, "acme_rules:NoFloats")
    upgrade = 'op.add_column("item", sa.Column("price", sa.Float))'
    scripts = {
        "acme/a1.py": 'def upgrade():\n    op.create_table("item", sa.Column("id", sa.Integer))',
        "acme/a2.py": f'down_revision = "a1"\ndef upgrade():\n    {upgrade}',
    }
    result = linted(scripts, "no-floats")
    assert told(result) == ["a2.py:4 ACME101"]
    assert result.findings[0].message == "item gets a float"
