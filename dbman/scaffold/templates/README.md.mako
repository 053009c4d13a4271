# ${project.name}

% if design.is_core:
The core of an application whose one database is kept by dbman: its tables are in
% elif foundation:
An extension of ${foundation.name}, with tables of its own in the same database. They are in
% else:
An extension, whose tables are kept by dbman. They are in
% endif
`src/${project.package}/models.py`, their migrations in `src/${project.package}/migrations`.

${"##"} Develop

```sh
pip install -e '.[test]'
dbman generate ${project.name} -m "what changes"
dbman initdb
pytest
```

`pytest --dbman` also tries each migration up and down, on tables that hold rows, and in the company of
other extensions.

There is no `alembic.ini` and no `env.py`: dbman finds both by the entry point in `pyproject.toml`.
