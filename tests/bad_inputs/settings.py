"""Settings files, variables and URLs that are wrong."""

from __future__ import annotations

from bad_inputs.case import Case, case, error, opened
from dbman.config.keys import EXTENSION, OWN

URL_FORM = "write sqlite:///x.db, or --db x.db for a file"
KNOWN = "known: sqlite, postgresql, mysql, mariadb, oracle, mssql"
KEYS = f"known keys: {', '.join(OWN)}"
REFERENCE = "name a module and what it holds: a text, a URL, or a callable that returns one"


def toml(
    name: str, text: str | bytes, message: str, hint: str | None, line: str = "status"
) -> Case:
    """Return a case with a `dbman.toml`."""
    return case(name, line, 2, error(message, hint), files={"dbman.toml": text})


def ini(name: str, text: str, message: str, hint: str, line: str = "upgrade -c a.ini") -> Case:
    """Return a case with an Alembic ini."""
    return case(name, line, 2, error(message, hint), files={"a.ini": text})


def url(name: str, text: str, message: str, hint: str) -> Case:
    """Return a case with `--url`."""
    return case(name, f"status --url '{text}'", 2, error(message, hint))


SETTINGS = (
    toml(
        "unknown key", 'verzions = "x"\n',
        "dbman.toml: unknown key 'verzions'; did you mean 'versions'?", KEYS,
    ),
    toml(
        "unknown key of an extension", '[extensions.shop]\nmodel = "x"\n',
        "dbman.toml: unknown key 'model' in extensions.shop; did you mean 'models'?",
        f"known keys: {', '.join(EXTENSION)}",
    ),
    toml(
        "bad toml", "url = \n",
        "dbman.toml is not valid TOML: Invalid value (at line 1, column 7)", "correct the file",
    ),
    toml(
        "toml that is not UTF-8", b'url = "caf\xe9"\n',
        "dbman.toml:1 is not UTF-8 (byte 0xe9)", "save the file as UTF-8",
    ),
    toml(
        "value of the wrong kind", "url = 5\n",
        "dbman.toml: url must be a text that is not empty, not 5",
        'for example: url = "sqlite:///acme.db"',
    ),
    toml(
        "table that is none", "extensions.shop = 5\n",
        "dbman.toml: extensions.shop must be a table, not 5",
        "for example: extensions.shop = { enabled = false }",
    ),
    toml(
        "version table that is no name", 'version_table = "a b"\n',
        "dbman.toml: version_table must be a plain identifier, in which only {name} is replaced,"
        " not 'a b'",
        'for example: version_table = "{name}_alembic_version"',
    ),
    toml(
        "environment that dbman sets", '[environment]\nurl = "x"\n',
        "dbman.toml: environment.url is set by dbman itself",
        "remove it; the settings url and version_table say which database and version table",
    ),
    toml(
        "core that is not installed", 'core = "shp"\n',
        "core: no extension 'shp' is installed; did you mean 'shop'?", "installed: shop",
    ),
    toml(
        "table of an extension that is not installed", "[extensions.nosuch]\nenabled = false\n",
        "extensions.nosuch: no extension of that name is installed",
        "install it, or say where it is: models = 'package.module:name'",
    ),
    toml(
        "url that cannot be imported", 'url = "nosuch.settings:URL"\n',
        "dbman.toml: url = 'nosuch.settings:URL' cannot be resolved: ModuleNotFoundError:"
        " No module named 'nosuch'",
        REFERENCE,
    ),
    toml(
        "url that names no URL", 'url = "os:environ"\n',
        "dbman.toml: url = 'os:environ' is _Environ, not a URL", REFERENCE,
    ),
    case(
        "bootstrap that is missing", "initdb --db x.db", 2,
        opened(),
        error(
            "bootstrap: cannot read HERE/before.sql: No such file or directory",
            "correct `bootstrap` in the settings",
        ),
        files={"dbman.toml": 'bootstrap = "before.sql"\n'},
    ),
    case(
        "context that cannot be imported", "initdb --db x.db", 2,
        opened(),
        error(
            "context = 'nosuch:app' cannot be resolved: ModuleNotFoundError: No module named 'nosuch'",
            "correct it in the settings: 'module:name'",
        ),
        files={"dbman.toml": 'context = "nosuch:app"\n'},
    ),
    case(
        "context that is none", "initdb --db x.db", 2,
        opened(),
        error(
            "context = 'os:sep' gives no context manager",
            "name a function under @contextmanager, such as app.app_context",
        ),
        files={"dbman.toml": 'context = "os:sep"\n'},
    ),
    ini(
        "bad ini", "hello\n",
        "a.ini:1: text before the first [section]", "correct the file",
    ),
    ini(
        "ini with a lone percent sign", "[alembic]\nscript_location = 5%\n",
        "a.ini [alembic]: script_location has a '%' that stands alone",
        "write %% for a percent sign",
    ),
    ini(
        "ini without the section", "[logging]\n",
        "a.ini has no section [alembic]", "choose one with -n SECTION: logging",
    ),
    ini(
        "unknown section", "[alembic]\n[prod]\n",
        "a.ini has no section [prd]; did you mean 'prod'?",
        "choose one with -n SECTION: alembic, prod", "upgrade -c a.ini -n prd",
    ),
    ini(
        "ini without a URL", "[alembic]\nscript_location = s\n",
        "HERE/a.ini has no sqlalchemy.url", "say --url URL or set DBMAN_URL",
    ),
    ini(
        "ini with the URL of the template",
        "[alembic]\nsqlalchemy.url = driver://user:pass@localhost/dbname\n",
        "HERE/a.ini has no sqlalchemy.url", "say --url URL or set DBMAN_URL",
    ),
    ini(
        "ini with an unknown separator",
        "[alembic]\nversion_locations = a:b\npath_separator = tab\n",
        "a.ini [alembic]: path_separator must be one of space, newline, os, :, ;, not 'tab'",
        "for example: path_separator = os",
    ),
    case(
        "section without an ini", "status -n prod", 2,
        error("-n prod names a section, but no Alembic ini is read", "name one with -c FILE"),
    ),
    case(
        "missing settings file", "status -c no.toml", 2,
        error("settings file no.toml does not exist", "-c names it"),
    ),
    case(
        "missing settings file of the environment", "status", 2,
        error("settings file no.toml does not exist", "DBMAN_CONFIG names it"),
        env={"DBMAN_CONFIG": "no.toml"},
    ),
    case(
        "folder as settings file", "status -c d", 2,
        error(
            "settings file d is a folder", "-c must name a file in it, such as d/dbman.toml"
        ),
        files={"d/f": ""},
    ),
    url("URL without a scheme", "x.db", "'x.db' is not a database URL", URL_FORM),
    url(
        "path as URL", "/srv/my app.db",
        "'/srv/my app.db' is not a database URL",
        "write 'sqlite:////srv/my app.db', or --db '/srv/my app.db' for a file",
    ),
    url(
        "URL without scheme, host and port", "u:secret@h/d",
        "'u:***@h/d' is not a database URL",
        "write sqlite:///acme.db, or --db acme.db for a file",
    ),
    url(
        "name of a database as URL", "postgresql",
        "'postgresql' is not a database URL", "write dialect://user@host/database",
    ),
    url(
        "two @ and a password behind", "postgresql://u:a@b@h/d?password=secret",
        "'postgresql://u:***@h/d?password=***' has more than one @",
        "write %40 for an @ in a user, a password or a name",
    ),
    url(
        "missing driver that the URL names", "mysql+mysqldb://h/d",
        "the driver 'MySQLdb' of mysql+mysqldb is not installed", "pip install mysqlclient",
    ),
    url(
        "URL with two slashes", "sqlite://tmp/x",
        "sqlite://tmp/x has two slashes",
        "did you mean sqlite:////tmp/x (from the root) or sqlite:///tmp/x (from here)?",
    ),
    url(
        "postgres URL", "postgres://u@h/d",
        "unknown database 'postgres'; did you mean 'postgresql'?", KNOWN,
    ),
    url("unknown database", "nosuch://u:secret@h/d", "unknown database 'nosuch'", KNOWN),
    url(
        "unknown driver of SQLite", "sqlite+nosuch:///x",
        "SQLite by the driver 'nosuch' is not known", "write sqlite:///PATH, or --db PATH",
    ),
    url(
        "missing driver", "oracle+cx_oracle://h/d",
        "the driver 'cx_Oracle' of oracle+cx_oracle is not installed", "pip install cx_Oracle",
    ),
    url(
        "bad port", "postgresql://u:secret@h:5x/d",
        "'postgresql://u:***@h:5x/d' has a bad port, '5x'", "a port is a number",
    ),
    url(
        "URL of Java", "jdbc:postgresql://h/d",
        "'jdbc:postgresql://h/d' is not a database URL", "write dialect://user@host/database",
    ),
    url(
        "empty URL", "",
        "given settings: url must be a text that is not empty, not ''",
        'for example: url = "sqlite:///acme.db"',
    ),
    case(
        "URL of the environment", "status", 2,
        error("DBMAN_URL: 'x.db' is not a database URL", URL_FORM),
        env={"DBMAN_URL": "x.db"},
    ),
    case(
        "two databases", "status --url sqlite:///a --db b", 2,
        error("--url and --db both name a database", "give one of them"),
    ),
    case(
        "database in memory", "initdb --url sqlite://", 2,
        opened("in memory", "--url"),
        error("the database is in memory: nothing would be kept", "name a file with --db PATH"),
    ),
    case(
        "reading a database in memory", "status --url sqlite:///:memory:", 2,
        opened("in memory", "--url"),
        error("the database is in memory: nothing would be kept", "name a file with --db PATH"),
    ),
)  # fmt: skip
