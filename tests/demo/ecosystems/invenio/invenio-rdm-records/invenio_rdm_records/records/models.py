"""Records."""

import sqlalchemy as sa
from invenio_db import db


class Record(db.Model):
    __tablename__ = "rdm_records_metadata"

    id = sa.Column(sa.Integer, primary_key=True)
    owner_id = sa.Column(sa.Integer, sa.ForeignKey("accounts_user.id"))
