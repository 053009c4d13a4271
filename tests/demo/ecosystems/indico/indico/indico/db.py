"""The models of the core, in schemas of PostgreSQL."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Event(Base):
    __tablename__ = "events"
    __table_args__ = {"schema": "events"}

    id = sa.Column(sa.Integer, primary_key=True)
    title = sa.Column(sa.String, nullable=False)
    keywords = sa.Column(ARRAY(sa.String))
    data = sa.Column(JSONB, nullable=False)
