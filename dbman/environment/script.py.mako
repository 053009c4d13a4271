<%
    # Plain Alembic does not tell which of them the code needs.
    usual = context.get("usual_imports", ["from alembic import op", "import sqlalchemy as sa"])
    imported = [*usual, *([imports] if imports else [])]
%>\
"""${message}

% if context.get("label"):
Branch: ${context["label"]}
% endif
Revision ID: ${up_revision}
Revises: ${comma(down_revision) or "<base>"}
Create Date: ${create_date}

"""
from typing import Sequence, Union

% if imported:
${"\n".join(imported)}

% endif
# revision identifiers, used by Alembic.
revision: str = ${repr(up_revision)}
down_revision: Union[str, Sequence[str], None] = ${repr(down_revision)}
branch_labels: Union[str, Sequence[str], None] = ${repr(branch_labels)}
depends_on: Union[str, Sequence[str], None] = ${repr(depends_on)}


def upgrade() -> None:
    """Upgrade schema."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Downgrade schema."""
    ${downgrades if downgrades else "pass"}
