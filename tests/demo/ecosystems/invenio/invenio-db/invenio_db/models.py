"""The table that versions of records are told apart by."""

import sqlalchemy as sa

from invenio_db import db


class Transaction(db.Model):
    __tablename__ = "transaction"

    id = sa.Column(sa.Integer, primary_key=True)
    issued_at = sa.Column(sa.DateTime)
