"""Facts as statements again: one spelling, whoever wrote the schema and in whatever order.

So two schemas that are the same give the same text, and a change of one gives a small diff.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbman.facts import Fact
from dbman.facts.tokens import tokenize
from dbman.order import in_dependency_order
from dbman.schemas.results import ForeignKey

_CONSTRAINTS = ("primary key", "unique", "check", "exclude")
_SIMPLE = re.compile(
    r"[+-]?[\d.]+(?:e[+-]?\d+)?|x?'(?:[^']|'')*'|null|true|false|current_\w+", re.I
)
_SERIAL = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}
_AFTER = {"ENGINE": "ENGINE={}", "COLLATE": "COLLATE={}", "CREATE": "{}"}
_AFTER |= {"PARTITION BY": "PARTITION BY {}", "INHERITS": "INHERITS ({})"}
_AFTER |= {"WITHOUT ROWID": "{}", "STRICT": "{}"}
_ELSEWHERE = ("AUTOINCREMENT", "AUTO_INCREMENT", "UNLOGGED", "PARTITION OF")
_PARTITION = re.compile(r"(?P<parent>.*?) (?P<bound>FOR VALUES .*|DEFAULT)")
_DELIMITERS = ("//", "$$", "||", "//dbman//")
_LENGTH = re.compile(r"(?P<name>.*?)(?P<rest>(?:\(\d+\))?(?: DESC)?)")
_WORDS = frozenset(
    ("and", "as", "between", "case", "cast", "collate", "desc", "else", "end", "escape", "in")
) | frozenset(("is", "like", "not", "null", "or", "then", "when", "where"))


@dataclass(frozen=True)
class Writer:
    """Writes the statements of a dialect."""

    dialect: str
    """The dialect."""
    quote: Callable[[str], str]
    """Quotes a name where that is needed."""

    def name(self, table: str) -> str:
        """Return the name of a table, each part quoted where that is needed."""
        if self.dialect == "sqlite":
            return self.quote(table)
        return ".".join(map(self.quote, table.split(".")))

    def names(self, names: Iterable[str]) -> str:
        """Return the names of columns in parentheses."""
        return f"({', '.join(map(self.quote, names))})"

    def table(
        self,
        name: str,
        facts: Sequence[Fact],
        columns: Sequence[str],
        keys: Iterable[ForeignKey],
    ) -> str:
        """Return what makes a table, with what belongs to it; `keys` stand inside."""
        found = by_kind(facts)
        if found["table"] and found["table"][0].text:
            return f"{found['table'][0].text};"  # a virtual table
        options = {fact.name: fact.value for fact in found["option"]}
        lines = [self.column(column, facts, options) for column in columns]
        for kind in _CONSTRAINTS:
            lines += [self.constraint(fact, columns, options) for fact in found[kind]]
        for fact in found["index"]:
            if self._is_unnamed(fact):
                kind, on = self._index(fact.value, columns)
                lines.append(f"{kind}INDEX {on}")
        lines += [self.foreign_key(key) for key in keys]
        inside = ",\n".join(f"    {line}" for line in lines)
        word = "UNLOGGED TABLE" if "UNLOGGED" in options else "TABLE"
        after = [_AFTER[key].format(value) for key, value in options.items() if key in _AFTER]
        if storage := [f"{key}={value}" for key, value in options.items() if key.islower()]:
            after.append(f"WITH ({', '.join(sorted(storage))})")
        tail = "".join(f" {each}" for each in sorted(after))
        statement = f"CREATE {word} {self.name(name)} (\n{inside}\n){tail};"
        return "\n".join([statement, *self._beside(name, found, columns, options)])

    def _beside(
        self,
        name: str,
        found: Mapping[str, Sequence[Fact]],
        columns: Sequence[str],
        options: Mapping[str, str],
    ) -> Iterator[str]:
        """Yield the statements that follow the one that makes a table."""
        table = self.name(name)
        for fact in found["index"]:
            if self._is_unnamed(fact):
                continue
            kind, on = self._index(fact.value, columns)
            yield f"CREATE {kind}INDEX {self.quote(fact.name)} ON {table} {on};"
        for fact in found["trigger"]:
            yield self._trigger(table, fact)
        for fact in found["comment"]:
            if self.dialect == "postgresql":
                what = f"COLUMN {table}.{self.quote(fact.name)}" if fact.name else f"TABLE {table}"
                yield f"COMMENT ON {what} IS {text(fact.value)};"
            elif not fact.name:
                yield f"ALTER TABLE {table} COMMENT {text(fact.value)};"
        for option in sorted(options.keys() - _AFTER.keys() - {*_ELSEWHERE}):
            if not option.islower():
                yield f"-- {table}: {option} {options[option]}"

    def _is_unnamed(self, index: Fact) -> bool:
        """Return whether MariaDB gave an index its name, as it does for foreign keys."""
        return self.dialect in ("mariadb", "mysql") and index.name.startswith("(")

    def _index(self, value: str, columns: Sequence[str]) -> tuple[str, str]:
        """Return the kind of an index, and what it is on."""
        kind = "UNIQUE " if value.startswith("UNIQUE ") else ""
        method, parenthesis, rest = value.removeprefix(kind).partition("(")
        on = self.columns(parenthesis + rest, columns)
        if self.dialect == "postgresql":
            return kind, f"USING {method}{on}" if method else on
        if method in ("FULLTEXT ", "SPATIAL "):
            return method, on
        return kind, f"{on} USING {method}".strip() if method else on

    def _trigger(self, table: str, fact: Fact) -> str:
        if self.dialect == "sqlite":
            return f"{fact.text};"
        start = f"CREATE TRIGGER {self.quote(fact.name)}"
        if self.dialect == "postgresql":
            return f"{start} {fact.value};"
        timing, event, body = fact.text.split(" ", 2)
        return _for_client(f"{start} {timing} {event} ON {table} FOR EACH ROW {body}")

    def column(self, name: str, facts: Sequence[Fact], options: Mapping[str, str]) -> str:
        """Return the line of a column."""
        own = {fact.kind: fact.value for fact in facts if fact.name == name}
        definition, default = own.get("column", ""), own.get("default", "")
        if self.dialect == "postgresql":
            definition = definition.replace(" AS (", " GENERATED ALWAYS AS (")
            type_, _, rest = definition.partition(" ")
            if default == "serial" and type_ in _SERIAL:
                definition, default = f"{_SERIAL[type_]} {rest}".strip(), ""
        if " AS (" in definition:
            definition = self.expression(definition, [f.name for f in facts if f.kind == "column"])
        parts = [self.quote(name), "" if definition == "UNTYPED" else definition]
        if "collation" in own:
            is_quoted = self.dialect == "postgresql"
            collation = own["collation"]
            parts.append(f"COLLATE {self.quote(collation) if is_quoted else collation}")
        if default:
            is_bare = self.dialect != "sqlite" or _SIMPLE.fullmatch(default)
            parts.append(f"DEFAULT {default}" if is_bare else f"DEFAULT ({default})")
        if options.get("AUTO_INCREMENT") == name:
            parts.append("AUTO_INCREMENT")
        if "comment" in own and self.dialect != "postgresql":
            parts.append(f"COMMENT {text(own['comment'])}")
        return " ".join(filter(None, parts))

    def constraint(self, fact: Fact, columns: Sequence[str], options: Mapping[str, str]) -> str:
        """Return the line of a primary key, unique, check or exclude constraint."""
        is_key = fact.kind in ("primary key", "unique")
        named = fact.name not in ("", fact.value) and not (is_key and fact.name.startswith("("))
        start = f"CONSTRAINT {self.quote(fact.name)} " if named else ""
        value = fact.value
        if fact.kind == "check":
            value = self.expression(value, columns)
            value = value if value.startswith("(") and value.endswith(")") else f"({value})"
        elif fact.kind != "exclude" and self.dialect != "postgresql":
            _, value = self._index(value, columns)
        if fact.kind == "primary key" and "AUTOINCREMENT" in options:
            value = value.replace(")", " AUTOINCREMENT)", 1)
        return f"{start}{fact.kind.upper()} {value}"

    def foreign_key(self, key: ForeignKey) -> str:
        """Return the line of a foreign key."""
        start = f"CONSTRAINT {self.quote(key.name)} " if key.name else ""
        targets = self.names(key.targets)
        refers = f"REFERENCES {self.name(key.table)} {targets}{key.rest}"
        return f"{start}FOREIGN KEY {self.names(key.columns)} {refers}"

    def attached(self, table: str, facts: Sequence[Fact]) -> str:
        """Return the statement that makes a table a partition; empty where it is none."""
        value = next((fact.value for fact in facts if fact.name == "PARTITION OF"), "")
        part = partition_of(value)
        if not part:
            return ""
        return f"ALTER TABLE {part['parent']} ATTACH PARTITION {self.name(table)} {part['bound']};"

    def added(self, table: str, key: ForeignKey) -> str:
        """Return the statement that adds a foreign key later."""
        return f"ALTER TABLE {self.name(table)} ADD {self.foreign_key(key)};"

    def columns(self, value: str, columns: Sequence[str]) -> str:
        """Return the columns of a key or index, their names quoted where that is needed."""
        if self.dialect in ("mariadb", "mysql"):
            known = {column.lower(): column for column in columns}
            parts = (_LENGTH.fullmatch(part) for part in value[1:-1].split(", "))
            named = (
                self.quote(known.get(p["name"].lower(), p["name"])) + p["rest"] for p in parts if p
            )
            return f"({', '.join(named)})"
        return self.expression(value, columns)

    def expression(self, value: str, columns: Sequence[str]) -> str:
        """Return an expression with the names quoted that SQLite's facts have without quotes."""
        if self.dialect != "sqlite":
            return value
        quoted = {name.lower(): self.quote(name) for name in columns}
        needed = {name for name, text in quoted.items() if text.lower() != name} - _WORDS
        pieces, end = [], 0
        for token in tokenize(value) if needed else ():
            if token.word in needed:
                pieces += [value[end : token.start], quoted[token.word]]
                end = token.end
        return "".join(pieces) + value[end:]

    def view(self, name: str, facts: Sequence[Fact]) -> str:
        """Return what makes a view, with its indexes and triggers."""
        found = by_kind(facts)
        beside = {kind: found[kind] for kind in ("index", "trigger")}
        after = self._beside(name, defaultdict(list, beside), (), {})
        return "\n".join([self._view(name, found["view"][0].text), *after])

    def _view(self, name: str, value: str) -> str:
        if self.dialect == "sqlite":
            return f"{value};"
        word = "MATERIALIZED VIEW" if value.startswith("MATERIALIZED ") else "VIEW"
        query = value.removeprefix("MATERIALIZED ").strip()
        link = "" if re.match(r"(?:create|as)\b", query, re.IGNORECASE) else "AS "
        start = "" if query[:6].lower() == "create" else f"CREATE {word} {self.name(name)} {link}"
        return f"{start}{query};"

    def sequence(self, name: str, value: str) -> str:
        """Return what makes a sequence."""
        options = value.replace(" MIN ", " MINVALUE ").replace(" MAX ", " MAXVALUE ")
        if self.dialect != "postgresql":
            options = options.replace(" CYCLE 0", " NOCYCLE").replace(" CYCLE 1", " CYCLE")
        return f"CREATE SEQUENCE {self.name(name)} {options};"

    def before(self, facts: Iterable[Fact]) -> Iterator[str]:
        """Yield what comes before all tables: schemas, then types, each after those it needs."""
        facts = list(facts)
        if self.dialect != "postgresql":
            return
        tables = sorted({fact.table for fact in facts if fact.kind in ("table", "view")})
        for schema in dict.fromkeys(t.partition(".")[0] for t in tables if "." in t):
            yield f"CREATE SCHEMA {self.quote(schema)};"
        types = {fact.name: fact.value for fact in facts if fact.kind == "type"}
        needs = {
            name: {each for each in types if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", value)}
            for name, value in types.items()
            if not value.startswith("ENUM ")
        }
        for name in in_dependency_order(sorted(types), needs):
            word = "TYPE" if types[name].startswith(("ENUM ", "(")) else "DOMAIN"
            yield f"CREATE {word} {name} AS {types[name]};"


def _for_client(statement: str) -> str:
    """Return a statement with its end, as the mariadb client finds it.

    Source: https://mariadb.com/kb/en/delimiters/
    """
    if ";" not in statement:
        return f"{statement};"
    end = next(sign for sign in _DELIMITERS if sign not in statement)
    return f"DELIMITER {end}\n{statement}{end}\nDELIMITER ;"


def by_kind(facts: Iterable[Fact]) -> Mapping[str, list[Fact]]:
    """Return facts by what they tell, each kind sorted."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts):
        found[fact.kind].append(fact)
    return found


def partition_of(value: str) -> re.Match[str] | None:
    """Return the table that a partition is one of, as ``parent``, and what it holds, ``bound``."""
    return _PARTITION.fullmatch(value)


def text(value: str) -> str:
    """Return a text as SQL has it."""
    return "'" + value.replace("'", "''") + "'"
