"""What an answered check of an entitlement relied on, so that it is recalled when that turns out wrong."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_TOLD_BEFORE = "ELSE 'VERIFICATION' END"
_TOLD_NOW = "WHEN recall.verification_id IS NOT NULL THEN 'VERIFICATION' ELSE 'ENTITLEMENT' END"
_ONE_RECORD = "num_nonnulls(decision_id, placement_id, verification_id{more}) = 1"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "entitlement_reliance",
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("researcher_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("status_only", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("command_id", "credential_id", name="pk_entitlement_reliance"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_entitlement_reliance_command_id"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_entitlement_reliance_credential_id"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_entitlement_reliance_researcher_id"),
    )
    for column in ("credential_id", "researcher_id"):
        op.create_index(f"ix_entitlement_reliance_{column}", "entitlement_reliance", [column])
    op.add_column("recall", sa.Column("entitlement_id", sa.Uuid()))
    op.create_foreign_key("fk_recall_entitlement_id", "recall", "command", ["entitlement_id"], ["id"])
    op.create_index(
        "uq_recall_entitlement_id",
        "recall",
        ["entitlement_id", "command_id"],
        unique=True,
        postgresql_where=sa.text("entitlement_id IS NOT NULL"),
    )
    op.drop_constraint("ck_recall_one_record", "recall", type_="check")
    op.create_check_constraint("ck_recall_one_record", "recall", _ONE_RECORD.format(more=", entitlement_id"))
    _guard()
    _tell(_TOLD_BEFORE, _TOLD_NOW)


def _guard() -> None:
    table = "entitlement_reliance"
    op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
    op.execute(f"CREATE TRIGGER final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION row_is_final()")
    op.execute(
        f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    # Of what opened an entitlement nobody is told, not even whoever asked.
    op.execute(f"CREATE POLICY seen ON {table} FOR SELECT TO talent_registry_app USING (has_duty('consequences'))")
    op.execute(f"""
        CREATE POLICY added ON {table} FOR INSERT TO talent_registry_app
        WITH CHECK (has_duty('recognise') AND current_setting('registry.command', true) = 'checkEntitlement'
            AND EXISTS (SELECT FROM credential WHERE credential.id = credential_id
                AND credential.researcher_id = {table}.researcher_id))
    """)


def _tell(before: str, now: str) -> None:
    """Let the event of a notice name what relied on the fact."""
    op.execute(f"""
        DO $outer$ BEGIN
            EXECUTE replace(pg_get_functiondef('changes_of(uuid)'::regprocedure), $one${before}$one$, $one${now}$one$);
        END $outer$
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _tell(_TOLD_NOW, _TOLD_BEFORE)
    op.drop_constraint("ck_recall_one_record", "recall", type_="check")
    op.drop_index("uq_recall_entitlement_id", "recall")
    op.drop_column("recall", "entitlement_id")
    op.create_check_constraint("ck_recall_one_record", "recall", _ONE_RECORD.format(more=""))
    op.drop_table("entitlement_reliance")
