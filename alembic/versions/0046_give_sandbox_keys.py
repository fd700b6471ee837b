"""Keys that a sandbox gives to developers: whose client, until when, and the invented person that comes with each."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "sandbox_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("mail_digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("researcher_id", sa.Uuid()),
        sa.Column("credential_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("account_id", name="pk_sandbox_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_sandbox_key_account_id"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_sandbox_key_researcher_id"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_sandbox_key_credential_id"),
    )
    op.create_index("ix_sandbox_key_mail_digest", "sandbox_key", ["mail_digest"])
    op.create_index("ix_sandbox_key_expires_at", "sandbox_key", ["expires_at"])
    op.create_index("ix_sandbox_key_researcher_id", "sandbox_key", ["researcher_id"])
    op.create_index("ix_sandbox_key_credential_id", "sandbox_key", ["credential_id"])
    op.execute("GRANT SELECT, INSERT, DELETE ON sandbox_key TO talent_registry_app")
    op.execute("GRANT UPDATE (researcher_id, credential_id) ON sandbox_key TO talent_registry_app")
    op.execute("ALTER TABLE sandbox_key ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sandbox_key FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON sandbox_key TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("""
        CREATE POLICY kept ON sandbox_key TO talent_registry_app
        USING (has_duty('sandbox-key')) WITH CHECK (has_duty('sandbox-key'))
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("sandbox_key")
