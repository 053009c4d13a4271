"""The models of acme; extensions put theirs on the same declarative base."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import declarative_base, relationship

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
}
NOW = text("CURRENT_TIMESTAMP")

Base = declarative_base(metadata=MetaData(naming_convention=NAMES))


class User(Base):
    """Somebody who may log in."""

    __tablename__ = "user"

    id = Column(Integer, primary_key=True)
    login = Column(String(64), unique=True, nullable=False)
    email = Column(String(255), unique=True, index=True)
    created_at = Column(DateTime, server_default=NOW, nullable=False)
    full_name = Column(String(100))
    is_active = Column(Boolean, server_default=true(), nullable=False)

    addresses = relationship("Address", back_populates="user")


class Address(Base):
    """Where a user wants purchases sent."""

    __tablename__ = "address"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id", ondelete="CASCADE"), nullable=False)
    street = Column(String(120), nullable=False)
    postcode = Column(String(12))
    city = Column(String(80), nullable=False)
    country = Column(String(2), nullable=False)

    user = relationship(User, back_populates="addresses")


class Category(Base):
    """A kind of products; categories form a tree."""

    __tablename__ = "category"

    id = Column(Integer, primary_key=True)
    title = Column(String(80), unique=True, nullable=False)
    parent_id = Column(Integer, ForeignKey("category.id"))


class Supplier(Base):
    """Who delivers products to the shop."""

    __tablename__ = "supplier"

    id = Column(Integer, primary_key=True)
    name = Column(String(120), nullable=False)
    email = Column(String(255))


class Product(Base):
    """What the shop sells."""

    __tablename__ = "product"

    id = Column(Integer, primary_key=True)
    code = Column(String(40), unique=True, nullable=False)
    name = Column(String(200), nullable=False)
    price = Column(Numeric(10, 2), nullable=False)
    category_id = Column(Integer, ForeignKey("category.id"), nullable=False)
    description = Column(Text)
    supplier_id = Column(Integer, ForeignKey("supplier.id"))
    discontinued = Column(Boolean, server_default=false(), nullable=False)

    category = relationship(Category)
    supplier = relationship(Supplier)


class PriceChange(Base):
    """What a product cost from a moment on."""

    __tablename__ = "price_change"

    id = Column(Integer, primary_key=True)
    product_id = Column(Integer, ForeignKey("product.id", ondelete="CASCADE"), nullable=False)
    price = Column(Numeric(10, 2), nullable=False)
    changed_at = Column(DateTime, server_default=NOW, nullable=False)


class Review(Base):
    """What a user thinks of a product."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("product_id", "user_id"),)

    id = Column(Integer, primary_key=True)
    product_id = Column(Integer, ForeignKey("product.id", ondelete="CASCADE"), nullable=False)
    user_id = Column(Integer, ForeignKey("user.id"), nullable=False)
    rating = Column(Integer, nullable=False)
    body = Column(Text)


class Warehouse(Base):
    """A place where products are kept."""

    __tablename__ = "warehouse"

    id = Column(Integer, primary_key=True)
    name = Column(String(80), unique=True, nullable=False)


class StockLevel(Base):
    """How many of a product a warehouse holds."""

    __tablename__ = "stock_level"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)

    warehouse_id = Column(Integer, ForeignKey("warehouse.id"), primary_key=True)
    product_id = Column(Integer, ForeignKey("product.id"), primary_key=True)
    quantity = Column(Integer, server_default=text("0"), nullable=False)


class Purchase(Base):
    """What a user buys at one time."""

    __tablename__ = "purchase"
    __table_args__ = (Index("ix_purchase_status_placed_at", "status", "placed_at"),)

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id"), nullable=False)
    status = Column(String(20), server_default=text("'open'"), nullable=False)
    placed_at = Column(DateTime, server_default=NOW, nullable=False)
    address_id = Column(Integer, ForeignKey("address.id"))

    lines = relationship("PurchaseLine", back_populates="purchase")


class PurchaseLine(Base):
    """One product of a purchase."""

    __tablename__ = "purchase_line"
    __table_args__ = (UniqueConstraint("purchase_id", "product_id"),)

    id = Column(Integer, primary_key=True)
    purchase_id = Column(Integer, ForeignKey("purchase.id", ondelete="CASCADE"), nullable=False)
    product_id = Column(Integer, ForeignKey("product.id"), nullable=False)
    quantity = Column(Integer, nullable=False)
    unit_price = Column(Numeric(10, 2), nullable=False)

    purchase = relationship(Purchase, back_populates="lines")


class Setting(Base):
    """One setting of the shop."""

    __tablename__ = "setting"

    name = Column(String(64), primary_key=True)
    value = Column(String(255))


class AuditEntry(Base):
    """Who did what, and when."""

    __tablename__ = "audit_entry"

    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id", ondelete="SET NULL"))
    happened_at = Column(DateTime, server_default=NOW, index=True, nullable=False)
    action = Column(String(40), nullable=False)
    detail = Column(Text)
