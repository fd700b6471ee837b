"""Opportunities and their answers, and the sight of those who opted in, for units with an open one alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# What closes a row, once; nothing else of it ever changes.
CLOSED_BY = {
    "opportunity": "closed_at",
    "opportunity_version": "superseded_at",
    "matching_consent": "withdrawn_at",
    "opportunity_answer": "withdrawn_at",
}
FUNCTIONS = (
    "may_match()",
    "opens_to_matching(uuid, text[])",
    "is_own_opportunity(uuid)",
    "answer_is_its_persons_own()",
)
_SEES = "FOR SELECT TO talent_registry_app USING"
_ADDS = "FOR INSERT TO talent_registry_app WITH CHECK"
_CLOSES = "FOR UPDATE TO talent_registry_app USING"
_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"
_HOST = "actor('kind') = 'HR' AND host_unit_id = actor('organisation')::uuid"
_OWN = "is_own_opportunity(opportunity_id)"
# Asked once a statement, not once a row.
_MATCHES = "(SELECT may_match())"
_HOLDS = "withdrawn_at IS NULL AND legal_today() BETWEEN valid_from AND valid_until"
POLICIES = {
    # A need is an advertisement.
    ("opportunity", "seen"): f"{_SEES} (true)",
    ("opportunity", "added"): f"{_ADDS} ({_HOST})",
    ("opportunity", "closed"): f"{_CLOSES} ({_HOST})",
    ("opportunity_version", "seen"): f"{_SEES} (true)",
    ("opportunity_version", "added"): f"{_ADDS} ({_OWN})",
    ("opportunity_version", "closed"): f"{_CLOSES} ({_OWN})",
    ("matching_consent", "seen"): f"{_SEES} (({_SELF}) OR ({_MATCHES} AND {_HOLDS}))",
    ("matching_consent", "added"): f"{_ADDS} ({_SELF})",
    ("matching_consent", "closed"): f"{_CLOSES} ({_SELF})",
    ("opportunity_answer", "seen"): f"{_SEES} (({_SELF}) OR {_OWN})",
    ("opportunity_answer", "added"): f"{_ADDS} ({_SELF})",
    ("opportunity_answer", "closed"): f"{_CLOSES} ({_SELF})",
    # Under the duty "matching": of those who opted in, and of each only what is shown or reckoned with.
    ("credential", "matched"): f"{_SEES} ({_MATCHES} AND opens_to_matching(researcher_id, 'CREDENTIALS'))",
    ("proceeding", "matched"): f"{_SEES} ({_MATCHES} AND opens_to_matching(researcher_id, 'CREDENTIALS'))",
    ("placement", "matched"): f"{_SEES} ({_MATCHES} AND opens_to_matching(researcher_id, 'CREDENTIALS'))",
    ("personnel_relation", "matched"): f"{_SEES} ({_MATCHES} AND opens_to_matching(researcher_id, 'CREDENTIALS'))",
    ("researcher_name", "matched"): f"{_SEES} ({_MATCHES} AND opens_to_matching(researcher_id, 'NAME'))",
    ("profile_item", "matched"): f"{_SEES} ({_MATCHES} AND opens_to_matching(researcher_id, item))",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_opportunity()
    _create_version()
    _create_consent()
    _create_answer()
    _create_functions()
    for table, column in CLOSED_BY.items():
        op.create_index(f"ix_{table}_command_id", table, ["command_id"])
        op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
        op.execute(f"GRANT UPDATE ({column}) ON {table} TO talent_registry_app")
        op.execute(
            f"CREATE TRIGGER only_superseded BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION fact_is_only_superseded('{column}')"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE TRIGGER sound BEFORE INSERT ON opportunity_answer "
        "FOR EACH ROW EXECUTE FUNCTION answer_is_its_persons_own()"
    )
    for (table, name), rule in POLICIES.items():
        op.execute(f"CREATE POLICY {name} ON {table} {rule}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, name in POLICIES:
        op.execute(f"DROP POLICY {name} ON {table}")
    for table in reversed(CLOSED_BY):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")


def _create_opportunity() -> None:
    op.create_table(
        "opportunity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host_unit_id", sa.Uuid(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opportunity"),
        sa.ForeignKeyConstraint(["host_unit_id"], ["organisation.id"], name="fk_opportunity_host_unit_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_opportunity_command_id"),
    )
    op.create_index("ix_opportunity_host_unit_id", "opportunity", ["host_unit_id", "id"])
    op.create_index("ix_opportunity_open", "opportunity", ["id"], postgresql_where=sa.text("closed_at IS NULL"))


def _create_version() -> None:
    op.create_table(
        "opportunity_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("post_series", sa.Text()),
        sa.Column("series", sa.Text()),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_until", sa.Date(), nullable=False),
        sa.Column("workload_percent", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("open_until", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opportunity_version"),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunity.id"], name="fk_opportunity_version_opportunity_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_opportunity_version_command_id"),
        sa.CheckConstraint(
            "superseded_at >= recorded_at", name=op.f("ck_opportunity_version_recorded_time_runs_forward")
        ),
        sa.CheckConstraint("term_until >= term_from", name=op.f("ck_opportunity_version_term_runs_forward")),
        sa.CheckConstraint(
            "workload_percent BETWEEN 1 AND 100", name=op.f("ck_opportunity_version_workload_is_a_share")
        ),
        sa.CheckConstraint("open_until <= term_until", name=op.f("ck_opportunity_version_open_within_the_term")),
    )
    op.create_index(
        "uq_opportunity_version_current",
        "opportunity_version",
        ["opportunity_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index("ix_opportunity_version_opportunity_id", "opportunity_version", ["opportunity_id", "id"])


def _create_consent() -> None:
    op.create_table(
        "matching_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("researcher_id", sa.Uuid(), nullable=False),
        sa.Column("fields", ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_matching_consent"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_matching_consent_researcher_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_matching_consent_command_id"),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_matching_consent_valid_time_runs_forward")),
        sa.CheckConstraint("fields @> ARRAY['CREDENTIALS']", name=op.f("ck_matching_consent_shows_credentials")),
    )
    open_ones = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_matching_consent_current", "matching_consent", ["researcher_id"], unique=True, postgresql_where=open_ones
    )
    op.create_index("ix_matching_consent_open", "matching_consent", ["id"], postgresql_where=open_ones)
    op.create_index("ix_matching_consent_researcher_id", "matching_consent", ["researcher_id", "id"])


def _create_answer() -> None:
    links = {
        "opportunity_id": "opportunity",
        "version_id": "opportunity_version",
        "researcher_id": "researcher",
        "credential_id": "credential",
        "consent_id": "consent",
        "command_id": "command",
    }
    op.create_table(
        "opportunity_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in links),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_opportunity_answer"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_opportunity_answer_{column}")
            for column, table in links.items()
        ),
    )
    op.create_index(
        "uq_opportunity_answer_current",
        "opportunity_answer",
        ["opportunity_id", "researcher_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("ix_opportunity_answer_opportunity_id", "opportunity_answer", ["opportunity_id", "id"])
    op.create_index("ix_opportunity_answer_researcher_id", "opportunity_answer", ["researcher_id", "id"])


def _create_functions() -> None:
    op.execute("""
        CREATE FUNCTION may_match() RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- An HR office, under that duty, whose unit has an open opportunity.
        BEGIN
            RETURN has_duty('matching') AND actor('kind') = 'HR' AND EXISTS (
                SELECT FROM opportunity JOIN opportunity_version version ON version.opportunity_id = opportunity.id
                WHERE host_unit_id = actor('organisation')::uuid AND closed_at IS NULL
                  AND superseded_at IS NULL AND legal_today() <= open_until);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION opens_to_matching(person uuid, VARIADIC opened text[]) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- Whether the person opted in for today and shows all of these fields.
        BEGIN
            RETURN EXISTS (SELECT FROM matching_consent WHERE researcher_id = person AND withdrawn_at IS NULL
                AND fields @> opened AND legal_today() BETWEEN valid_from AND valid_until);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION is_own_opportunity(asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            RETURN actor('kind') = 'HR' AND EXISTS (
                SELECT FROM opportunity WHERE id = asked AND host_unit_id = actor('organisation')::uuid);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION answer_is_its_persons_own() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The credential is the person's, the version the opportunity's, the consent the person's to the host unit.
        BEGIN
            IF NOT EXISTS (
                SELECT FROM opportunity JOIN opportunity_version version ON version.opportunity_id = opportunity.id
                JOIN consent ON consent.recipient_id = opportunity.host_unit_id
                JOIN credential ON credential.researcher_id = consent.researcher_id
                WHERE opportunity.id = NEW.opportunity_id AND version.id = NEW.version_id
                  AND consent.id = NEW.consent_id AND credential.id = NEW.credential_id
                  AND consent.researcher_id = NEW.researcher_id
                  AND consent.fields @> ARRAY['CREDENTIALS', 'PERSONNEL_RELATION']
            ) THEN
                RAISE EXCEPTION 'an answer names the own credential and the own consent to the host unit'
                    USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")
