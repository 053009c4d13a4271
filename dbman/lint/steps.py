"""What rules about the replay share: a look at one step at a time, and at the schema around it."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from dbman.facts import Fact, Facts
from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.lint.recording import Recorded, RecordedStep


class Found(NamedTuple):
    """What a look at a step has found."""

    did: Recorded
    """What the script did."""
    message: str
    """What is wrong with it, in one line."""
    hint: str | None = None
    """How to mend it here."""


class StepRule(Rule):
    """A rule about upgrades, each seen by itself."""

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield what a look at each upgrade finds, at the line of the script."""
        for key, step in case.recording.up.items():
            if (source := case.by_key.get(key)) is None:
                continue
            for did, message, hint in self.look(step, case):
                at = did.place.line, did.place.column
                yield self.finding(source, message, at=at, hint=hint)

    @abstractmethod
    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield what is wrong with one upgrade."""


class OldTableRule(StepRule):
    """A rule about what is done to tables that were there before, so that they may hold rows."""

    message: ClassVar[str]
    """What is wrong, with ``{table}`` in it."""
    hint: ClassVar[str]
    """How to mend it."""

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield what is meant and works on such a table."""
        for did in step.did:
            table = table_of(did)
            if self.is_meant(did) and existed(step, table):
                yield Found(did, self.message.format(table=table), self.hint)

    @abstractmethod
    def is_meant(self, did: Recorded) -> bool:
        """Return whether something is what the rule is about, whatever its table."""


def existed(step: RecordedStep, table: str | None) -> bool:
    """Return whether a table was there before a step, so that it may hold rows.

    One that the step drops first and makes anew is not the same table.
    """
    return table is not None and bool(_named(step.before, table)) and not _is_anew(step, table)


def _is_anew(step: RecordedStep, table: str) -> bool:
    dropped = any(table in each.tables for each in step.operations("DropTableOp"))
    return dropped and any(table in each.tables for each in step.operations("CreateTableOp"))


def sees_rows(step: RecordedStep, did: Recorded, table: str) -> bool:
    """Return whether a script has written rows of a table before it does something.

    One that has read them counts as well: it may write for each row that it finds.
    """
    earlier = step.did[: step.did.index(did)]
    is_read = any(each.verb in ("SELECT", "WITH") and mentions(each, table) for each in earlier)
    return is_read or any(table in each.writes for each in earlier)


def unique_columns(facts: Facts, table: str) -> list[frozenset[str]]:
    """Return the columns of each primary key, unique constraint and unique index of a table."""
    named = _named(facts, table)
    texts = (_unique_text(each) for each in facts.facts if each.table in named)
    return [frozenset(re.findall(r"\w+", text)) for text in texts if text]


def _unique_text(fact: Fact) -> str | None:
    """Return the columns as a fact lists them; None for an expression or a part of the rows."""
    is_unique = fact.kind in ("primary key", "unique")
    if not is_unique and not (fact.kind == "index" and fact.value.startswith("UNIQUE")):
        return None
    found = re.fullmatch(r"(?:UNIQUE )?\(([\w, \"]+)\)", fact.value)
    return found[1] if found else None


def table_of(did: Recorded) -> str | None:
    """Return the one table whose definition something changes; None where that is not told."""
    return did.tables[0] if did.tables else None


def existing_columns(facts: Facts, table: str) -> dict[str, str]:
    """Return the columns of a table: their types, and NOT NULL, by their names."""
    names = _named(facts, table)
    found = (each for each in facts.facts if each.table in names and each.kind == "column")
    return {each.name: each.value for each in found}


def gone_tables(step: RecordedStep) -> list[str]:
    """Return the tables that are not there any more after a step, sorted."""
    return sorted(set(step.before.tables) - set(step.after.tables))


def gone_columns(step: RecordedStep) -> list[tuple[str, str]]:
    """Return the columns that are not there any more, of tables that are, sorted."""
    before, after = step.before.facts, step.after.facts
    new = {(each.table, each.name) for each in after - before if each.kind == "column"}
    gone = {(each.table, each.name) for each in before - after if each.kind == "column"}
    return sorted(each for each in gone - new if each[0] in step.after.tables)


def _named(facts: Facts, table: str) -> set[str]:
    """Return the tables that a name means; on SQLite they have lost their schemas."""
    return {table, table.rpartition(".")[2]}.intersection(facts.tables)


def mentions(did: Recorded, *words: str) -> bool:
    """Return whether the SQL of something holds each of some words; of operations, none does."""
    return did.sql is not None and all(
        re.search(rf"\b{re.escape(word)}\b", did.sql, re.IGNORECASE) for word in words
    )


def culprit(step: RecordedStep, table: str, column: str | None = None) -> Recorded | None:
    """Return what changed a table last or, with a column, what named that last."""
    named = [each for each in step.did if _names(each, table)]
    if column is not None:
        exact = [each for each in named if _names_column(each, column)]
        named = exact or named
    return named[-1] if named else None


def _names(did: Recorded, table: str) -> bool:
    return any(table in (each, each.rpartition(".")[2]) for each in did.tables)


def _names_column(did: Recorded, column: str) -> bool:
    return getattr(did.operation, "column_name", None) == column or mentions(did, column)


def is_rename(did: Recorded) -> bool:
    """Return whether something gives a table or column another name."""
    return did.kind == "RenameTableOp" or mentions(did, "rename") or renames_column(did)


def renames_column(did: Recorded) -> bool:
    """Return whether something gives a column another name."""
    if did.sql is not None:
        return mentions(did, "rename")
    return getattr(did.operation, "modify_name", None) is not None


def typed_columns(did: Recorded) -> Iterator[tuple[str, Any]]:
    """Yield the columns to which an operation gives a type, each with that."""
    asked: Any = did.operation
    if did.kind == "CreateTableOp":
        columns = (each for each in asked.columns if hasattr(each, "type"))
        yield from ((each.name, each.type) for each in columns)
    elif did.kind == "AddColumnOp":
        yield asked.column.name, asked.column.type
    elif did.kind == "AlterColumnOp" and asked.modify_type is not None:
        yield asked.column_name, asked.modify_type
