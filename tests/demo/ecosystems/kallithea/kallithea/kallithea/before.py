"""The schema as it was before the first revision."""

import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.Integer, primary_key=True),
    sa.Column("username", sa.String(255), nullable=False),
    sa.Column("ldap_dn", sa.String(255)),
)


def create(connection):
    metadata.create_all(connection)
