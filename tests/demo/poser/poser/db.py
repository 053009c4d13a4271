"""What dbman is told about poser."""

from dbman import Extension
from poser.models import Base
from poser.seeds import a_widget_for_each_product

extension = Extension(
    metadata=Base.metadata,
    versions="poser:migrations",
    requires=["acme"],
    seed=a_widget_for_each_product,
)
