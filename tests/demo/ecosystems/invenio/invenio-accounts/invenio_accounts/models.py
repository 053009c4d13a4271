"""Users."""

import sqlalchemy as sa
from invenio_db import db


class User(db.Model):
    __tablename__ = "accounts_user"

    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(sa.String(255), nullable=False)
    active = sa.Column(sa.Boolean)
