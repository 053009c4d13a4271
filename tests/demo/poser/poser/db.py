"""What dbman is told about poser."""

from dbman import Extension
from poser.models import Base

extension = Extension(metadata=Base.metadata, versions="poser:migrations", requires=["acme"])
