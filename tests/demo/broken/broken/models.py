"""The models of broken, which cannot be imported."""

import nosuch
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Part(Base):
    """A spare part."""

    __tablename__ = "broken_part"

    id = Column(Integer, primary_key=True)
    name = Column(String(nosuch.LENGTH), nullable=False)
