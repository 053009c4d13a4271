"""`generate` asks on a terminal whether something was renamed, and elsewhere names the option."""

from __future__ import annotations

from typing import Any

import pytest

from cli.terminal import on_terminal

pytestmark = pytest.mark.any_version

LINE = ("generate", "notes", "-m", "names", "--dry-run")


@pytest.fixture
def renamed(demo: Any) -> Any:
    """Return the core and `notes`, whose notebooks have a `name` for a `title`."""
    own = demo.only("acme", "notes")
    file = own.site / "notes" / "models.py"
    file.write_text(file.read_text(encoding="utf-8").replace('"title"', '"name"'), encoding="utf-8")
    return own


def test_on_a_terminal(renamed: Any) -> None:
    """A yes renames, a no drops and adds."""
    done = on_terminal(renamed, *LINE, typed="y\n")
    assert "is notes_notebook.name what was notes_notebook.title? [y/N]" in done.text
    assert "rename column notes_notebook.title to name" in done.text
    done = on_terminal(renamed, *LINE, typed="\n")
    assert "drop column notes_notebook.title" in done.text
    assert "--rename" not in done.text


def test_without_a_terminal(renamed: Any) -> None:
    """Nothing is asked; stderr names the option, which does the same."""
    done = renamed.run(*LINE)
    assert "[y/N]" not in done.stderr
    assert "batch_op.drop_column('title')" in done.stdout
    assert (
        "`dbman generate --rename notes_notebook.title:notes_notebook.name` keeps" in done.stderr
    ), done.stderr
    done = renamed.run(*LINE, "--rename", "notes_notebook.title:notes_notebook.name")
    assert "new_column_name='name'" in done.stdout.partition("def downgrade")[0]
    assert "drop_column" not in done.stdout
