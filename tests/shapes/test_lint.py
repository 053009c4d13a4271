"""The manners of ecosystems that exist: true findings only, whatever their ways."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dbman.lint import lint

Shape = Callable[[str, str], object]
FORGOTTEN = {("poser", "DBM105"), ("rattail_tempmon", "DBM104"), ("rattail_tempmon", "DBM105")}
"""What the shape of Rattail really lacks: dependencies, and one label."""


@pytest.mark.parametrize(
    ("name", "heading", "found"),
    [
        ("janitoo", "Janitoo", set()),
        (
            "invenio",
            "Invenio",
            {("rdm_records", "DBM103"), ("rdm_drafts", "DBM103"), ("rdm_drafts", "DBM105")},
        ),
        ("openstack", "OpenStack", set()),
        ("rattail", "Rattail", FORGOTTEN),
        ("rattail", "Rattail's own ini", FORGOTTEN),
        ("kallithea", "Kallithea", set()),
        ("ckan", "CKAN", set()),
        ("indico", "Indico", set()),
    ],
)
def test_manners_of_ecosystems(
    shape: Shape, name: str, heading: str, found: set[tuple[str, str]]
) -> None:
    """Prefixes, labels and heads are as their settings say; a dependency lacks where it lacks."""
    result = lint(shape(name, heading).manager().scene, select=["manners"])  # type: ignore[attr-defined]
    assert result.not_run == ()
    assert {(each.extension, each.code) for each in result.findings} == found
