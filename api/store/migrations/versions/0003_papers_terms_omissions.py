"""Papers of a point, the glossary, and the facts that are left out with the reason

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("point", sa.Column("papers", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "term",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("easy", sa.Text(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
    )
    op.create_table(
        "omission",
        sa.Column("fact", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_omission")),
    )


def downgrade() -> None:
    op.drop_table("omission")
    op.drop_table("term")
    op.drop_column("point", "papers")
