"""Receipts as they were signed: final, seen by whoever was given them and by the person they concern."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# Their own act, of the account or of its office; a person sees what was attested about the person.
_GIVEN = (
    "account_id = actor('account')::uuid OR (actor('kind') IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY') "
    "AND organisation_id = actor('organisation')::uuid)"
)
_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("researcher_id", sa.Uuid()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compact", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_receipt_researcher_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_receipt_account_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_receipt_organisation_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_receipt_command_id"),
    )
    op.create_index("ix_receipt_command_id", "receipt", ["command_id"])
    op.create_index("ix_receipt_researcher_id", "receipt", ["researcher_id", "id"])
    op.execute("GRANT SELECT, INSERT ON receipt TO talent_registry_app")
    op.execute("CREATE TRIGGER final BEFORE UPDATE OR DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION row_is_final()")
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON receipt FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
    )
    op.execute("ALTER TABLE receipt ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE receipt FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON receipt TO CURRENT_USER USING (true) WITH CHECK (true)")
    # Under the duty "receipt": the repeat of a command by whoever has its key and its words.
    op.execute(
        "CREATE POLICY seen ON receipt FOR SELECT TO talent_registry_app "
        f"USING ({_GIVEN} OR ({_SELF}) OR has_duty('receipt'))"
    )
    op.execute("""
        CREATE POLICY added ON receipt FOR INSERT TO talent_registry_app
        WITH CHECK (account_id IS NOT DISTINCT FROM actor('account')::uuid
            AND organisation_id IS NOT DISTINCT FROM actor('organisation')::uuid)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("receipt")
