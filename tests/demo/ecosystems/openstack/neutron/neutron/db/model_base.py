"""The base of all models."""

from sqlalchemy.orm import declarative_base

BASEV2 = declarative_base()
