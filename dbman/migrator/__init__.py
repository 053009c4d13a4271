"""The moves of a database, and looking where it stands.

- `scene`: what every one of them starts from
- `moves`: upgrade and downgrade
- `running`: the steps of a plan, and the rows that they leave
- `stamps`: stamp and forget
- `detect`: where extensions stand as their tables show, by a `replay`, its `timeline` and the
  `standings` that follow
- `tables`: createdb and dropdb
- `status`: status and current
"""
