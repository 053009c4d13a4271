"""Drafts of records."""

import sqlalchemy as sa
from invenio_db import db


class Draft(db.Model):
    __tablename__ = "rdm_drafts_metadata"

    id = sa.Column(sa.Integer, primary_key=True)
    record_id = sa.Column(sa.Integer, sa.ForeignKey("rdm_records_metadata.id"))
