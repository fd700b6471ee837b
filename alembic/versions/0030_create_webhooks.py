"""Where an office has its events sent: the address, sealed secrets, and how far it has been told."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_OWN = (
    "(actor('kind') IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY') AND actor_kind = actor('kind') "
    "AND organisation_id = actor('organisation')::uuid)"
)
_DELIVERS = "(actor('kind') = 'CLOCK' AND has_duty('deliver'))"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("province", sa.Text()),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret_key_id", sa.Text(), nullable=False),
        sa.Column("former_sealed", sa.LargeBinary()),
        sa.Column("former_key_id", sa.Text()),
        sa.Column("former_until", sa.DateTime(timezone=True)),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("test_id", sa.Uuid()),
        sa.Column("last_status", sa.Text()),
        sa.Column("last_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_webhook_organisation_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_webhook_command_id"),
        sa.CheckConstraint(
            "(former_sealed IS NULL) = (former_until IS NULL) AND (former_sealed IS NULL) = (former_key_id IS NULL)",
            name="ck_webhook_former_secret_ends",
        ),
    )
    op.create_index("ix_webhook_organisation_id", "webhook", ["organisation_id"])
    op.create_index("ix_webhook_command_id", "webhook", ["command_id"])
    op.execute("GRANT SELECT, INSERT ON webhook TO talent_registry_app")
    op.execute("""
        GRANT UPDATE (secret_sealed, secret_key_id, former_sealed, former_key_id, former_until, closed_at, position,
            attempts, due_at, test_id, last_status, last_at) ON webhook TO talent_registry_app
    """)
    op.execute("ALTER TABLE webhook ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE webhook FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON webhook TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY seen ON webhook FOR SELECT TO talent_registry_app USING ({_OWN} OR {_DELIVERS})")
    op.execute(f"""
        CREATE POLICY added ON webhook FOR INSERT TO talent_registry_app
        WITH CHECK ({_OWN} AND province IS NOT DISTINCT FROM
            CASE WHEN actor('kind') = 'AUTHORITY' THEN actor('province') END)
    """)
    op.execute(f"CREATE POLICY moved_on ON webhook FOR UPDATE TO talent_registry_app USING ({_OWN} OR {_DELIVERS})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("webhook")
