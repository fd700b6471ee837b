"""Rosters that offices have verified: their rows sealed, answered once, seen by the office and by the worker alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

OWN = (
    "((actor('kind') IN ('HR', 'ISSUER', 'AGENCY') AND organisation_id = actor('organisation')::uuid) "
    "OR (actor('kind') = 'AUTHORITY' AND province = actor('province')))"
)
WORKS = "(actor('kind') = 'CLOCK' AND has_duty('verify'))"
SEEN_ROSTER = "EXISTS (SELECT FROM roster WHERE id = roster_id)"
OWN_ROSTER = f"EXISTS (SELECT FROM roster WHERE id = roster_id AND {OWN})"
TABLES = ("roster", "roster_part", "roster_answer")
# What a verification reads. Its duty opens these rows already, asked row by row; policies are asked from the last name
# to the first, so that this one is asked once a statement, before `seen`.
READ = ("credential", "credential_version", "credential_status", "researcher_name", "identity_document")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "roster",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("province", sa.Text()),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("failure", postgresql.JSONB()),
        sa.Column("head_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')", name="ck_roster_state_is_known"),
        sa.CheckConstraint("done BETWEEN 0 AND rows", name="ck_roster_done_is_a_part"),
        sa.CheckConstraint("num_nonnulls(organisation_id, province) > 0", name="ck_roster_has_an_office"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_roster_account_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_roster_organisation_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_roster_command_id"),
        sa.PrimaryKeyConstraint("id", name="pk_roster"),
    )
    op.create_index("ix_roster_command_id", "roster", ["command_id"])
    op.create_index("ix_roster_organisation_id", "roster", ["organisation_id", "id"])
    op.create_index("ix_roster_province", "roster", ["province", "id"])
    op.create_index("ix_roster_waiting", "roster", ["id"], postgresql_where=sa.text("state IN ('QUEUED', 'RUNNING')"))
    op.create_table(
        "roster_part",
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name="fk_roster_part_roster_id"),
        sa.PrimaryKeyConstraint("roster_id", "number", name="pk_roster_part"),
    )
    op.create_table(
        "roster_answer",
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Uuid()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name="fk_roster_answer_roster_id"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_roster_answer_credential_id"),
        sa.PrimaryKeyConstraint("roster_id", "line", name="pk_roster_answer"),
    )
    op.create_index(
        "ix_roster_answer_credential_id",
        "roster_answer",
        ["credential_id"],
        postgresql_where=sa.text("credential_id IS NOT NULL"),
    )
    _guard()


def _guard() -> None:
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("""
        GRANT UPDATE (state, done, counts, attempts, claimed_until, finished_at, failure) ON roster
        TO talent_registry_app
    """)
    op.execute("GRANT UPDATE (answered_at) ON roster_part TO talent_registry_app")
    app = "TO talent_registry_app"
    op.execute(f"CREATE POLICY seen ON roster FOR SELECT {app} USING ({OWN} OR {WORKS})")
    op.execute(f"CREATE POLICY added ON roster FOR INSERT {app} WITH CHECK ({OWN} AND actor_kind = actor('kind'))")
    op.execute(f"CREATE POLICY moved_on ON roster FOR UPDATE {app} USING ({WORKS})")
    op.execute(f"CREATE POLICY seen ON roster_part FOR SELECT {app} USING ({SEEN_ROSTER})")
    op.execute(f"CREATE POLICY added ON roster_part FOR INSERT {app} WITH CHECK ({OWN_ROSTER})")
    op.execute(f"CREATE POLICY moved_on ON roster_part FOR UPDATE {app} USING ({WORKS})")
    op.execute(f"CREATE POLICY seen ON roster_answer FOR SELECT {app} USING ({SEEN_ROSTER})")
    op.execute(f"CREATE POLICY added ON roster_answer FOR INSERT {app} WITH CHECK ({WORKS})")
    for table in READ:
        op.execute(f"CREATE POLICY verified ON {table} FOR SELECT {app} USING ((SELECT has_duty('verify')))")
    op.execute("""
        CREATE FUNCTION roster_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state IN ('DONE', 'FAILED') OR NEW.done < OLD.done THEN
                RAISE EXCEPTION 'a roster goes forward and ends once' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("REVOKE EXECUTE ON FUNCTION roster_ends_once() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION roster_ends_once() TO talent_registry_app")
    op.execute("""
        CREATE TRIGGER ends_once BEFORE UPDATE ON roster FOR EACH ROW EXECUTE FUNCTION roster_ends_once()
    """)
    op.execute("""
        CREATE TRIGGER answered_once BEFORE UPDATE ON roster_part
        FOR EACH ROW EXECUTE FUNCTION fact_is_only_superseded('answered_at')
    """)
    op.execute("""
        CREATE TRIGGER final BEFORE UPDATE ON roster_answer FOR EACH ROW EXECUTE FUNCTION row_is_final()
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in READ:
        op.execute(f"DROP POLICY verified ON {table}")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("""
        DROP FUNCTION roster_ends_once()
    """)
