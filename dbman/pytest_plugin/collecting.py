"""`--dbman`: the checks of `dbman verify` as items of pytest, one for each revision and check."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from dbman.errors import DbmanError
from dbman.pytest_plugin.options import in_lines, make_manager

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from dbman.verify import Bench, Finding, Unit


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Collect the checks after all tests, where they are asked for."""
    report = yield
    if isinstance(collector, pytest.Session) and collector.config.getoption("dbman"):
        assert report.result is not None
        report.result.append(Checks.from_parent(collector, name="dbman", nodeid="dbman"))
    return report


class Found(Exception):
    """What a check found."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(*(each.message for each in findings))
        self.findings = findings


class Checks(pytest.Collector):
    """Collects the units of `dbman verify`, in its order, which is the same in every process."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each unit; raise `CollectError` where there cannot be any."""
        from dbman.verify import Bench, Options, all_units, notes_of

        try:
            manager = make_manager(self.config)
            names = tuple(self.config.getini("dbman_extensions"))
            bench = Bench(manager.scene, manager.settings, Options(names))
            self.config.add_cleanup(lambda: bench.__exit__(None, None, None))
            units, notes = list(all_units(bench)), notes_of(bench)
        except DbmanError as err:
            raise self.CollectError(in_lines(err)) from err
        for unit in units:
            yield Check.of(self, bench, unit)
        for number, note in enumerate(notes, 1):
            yield Unchecked.of(self, f"all unchecked {number}", note)


class Check(pytest.Item):
    """One unit of `dbman verify`."""

    bench: Bench
    unit: Unit

    @classmethod
    def of(cls, parent: Checks, bench: Bench, unit: Unit) -> Self:
        """Return the item of a unit."""
        item: Self = cls.from_parent(parent, name=unit.id)
        item.bench, item.unit = bench, unit
        item.add_marker("dbman")
        return item

    def runtest(self) -> None:
        """Run it; what it finds fails the test, what it cannot check skips it, with the reason."""
        from dbman.verify import Finding

        outcomes = list(self.bench.run(self.unit))
        if findings := [each for each in outcomes if isinstance(each, Finding)]:
            raise Found(findings)
        for outcome in outcomes:
            pytest.skip(getattr(outcome, "reason", ""))

    def repr_failure(
        self, excinfo: ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Return the findings, each with its hint; of other errors the traceback."""
        match excinfo.value:
            case Found() as found:
                return "\n".join(map(in_lines, found.findings))
            case DbmanError() as err:
                return in_lines(err)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the script that it is about, if there is one."""
        revision = self.unit.key and self.bench.scene.graph.revisions[self.unit.key]
        return (revision.path if revision else self.path), None, self.name


class Unchecked(pytest.Item):
    """What no unit is about: an extension that is left aside, a part of which there is a sample."""

    reason: str

    @classmethod
    def of(cls, parent: Checks, name: str, reason: str) -> Self:
        """Return the item that tells a reason."""
        item: Self = cls.from_parent(parent, name=name)
        item.reason = reason
        item.add_marker("dbman")
        return item

    def runtest(self) -> None:
        """Skip, so that it is told and does not pass."""
        pytest.skip(self.reason)
