"""Comments by which a script says that it means what a rule finds: ``# dbman: ignore[DBM101]``.

Such a comment counts for the statement in whose lines it stands; on a line of its own, for the
statement that follows; above the first statement, docstring included, for the whole script.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from tokenize import COMMENT, TokenError, TokenInfo, generate_tokens

from dbman.lint.interface import Finding
from dbman.lint.sources import Source

_IGNORE = re.compile(r"#\s*dbman:\s*ignore\[([^\]]*)\]")


@dataclass(frozen=True)
class Ignores:
    """What a script says that it means."""

    whole: frozenset[str] = frozenset()
    """The codes and names that hold nowhere in it."""
    lines: Mapping[int, frozenset[str]] | None = None
    """Those that do not hold on a line."""

    def covers(self, finding: Finding) -> bool:
        """Return whether the script means what was found."""
        said = self.whole | (self.lines or {}).get(finding.line, frozenset())
        return not said.isdisjoint((finding.code.lower(), finding.name))


def read_ignores(source: Source) -> Ignores:
    """Return what the comments of a script say."""
    if "dbman:" not in source.text:
        return Ignores()
    said = dict(_comments(source.text))
    spans = list(_spans(source))
    first = min((start for start, _ in spans), default=1)
    whole: set[str] = set()
    lines: dict[int, frozenset[str]] = {}
    for line, (words, is_alone) in said.items():
        if is_alone and line < first:
            whole |= words
            continue
        start, end = _covered(line, spans, is_alone)
        for each in range(start, end + 1):
            lines[each] = lines.get(each, frozenset()) | words
    return Ignores(frozenset(whole), lines)


def ignored_words(text: str) -> frozenset[str]:
    """Return everything that the comments of a source text say is meant, wherever they stand."""
    return frozenset().union(*(words for _, (words, _) in _comments(text)))


def _comments(text: str) -> Iterator[tuple[int, tuple[frozenset[str], bool]]]:
    """Yield the line of each such comment, the words in it, and whether it stands alone."""
    for token in comment_tokens(text):
        if found := _IGNORE.search(token.string):
            words = frozenset(word.strip().lower() for word in found[1].split(","))
            yield token.start[0], (words, not token.line[: token.start[1]].strip())


def comment_tokens(text: str) -> Iterator[TokenInfo]:
    """Yield the comments of a source text, as far as it can be taken apart."""
    try:
        for token in generate_tokens(StringIO(text).readline):
            if token.type == COMMENT:
                yield token
    except (TokenError, SyntaxError):
        return


def _spans(source: Source) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each statement; of one with a block, those of its head."""
    texts = source.text.split("\n")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.stmt):
            block = getattr(node, "body", None)
            end = _before(block[0], texts) if block else node.end_lineno or node.lineno
            yield _start(node), max(_start(node), end)


def _start(node: ast.stmt) -> int:
    """Return the first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _before(node: ast.stmt, texts: list[str]) -> int:
    """Return the last line of code above a statement; comments between are the statement's."""
    line = _start(node) - 1
    while line and texts[line - 1].strip()[:1] in ("", "#"):
        line -= 1
    return line


def _covered(line: int, spans: list[tuple[int, int]], is_alone: bool) -> tuple[int, int]:
    """Return the lines of the statement that a comment speaks of."""
    around = [span for span in spans if span[0] <= line <= span[1]]
    if around:
        return max(around)
    after = [span for span in spans if span[0] > line] if is_alone else []
    return min(after, default=(line, line))
