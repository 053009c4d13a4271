"""URLs as the settings hold them: plain text that nothing decodes, encodes or interpolates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

# A password may hold ":" and "/" (SQLAlchemy reads up to the first "@"), and people write "@" too.
_NETLOC_PASSWORD = r"(://[^:/]*):[^@]*@(?:[^/?@]*@)*"
_WHOLE = r"(?s)(?P<user>(?:[\w+.-]+:/{1,2})?+[^:/@]*):.*@"
_NO_PORT = r"(?P<user>[\w+.-]+://[^:/?\[]*):(?![\d/?]|$)[^/?]*"
_KEY = r"[^=&]*(?:passw|pwd|passphrase|secret|token|odbc_connect)[^=&]*"
_QUERY_PASSWORD = rf"(?i)([?&]{_KEY}=)(?!\*\*\*(?:['\s]|$))[^&]*"
"""In a text the end of a URL is not known; one that is hidden already ends there."""
_SHORT = 3
_SQLITE = re.compile(r"(?P<before>sqlite(?:\+\w+)?://[^/?]*/)(?P<path>[^?]+)(?P<query>.*)", re.S)


def hide_password(url: str) -> str:
    """Return a URL with ``***`` for its password, in the netloc and as ``?password=``.

    Text without a password comes back as it is.
    """
    return re.sub(_QUERY_PASSWORD, r"\1***", re.sub(_NETLOC_PASSWORD, r"\1:***@", url))


def hide_in_url(text: str) -> str:
    """Return what was meant as a URL, however wrong, with ``***`` for what may be a password.

    That is all from the user's name to the last "@"; without one, a port that is no number.
    """
    if text.startswith("sqlite"):
        return text
    found = re.match(_WHOLE, text)
    if found:
        return hide_password(f"{found['user']}:***@{text[found.end() :]}")
    return hide_password(re.sub(_NO_PORT, r"\g<user>:***", text))


def secrets_of(url: URL) -> Iterator[str]:
    """Yield the passwords that are in a URL."""
    if url.password:
        yield str(url.password)
    for key, values in url.normalized_query.items():
        if re.fullmatch(_KEY, key, re.IGNORECASE):
            yield from filter(None, values)


def hide_words(text: str, secrets: Iterable[str]) -> str:
    """Return a text with ``***`` for each of these secrets.

    A short one counts only as a word of its own: else ``a`` would be hidden in every other word.
    """
    for secret in secrets:
        word = re.escape(secret)
        text = re.sub(word if len(secret) > _SHORT else rf"(?<!\w){word}(?!\w)", "***", text)
    return text


def absolute_url(url: str, folder: Path) -> str:
    """Return a URL whose relative SQLite path is taken from `folder`; any other as it is.

    The folder goes in as it is: `dbman.urls.parse_url` decodes nothing. ``sqlite://``,
    ``:memory:`` and ``file:`` URIs name no relative path.
    """
    match = _SQLITE.fullmatch(url)
    if not match or match["path"].startswith((":memory:", "file:")):
        return url
    if Path(match["path"]).is_absolute():
        return url
    path = f"{folder.as_posix().rstrip('/')}/{match['path']}"
    return f"{match['before']}{path}{match['query']}"
