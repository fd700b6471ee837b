"""Facts are added and superseded, never changed and never erased."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CLOSED_BY = {
    "command": "result",
    "committee_filing": "superseded_at",
    "researcher_name": "superseded_at",
    "identity_document": "superseded_at",
    "household_registration": "superseded_at",
    "personnel_relation": "superseded_at",
    "profile_item": "superseded_at",
    "credential_version": "superseded_at",
    "credential_status": "superseded_at",
    "placement_round": "agreed_at",
    "consent": "withdrawn_at",
}
FINAL = (
    "ledger_entry",
    "credential",
    "recognition_decision",
    "placement_signature",
    "placement_event",
    "access",
)
ONE_TRUTH_A_DAY = {
    "researcher_name": "researcher_id",
    "household_registration": "researcher_id",
    "personnel_relation": "researcher_id",
    "credential_status": "credential_id",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE EXTENSION IF NOT EXISTS btree_gist
    """)
    op.execute("""
        CREATE FUNCTION fact_is_only_superseded() RETURNS trigger LANGUAGE plpgsql AS $$
        -- The one change a recorded fact may see is the closing of one open column (named in the trigger), once.
        DECLARE
            closing text := TG_ARGV[0];
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'rows of % are never erased', TG_TABLE_NAME USING ERRCODE = 'TR001';
            END IF;
            IF to_jsonb(OLD) ->> closing IS NOT NULL
                OR to_jsonb(NEW) ->> closing IS NULL
                OR to_jsonb(NEW) - closing <> to_jsonb(OLD) - closing
            THEN
                RAISE EXCEPTION 'rows of % may only be closed, once', TG_TABLE_NAME USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION row_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are final', TG_TABLE_NAME USING ERRCODE = 'TR001';
        END $$
    """)
    for table, column in CLOSED_BY.items():
        op.execute(
            f"CREATE TRIGGER only_superseded BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION fact_is_only_superseded('{column}')"
        )
    for table in FINAL:
        op.execute(
            f"CREATE TRIGGER final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION row_is_final()"
        )
    for table in (*CLOSED_BY, *FINAL):
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
        )
    for table, key in ONE_TRUTH_A_DAY.items():
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ex_{table}_one_truth_a_day EXCLUDE USING gist "
            f"({key} WITH =, daterange(valid_from, valid_until, '[]') WITH &&) WHERE (superseded_at IS NULL)"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ONE_TRUTH_A_DAY:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ex_{table}_one_truth_a_day")
    for table in (*CLOSED_BY, *FINAL):
        op.execute(f"DROP TRIGGER never_emptied ON {table}")
    for table in FINAL:
        op.execute(f"DROP TRIGGER final ON {table}")
    for table in CLOSED_BY:
        op.execute(f"DROP TRIGGER only_superseded ON {table}")
    op.execute("""
        DROP FUNCTION row_is_final()
    """)
    op.execute("""
        DROP FUNCTION fact_is_only_superseded()
    """)
    op.execute("""
        DROP EXTENSION IF EXISTS btree_gist
    """)
