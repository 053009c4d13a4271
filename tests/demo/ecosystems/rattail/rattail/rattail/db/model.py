"""The models of the core."""

import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"

    uuid = sa.Column(sa.String(32), primary_key=True)
    display_name = sa.Column(sa.String(100))
