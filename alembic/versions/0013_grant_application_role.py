"""The application may read and add, close what the guards let it close, and alter nothing."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

READ_AND_ADD = (
    "command",
    "ledger_entry",
    "organisation",
    "committee_filing",
    "researcher",
    "researcher_name",
    "identity_document",
    "household_registration",
    "personnel_relation",
    "profile_item",
    "account",
    "attempt",
    "credential",
    "credential_version",
    "credential_status",
    "recognition_decision",
    "placement",
    "placement_round",
    "placement_signature",
    "placement_event",
    "consent",
    "access",
)
CHANGED_COLUMNS = {
    "command": "result",
    "organisation": "social_credit_code, name_en, ror_id",
    "committee_filing": "superseded_at",
    # Without a column to update, a person's row could not be locked.
    "researcher": "workload_version",
    "researcher_name": "superseded_at",
    "identity_document": "superseded_at",
    "household_registration": "superseded_at",
    "personnel_relation": "superseded_at",
    "profile_item": "superseded_at",
    "account": "password_hash, closed_at, purposes",
    "attempt": "count",
    "credential_version": "superseded_at",
    "credential_status": "superseded_at",
    "placement": (
        "term_from, term_until, workload_percent, state, round, open_round, decision_id, credential_id, "
        "activated_on, ended_on, end_reason"
    ),
    "placement_round": "agreed_at",
    "consent": "withdrawn_at",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        REVOKE ALL ON SCHEMA public FROM PUBLIC
    """)
    op.execute("""
        GRANT USAGE ON SCHEMA public TO talent_registry_app
    """)
    for table in READ_AND_ADD:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
    for table, columns in CHANGED_COLUMNS.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO talent_registry_app")
    op.execute("""
        GRANT DELETE ON attempt TO talent_registry_app
    """)
    op.execute("""
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO talent_registry_app
    """)
    op.execute("""
        GRANT SELECT ON alembic_version TO talent_registry_app
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM talent_registry_app
    """)
    op.execute("""
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM talent_registry_app
    """)
    op.execute("""
        REVOKE USAGE ON SCHEMA public FROM talent_registry_app
    """)
    op.execute("""
        GRANT USAGE ON SCHEMA public TO PUBLIC
    """)
