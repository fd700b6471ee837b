"""What turned out to rest on a wrong fact, who is told of it, and who acknowledged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = ("recall", "notice", "notice_receipt")
_APP_SEES = "FOR SELECT TO talent_registry_app USING"
_APP_ADDS = "FOR INSERT TO talent_registry_app WITH CHECK"
_RECORDS = "has_duty('consequences') AND actor('kind') IN ('AUTHORITY', 'ISSUER')"
_OWN_CREDENTIAL = "EXISTS (SELECT FROM credential WHERE credential.id = credential_id AND is_own_issuer(issuer_id))"
_RECEIVES = "is_receiver(organisation_id, researcher_id, province)"
POLICIES = {
    ("recall", "seen"): f"{_APP_SEES} (has_duty('consequences') OR {_OWN_CREDENTIAL} OR is_notified(id))",
    ("recall", "added"): f"{_APP_ADDS} ({_RECORDS})",
    # Whom an issuer's certificate was shown to is not the issuer's to know; its province's authority sees to it.
    ("notice", "seen"): (
        f"{_APP_SEES} ({_RECEIVES} OR (actor('kind') = 'AUTHORITY' AND EXISTS (SELECT FROM recall "
        f"WHERE recall.id = recall_id AND {_OWN_CREDENTIAL})))"
    ),
    ("notice", "added"): f"{_APP_ADDS} ({_RECORDS})",
    ("notice_receipt", "seen"): f"{_APP_SEES} (EXISTS (SELECT FROM notice WHERE notice.id = notice_id))",
    ("notice_receipt", "added"): (
        f"{_APP_ADDS} (EXISTS (SELECT FROM notice WHERE notice.id = notice_id AND {_RECEIVES}))"
    ),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "recall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid()),
        sa.Column("placement_id", sa.Uuid()),
        sa.Column("verification_id", sa.Uuid()),
        sa.Column("facts", ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.Text()),
        sa.Column("from_day", sa.Date()),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recall"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_recall_credential_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["recognition_decision.id"], name="fk_recall_decision_id"),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name="fk_recall_placement_id"),
        sa.ForeignKeyConstraint(["verification_id"], ["command.id"], name="fk_recall_verification_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_recall_command_id"),
        sa.CheckConstraint("num_nonnulls(decision_id, placement_id, verification_id) = 1", name="ck_recall_one_record"),
        sa.CheckConstraint("cardinality(facts) > 0", name="ck_recall_names_a_fact"),
    )
    for column in ("decision_id", "placement_id", "verification_id"):
        op.create_index(
            f"uq_recall_{column}",
            "recall",
            [column, "command_id"],
            unique=True,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index("ix_recall_command_id", "recall", ["command_id"])
    op.create_index("ix_recall_credential_id", "recall", ["credential_id", "id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("researcher_id", sa.Uuid()),
        sa.Column("province", sa.Text()),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name="fk_notice_recall_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_notice_organisation_id"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_notice_researcher_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_notice_command_id"),
        sa.CheckConstraint("num_nonnulls(organisation_id, researcher_id, province) = 1", name="ck_notice_one_receiver"),
    )
    op.create_index("ix_notice_command_id", "notice", ["command_id"])
    for column in ("organisation_id", "researcher_id", "province"):
        op.create_index(
            f"ix_notice_{column}", "notice", [column, "id"], postgresql_where=sa.text(f"{column} IS NOT NULL")
        )
        op.create_index(
            f"uq_notice_{column}",
            "notice",
            ["recall_id", column],
            unique=True,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "notice_receipt",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name="pk_notice_receipt"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_receipt_notice_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_notice_receipt_command_id"),
    )
    op.create_index("ix_notice_receipt_command_id", "notice_receipt", ["command_id"])
    # A corrected filing asks which credentials cite it.
    op.create_index(
        "ix_credential_version_filing_number",
        "credential_version",
        ["filing_number"],
        postgresql_where=sa.text("superseded_at IS NULL AND filing_number IS NOT NULL"),
    )
    _guard()


def _guard() -> None:
    op.execute("""
        CREATE FUNCTION is_receiver(organisation uuid, person uuid, here text) RETURNS boolean LANGUAGE sql STABLE AS $$
            -- An office receives what is for its organisation, a person what is for the person, an authority what is
            -- for its province too.
            SELECT coalesce(CASE actor('kind')
                WHEN 'RESEARCHER' THEN person = actor('researcher')::uuid
                WHEN 'AUTHORITY' THEN here = actor('province') OR organisation = actor('organisation')::uuid
                WHEN 'HR' THEN organisation = actor('organisation')::uuid
                WHEN 'ISSUER' THEN organisation = actor('organisation')::uuid
                WHEN 'AGENCY' THEN organisation = actor('organisation')::uuid
            END, false)
        $$
    """)
    op.execute("""
        CREATE FUNCTION is_notified(recalled uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- Whether the one on whose behalf the transaction runs is a receiver of this recall.
        BEGIN
            RETURN EXISTS (SELECT FROM notice WHERE recall_id = recalled
                AND is_receiver(organisation_id, researcher_id, province));
        END $$
    """)
    for function in ("is_receiver(uuid, uuid, text)", "is_notified(uuid)"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
        op.execute(
            f"CREATE TRIGGER final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION row_is_final()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    for policy, rule in POLICIES.items():
        table, name = policy
        op.execute(f"CREATE POLICY {name} ON {table} {rule}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_credential_version_filing_number", "credential_version")
    for table, name in POLICIES:
        op.execute(f"DROP POLICY {name} ON {table}")
    op.execute("""
        DROP FUNCTION is_notified(uuid)
    """)
    op.execute("""
        DROP FUNCTION is_receiver(uuid, uuid, text)
    """)
    for table in reversed(TABLES):
        op.drop_table(table)
