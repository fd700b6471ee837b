"""Alerts acknowledged by an authority's officer with a note: final, and its own province's to see."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_OWN = "actor('kind') = 'AUTHORITY' AND province = actor('province')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "alert_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('INCONSISTENCY')", name=op.f("ck_alert_note_kind_is_known")),
        sa.PrimaryKeyConstraint("id", name="pk_alert_note"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_alert_note_account_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_alert_note_organisation_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_alert_note_command_id"),
    )
    op.create_index("ix_alert_note_command_id", "alert_note", ["command_id"])
    op.create_index("ix_alert_note_province_subject", "alert_note", ["province", "subject"])
    op.execute("GRANT SELECT, INSERT ON alert_note TO talent_registry_app")
    op.execute(
        "CREATE TRIGGER final BEFORE UPDATE OR DELETE ON alert_note FOR EACH ROW EXECUTE FUNCTION row_is_final()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON alert_note FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
    )
    op.execute("ALTER TABLE alert_note ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE alert_note FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON alert_note TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY seen ON alert_note FOR SELECT TO talent_registry_app USING ({_OWN})")
    op.execute(
        "CREATE POLICY added ON alert_note FOR INSERT TO talent_registry_app "
        f"WITH CHECK ({_OWN} AND account_id = actor('account')::uuid)"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("alert_note")
