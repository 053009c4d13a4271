"""What dbman would be told about broken."""

from broken.models import Base
from dbman import Extension

extension = Extension(metadata=Base.metadata, versions="broken:migrations")
