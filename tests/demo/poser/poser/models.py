"""The models of poser, on acme's declarative base."""

from acme.models import Base, Product
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, false, text
from sqlalchemy.orm import relationship


class Widget(Base):
    """A mannequin that shows a product."""

    __tablename__ = "poser_widget"

    id = Column(Integer, primary_key=True)
    product_id = Column(Integer, ForeignKey("product.id"), nullable=False)
    stance = Column(String(40), index=True, nullable=False)
    label = Column(String(200))

    product = relationship(Product)
    poses = relationship("Pose", back_populates="widget")


class Pose(Base):
    """How a mannequin stands."""

    __tablename__ = "poser_pose"

    id = Column(Integer, primary_key=True)
    widget_id = Column(Integer, ForeignKey("poser_widget.id", ondelete="CASCADE"), nullable=False)
    angle = Column(Integer, server_default=text("0"), nullable=False)
    favourite = Column(Boolean, server_default=false(), nullable=False)

    widget = relationship(Widget, back_populates="poses")
