"""Which settings a command gets: options before and after it, the host's, the file's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbman.cli.common import Common
from dbman.config import load

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]


def setting(done: Any, name: str) -> tuple[object, str]:
    """Return the value and the source of a setting from `config --json`."""
    rows = {row["name"]: row for row in json.loads(done.out)["settings"]}
    return rows[name]["value"], rows[name]["source"]


def test_options_before_and_after_a_command_are_joined() -> None:
    """What came later wins; lists and counts add up."""
    before = Common(url="a", x=["a=1"], verbose=1, as_json=True)
    after = Common(url="b", x=["b=2"], skip=["poser"], verbose=1)
    assert before.then(after) == Common(
        url="b", x=["a=1", "b=2"], skip=["poser"], verbose=2, as_json=True
    )


def test_options_are_settings(cli: Cli) -> None:
    """In both places."""
    given = ("-x", "a=1", "--lock-timeout", "2", "--no-translate")
    done = cli("--url", "sqlite:///a.db", "config", "--json", *given)
    assert setting(done, "url") == ("sqlite:///a.db", "--url")
    assert setting(done, "x") == (["a=1"], "-x")
    assert setting(done, "lock_timeout") == (2.0, "--lock-timeout")
    assert setting(done, "translate") == (False, "--no-translate")


def test_a_settings_file_is_named_with_c(cli: Cli, tmp_path: Path) -> None:
    """A toml or an ini, with -n for another section."""
    (tmp_path / "my.toml").write_text('url = "sqlite:///b.db"\n', encoding="utf-8")
    done = cli("config", "-c", "my.toml", "--json")
    assert setting(done, "url")[0] == f"sqlite:///{tmp_path}/b.db"
    (tmp_path / "my.ini").write_text("[shop]\nsqlalchemy.url = sqlite:////c.db\n", "utf-8")
    done = cli("-c", "my.ini", "config", "-n", "shop", "--json")
    assert setting(done, "url")[0] == "sqlite:////c.db"


def test_a_hosts_settings_give_way_to_options(cli: Cli, tmp_path: Path) -> None:
    """Given as a mapping or as a whole; `--db` takes the place of the host's URL."""
    given = {"url": "sqlite:////host.db", "lock_timeout": 5}
    for host in (given, load(flags=given)):
        done = cli("config", "--json", settings=host)
        assert setting(done, "url")[0] == "sqlite:////host.db"
        assert setting(done, "lock_timeout")[0] == 5.0
        done = cli("config", "--json", "--db", "x.db", settings=host)
        assert setting(done, "url") == (None, "--db")
        assert setting(done, "db") == ("x.db", "--db")
        assert setting(done, "lock_timeout")[0] == 5.0


def test_a_hosts_settings_are_no_flags(cli: Cli) -> None:
    """They come from the host, by whose name they are told; options stay options."""
    given = {"url": "sqlite:///host.db", "core": "acme", "cascade": False}
    done = cli("config", "--json", "--lock-timeout", "2", prog_name="acme db", settings=given)
    assert setting(done, "url") == ("sqlite:///host.db", "acme db")
    assert setting(done, "core") == ("acme", "acme db")
    assert setting(done, "cascade") == (False, "acme db")
    assert setting(done, "lock_timeout") == (2.0, "--lock-timeout")
    done = cli("status", prog_name="acme db", settings=given)
    assert done.err.splitlines()[0] == "database host.db (acme db)"


def test_a_wrong_setting_of_a_host_is_an_error(cli: Cli) -> None:
    """With the nearest right one."""
    done = cli("config", settings={"ulr": "sqlite://"})
    assert done.code == 2
    assert "unknown key 'ulr'; did you mean 'url'?" in done.err
