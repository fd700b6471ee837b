"""Sessions of people who work in a browser: known by a digest, ended by idleness, by sign-out and by their term."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "page_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_page_session"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_page_session_account_id"),
        sa.UniqueConstraint("token_digest", name="uq_page_session_token_digest"),
    )
    op.create_index("ix_page_session_account_id", "page_session", ["account_id"])
    op.create_index("ix_page_session_ends_at", "page_session", ["ends_at"])
    op.execute("GRANT SELECT, INSERT, DELETE ON page_session TO talent_registry_app")
    op.execute("GRANT UPDATE (used_at, closed_at) ON page_session TO talent_registry_app")
    op.execute("ALTER TABLE page_session ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE page_session FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON page_session TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("""
        CREATE POLICY kept ON page_session TO talent_registry_app
        USING (has_duty('page-session')) WITH CHECK (has_duty('page-session'))
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("page_session")
