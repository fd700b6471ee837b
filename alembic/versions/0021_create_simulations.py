"""Drafts tried on the whole registry: jobs with their results, and the sight of every credential for that duty alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

# What a simulation reads. Policies are asked from the last name to the first, so this cheap one comes before `seen`.
READ_WHOLE = ("credential", "credential_version", "credential_status", "placement")
# Asked by the policies of these tables: they read alone and may run in parallel.
ASKED = (
    "actor(text)",
    "has_duty(text[])",
    "province_of(text)",
    "may_see_credential(uuid, uuid)",
    "may_see_placement(uuid, uuid, uuid)",
)
CLAIMED = "actor('kind') = 'CLOCK' AND has_duty('simulate')"
OWN = "actor('kind') = 'AUTHORITY' AND province = actor('province')"

# Read as their owner, so that a scan of everything asks may_simulate() once (it names no column) and no policy row by
# row. Without a subquery around it workers may scan in parallel.
VIEWS = {
    "simulated_credential": """
        SELECT version.id AS version_id, credential.id, credential.researcher_id, credential.kind,
            version.title_code, version.level, version.issuer_kind, version.issuer_division, version.approval_date,
            version.route, version.delegated, version.found_in_lookup, version.valid_from, version.valid_until,
            version.delegation_level, version.targeted_area, version.filing_number, version.details
        FROM credential_version version JOIN credential ON credential.id = version.credential_id
        WHERE version.superseded_at IS NULL AND may_simulate()
    """,
    "simulated_status": """
        SELECT credential_id, status, valid_from, valid_until
        FROM credential_status WHERE superseded_at IS NULL AND may_simulate()
    """,
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "simulation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("progress_percent", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("failure", postgresql.JSONB(), nullable=True),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')", name=op.f("ck_simulation_state_is_known")
        ),
        sa.CheckConstraint("progress_percent BETWEEN 0 AND 100", name=op.f("ck_simulation_progress_is_a_share")),
        sa.CheckConstraint("(state = 'DONE') = (result IS NOT NULL)", name=op.f("ck_simulation_done_has_a_result")),
        sa.CheckConstraint(
            "(state = 'FAILED') = (failure IS NOT NULL)", name=op.f("ck_simulation_failed_has_a_reason")
        ),
        sa.CheckConstraint(
            "(state IN ('DONE', 'FAILED')) = (finished_at IS NOT NULL)", name=op.f("ck_simulation_finished_has_a_time")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_simulation_account_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_simulation_organisation_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_simulation_command_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation")),
    )
    op.create_index("ix_simulation_command_id", "simulation", ["command_id"])
    op.create_index(
        "ix_simulation_waiting", "simulation", ["id"], postgresql_where=sa.text("state IN ('QUEUED', 'RUNNING')")
    )
    op.execute("GRANT SELECT, INSERT ON simulation TO talent_registry_app")
    op.execute("""
        GRANT UPDATE (state, progress_percent, attempts, claimed_until, finished_at, result, failure)
        ON simulation TO talent_registry_app
    """)
    op.execute("""
        CREATE FUNCTION simulation_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'rows of % are never erased', TG_TABLE_NAME USING ERRCODE = 'TR001';
            END IF;
            IF OLD.state IN ('DONE', 'FAILED') THEN
                RAISE EXCEPTION 'a simulation that ended is never changed' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER ends_once BEFORE UPDATE OR DELETE ON simulation
        FOR EACH ROW EXECUTE FUNCTION simulation_ends_once()
    """)
    op.execute("""
        CREATE FUNCTION may_simulate() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
            SELECT has_duty('simulate') AND actor('kind') IN ('AUTHORITY', 'OPERATOR')
        $$
    """)
    for function in ("simulation_ends_once()", "may_simulate()"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")
    op.execute("ALTER TABLE simulation ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE simulation FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON simulation TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY seen ON simulation FOR SELECT TO talent_registry_app USING (({OWN}) OR ({CLAIMED}))")
    op.execute(f"CREATE POLICY added ON simulation FOR INSERT TO talent_registry_app WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY moved_on ON simulation FOR UPDATE TO talent_registry_app USING ({CLAIMED})")
    for function in ASKED:
        op.execute(f"ALTER FUNCTION {function} PARALLEL SAFE")
    for view, rows in VIEWS.items():
        op.execute(f"CREATE VIEW {view} AS {rows}")
        op.execute(f"GRANT SELECT ON {view} TO talent_registry_app")
    for table in READ_WHOLE:
        # Asked once a statement, not once a row.
        op.execute(
            f"CREATE POLICY simulated ON {table} FOR SELECT TO talent_registry_app USING ((SELECT may_simulate()))"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for view in VIEWS:
        op.execute(f"DROP VIEW {view}")
    for table in READ_WHOLE:
        op.execute(f"DROP POLICY simulated ON {table}")
    for function in ASKED:
        op.execute(f"ALTER FUNCTION {function} PARALLEL UNSAFE")
    op.drop_table("simulation")
    op.execute("""
        DROP FUNCTION may_simulate()
    """)
    op.execute("""
        DROP FUNCTION simulation_ends_once()
    """)
