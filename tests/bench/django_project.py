"""Write the Django project that does the same work as a generated application."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.histories import ROWS, History, Kind, Step, Table

_SETTINGS = """from pathlib import Path

SECRET_KEY = "bench"
INSTALLED_APPS = {apps!r}
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parent / "django.db",
    }}
}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
"""

_MIGRATION = """from django.db import migrations, models

{function}
class Migration(migrations.Migration):
    dependencies = {dependencies!r}
    operations = [
        {operation},
    ]
"""

_ROWS = """
def fill(apps, schema_editor):
    model = apps.get_model({app!r}, {model!r})
    model.objects.bulk_create([model(id=n, name="row %d" % n) for n in range(1, {rows} + 1)])


def empty(apps, schema_editor):
    apps.get_model({app!r}, {model!r}).objects.all().delete()

"""


def write_project(folder: Path, histories: Sequence[History]) -> None:
    """Write an app for each extension, with as many migrations, and a settings module."""
    folder.mkdir()
    names = [f"dj_{history.name}" for history in histories]
    (folder / "settings.py").write_text(_SETTINGS.format(apps=names), encoding="utf-8")
    for app, history in zip(names, histories, strict=True):
        migrations = folder / app / "migrations"
        migrations.mkdir(parents=True)
        for package in (folder / app, migrations):
            (package / "__init__.py").write_text("", encoding="utf-8")
        (folder / app / "models.py").write_text(django_models(history), encoding="utf-8")
        for step in history.steps:
            text = _migration(app, history, step)
            (migrations / f"{step.id}.py").write_text(text, encoding="utf-8")


def django_models(history: History, *, changed: bool = False) -> str:
    """Return the module of an app's models; where it is `changed`, the last has a field more."""
    last = list(history.tables)[-1] if changed else None
    tables = "\n\n".join(_model(each, each.name == last) for each in history.tables.values())
    return f"from django.db import models\n\n\n{tables}\n"


def _migration(app: str, history: History, step: Step) -> str:
    dependencies = [(app, step.down)] if step.down else []
    refers_to_core = step.parent == "item" and app != "dj_core"
    if step.depends_on or refers_to_core:
        dependencies.append(("dj_core", "corer0000"))
    function = ""
    if step.kind is Kind.DATA:
        function = _ROWS.format(app=app, model=_class(step.table), rows=ROWS)
    return _MIGRATION.format(
        function=function, dependencies=dependencies, operation=_operation(app, step)
    )


def _operation(app: str, step: Step) -> str:
    model = _class(step.table)
    match step.kind:
        case Kind.TABLE | Kind.LINK:
            fields = [
                '("id", models.AutoField(primary_key=True, serialize=False))',
                f'("name", {_text(50)})',
            ]
            if step.parent:
                fields.append(f'("parent", {_foreign_key(step.parent)})')
            inside = ", ".join(fields)
            return (
                f'migrations.CreateModel("{model}", fields=[{inside}],'
                f' options={{"db_table": "{step.table}"}})'
            )
        case Kind.SIZE:
            return f'migrations.AddField("{model}", "size", models.IntegerField(null=True))'
        case Kind.STATE:
            return f'migrations.AddField("{model}", "state", {_STATE})'
        case Kind.WIDEN:
            return f'migrations.AlterField("{model}", "name", {_text(100)})'
        case Kind.INDEX:
            return f'migrations.AddIndex("{model}", {_index(step.table)})'
        case Kind.PAIR:
            return f'migrations.AddConstraint("{model}", {_pair(step.table)})'
        case Kind.DATA:
            return "migrations.RunPython(fill, empty)"


_STATE = 'models.CharField(max_length=20, default="new", db_default="new")'


def _model(table: Table, changed: bool) -> str:
    width = 100 if Kind.WIDEN in table.done else 50
    lines = ["id = models.AutoField(primary_key=True)", f"name = {_text(width)}"]
    if table.parent:
        lines.append(f"parent = {_foreign_key(table.parent)}")
    if Kind.SIZE in table.done:
        lines.append("size = models.IntegerField(null=True)")
    if Kind.STATE in table.done:
        lines.append(f"state = {_STATE}")
    if changed:
        lines.append("extra = models.CharField(max_length=7, null=True)")
    meta = [f'db_table = "{table.name}"']
    if Kind.INDEX in table.done:
        meta.append(f"indexes = [{_index(table.name)}]")
    if Kind.PAIR in table.done:
        meta.append(f"constraints = [{_pair(table.name)}]")
    body = "\n    ".join([*lines, "", "class Meta:", *(f"    {line}" for line in meta)])
    return f"class {_class(table.name)}(models.Model):\n    {body}\n"


def _class(table: str) -> str:
    return "".join(part.capitalize() for part in table.split("_"))


def _text(width: int) -> str:
    return f"models.CharField(max_length={width})"


def _foreign_key(parent: str) -> str:
    app = "dj_core" if "_" not in parent else f"dj_{parent.partition('_')[0]}"
    return f'models.ForeignKey("{app}.{_class(parent)}", models.CASCADE, null=True)'


def _index(table: str) -> str:
    return f'models.Index(fields=["name"], name="ix_{table}_name")'


def _pair(table: str) -> str:
    return f'models.UniqueConstraint(fields=["name", "id"], name="uq_{table}_pair")'
