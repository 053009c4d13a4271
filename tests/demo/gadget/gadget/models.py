"""The models of gadget, on acme's declarative base."""

from acme.models import Base
from sqlalchemy import Column, ForeignKey, Integer, String


class Device(Base):
    """A device that a user has registered."""

    __tablename__ = "gadget_device"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id", ondelete="CASCADE"), nullable=False)
    name = Column(String(80), nullable=False)
    serial = Column(String(32), unique=True)
