# Long because a placement's life is one step: its tables, guards and sight change together.
"""Drafts, counter-proposals and ends of which notice was given; a placement keeps to its states."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"
_AUTHOR = (
    f"CASE party WHEN 'RESEARCHER' THEN {_SELF} ELSE actor('kind') = 'HR' AND unit_id = actor('organisation')::uuid END"
)
_DECLARES = (
    "EXISTS (SELECT FROM placement WHERE id = placement_id AND CASE reason "
    f"WHEN 'EARLY_RETURN' THEN {_SELF} "
    "WHEN 'HOME_RECALL' THEN actor('kind') = 'HR' AND home_unit_id = actor('organisation')::uuid "
    "WHEN 'HOST_RELEASE' THEN actor('kind') = 'HR' AND host_unit_id = actor('organisation')::uuid "
    "ELSE false END)"
)
_POLICIES = {
    ("placement_end", "seen"): "FOR SELECT {app} USING (EXISTS (SELECT FROM placement WHERE id = placement_id))",
    ("placement_end", "added"): f"FOR INSERT {{app}} WITH CHECK ({_DECLARES})",
    ("placement_end", "closed"): f"FOR UPDATE {{app}} USING ({_DECLARES})",
    ("placement_draft", "seen"): f"FOR SELECT {{app}} USING ({_AUTHOR})",
    ("placement_draft", "added"): f"FOR INSERT {{app}} WITH CHECK ({_AUTHOR})",
    ("placement_draft", "changed"): f"FOR UPDATE {{app}} USING ({_AUTHOR})",
}
_FUNCTIONS = (
    "placement_keeps_to_its_states()",
    "round_follows_round()",
    "signature_is_under_what_waits()",
    "draft_is_changed_until_proposed()",
    "placements_due(date, uuid, integer)",
)
_CLOCK = "(has_duty('clock') AND actor('kind') IN ('OPERATOR', 'CLOCK')) OR "
# Function, what stands in it, what stands in its place.
_CHANGES = (
    (
        "active_placement_is_sound()",
        "least(counted.term_until, coalesce(counted.ended_on, counted.term_until))",
        "least(counted.term_until, counted.ended_on, counted.ends_on)",
    ),
    (
        "active_placement_is_sound()",
        "BETWEEN greatest(NEW.term_from, legal_today()) AND NEW.term_until",
        "BETWEEN greatest(NEW.term_from, legal_today()) AND least(NEW.term_until, NEW.ends_on)",
    ),
    (
        "may_see_placement(uuid, uuid, uuid)",
        "RETURN has_duty('consequences'",
        f"RETURN {_CLOCK}has_duty('consequences'",
    ),
    (
        "may_move_placement(uuid, uuid, uuid)",
        "RETURN has_duty('consequences'",
        f"RETURN {_CLOCK}has_duty('consequences'",
    ),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _add_columns()
    _create_tables()
    for function, old, new in _CHANGES:
        _change(function, old, new)
    _create_guards()
    for table in ("placement_end", "placement_draft"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("GRANT UPDATE (withdrawn_at) ON placement_end TO talent_registry_app")
    op.execute("GRANT UPDATE (content, state, placement_id, changed_at) ON placement_draft TO talent_registry_app")
    op.execute("GRANT UPDATE (ends_on, ends_reason) ON placement TO talent_registry_app")
    for (table, name), rule in _POLICIES.items():
        op.execute(f"CREATE POLICY {name} ON {table} {rule.format(app='TO talent_registry_app')}")
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, trigger in (
        ("placement", "keeps_to_its_states"),
        ("placement_round", "follows_round"),
        ("placement_signature", "under_what_waits"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.drop_table("placement_draft")
    op.drop_table("placement_end")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for function, old, new in reversed(_CHANGES):
        _change(function, new, old)
    op.drop_index("ix_placement_begun", table_name="placement")
    op.drop_column("placement_round", "answers")
    for constraint in ("declared_end_within_term", "declared_end_has_a_reason"):
        op.execute(f"ALTER TABLE placement DROP CONSTRAINT ck_placement_{constraint}")
    op.drop_column("placement", "ends_reason")
    op.drop_column("placement", "ends_on")


def _change(function: str, old: str, new: str) -> None:
    """The rest of the function stays as it is, whatever it has become since."""
    old, new = (text.replace("'", "''") for text in (old, new))
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('{function}'::regprocedure);
            after text := replace(before, '{old}', '{new}');
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION '{function} does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)


def _add_columns() -> None:
    op.add_column("placement", sa.Column("ends_on", sa.Date()))
    op.add_column("placement", sa.Column("ends_reason", sa.Text()))
    op.add_column("placement_round", sa.Column("answers", sa.Integer()))
    op.execute("""
        ALTER TABLE placement
            ADD CONSTRAINT ck_placement_declared_end_has_a_reason CHECK ((ends_on IS NULL) = (ends_reason IS NULL)),
            ADD CONSTRAINT ck_placement_declared_end_within_term CHECK (ends_on BETWEEN term_from AND term_until)
    """)
    op.execute("""
        CREATE INDEX ix_placement_begun ON placement (id) WHERE state IN ('ACTIVE', 'SUSPENDED')
    """)


def _create_tables() -> None:
    op.create_table(
        "placement_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name="fk_placement_end_placement_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_placement_end_command_id"),
        sa.PrimaryKeyConstraint("id", name="pk_placement_end"),
    )
    op.create_index("ix_placement_end_command_id", "placement_end", ["command_id"])
    op.execute("""
        CREATE UNIQUE INDEX uq_placement_end_standing ON placement_end (placement_id, reason)
        WHERE withdrawn_at IS NULL
    """)
    op.create_table(
        "placement_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("researcher_id", sa.Uuid(), nullable=False),
        sa.Column("host_unit_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Uuid()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(party = 'RESEARCHER') = (unit_id IS NULL)", name=op.f("ck_placement_draft_made_by_one_party")
        ),
        sa.CheckConstraint(
            "(state = 'PROPOSED') = (placement_id IS NOT NULL)", name=op.f("ck_placement_draft_proposed_is_a_placement")
        ),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'PROPOSED', 'DISCARDED')", name=op.f("ck_placement_draft_state_is_known")
        ),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_placement_draft_researcher_id"),
        sa.ForeignKeyConstraint(["host_unit_id"], ["organisation.id"], name="fk_placement_draft_host_unit_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["organisation.id"], name="fk_placement_draft_unit_id"),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name="fk_placement_draft_placement_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_placement_draft_command_id"),
        sa.PrimaryKeyConstraint("id", name="pk_placement_draft"),
    )
    for column in ("researcher_id", "unit_id", "command_id"):
        op.create_index(f"ix_placement_draft_{column}", "placement_draft", [column])


def _create_guards() -> None:
    op.execute("""
        CREATE FUNCTION placement_keeps_to_its_states() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        -- What a placement may become, and that an end with notice is the one of which notice was given.
        DECLARE
            standing placement_end;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                -- A sample is made by whoever has a share in the owner's rights.
                IF (NEW.state <> 'PROPOSED' OR NEW.ends_on IS NOT NULL)
                    AND NOT pg_has_role(session_user, current_user, 'MEMBER')
                THEN
                    RAISE EXCEPTION 'a placement begins as a proposal' USING ERRCODE = 'TR005';
                END IF;
                RETURN NEW;
            END IF;
            IF OLD.state IN ('ENDED', 'DECLINED', 'WITHDRAWN') THEN
                RAISE EXCEPTION 'a placement that is over is never changed' USING ERRCODE = 'TR005';
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                ('PROPOSED', 'AGREED'), ('PROPOSED', 'DECLINED'), ('PROPOSED', 'WITHDRAWN'),
                ('AGREED', 'ACTIVE'), ('AGREED', 'WITHDRAWN'),
                ('ACTIVE', 'SUSPENDED'), ('ACTIVE', 'ENDED'), ('SUSPENDED', 'ACTIVE'), ('SUSPENDED', 'ENDED'))
            THEN
                RAISE EXCEPTION 'no placement goes from % to %', OLD.state, NEW.state USING ERRCODE = 'TR005';
            END IF;
            IF NEW.state = 'AGREED' AND OLD.state = 'PROPOSED' AND (
                SELECT count(DISTINCT signature.party) FROM placement_signature signature
                JOIN placement_round USING (placement_id, round)
                WHERE placement_id = NEW.id AND round = NEW.round
                  AND signature.terms_digest = placement_round.terms_digest
            ) <> 3 THEN
                RAISE EXCEPTION 'an agreed placement carries three signatures under its terms'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'three_signatures';
            END IF;
            IF (NEW.ends_on, NEW.ends_reason) IS DISTINCT FROM (OLD.ends_on, OLD.ends_reason) THEN
                SELECT * INTO standing FROM placement_end WHERE placement_id = NEW.id AND withdrawn_at IS NULL
                ORDER BY on_day, declared_at, id LIMIT 1;
                IF (NEW.ends_on, NEW.ends_reason) IS DISTINCT FROM (standing.on_day, standing.reason) THEN
                    RAISE EXCEPTION 'a placement ends on the first day of which notice stands' USING ERRCODE = 'TR005';
                END IF;
            END IF;
            IF NEW.state = 'ENDED' AND NEW.end_reason IN ('EARLY_RETURN', 'HOME_RECALL', 'HOST_RELEASE') AND (
                NEW.ended_on > legal_today()
                OR (NEW.ended_on, NEW.end_reason) IS DISTINCT FROM (NEW.ends_on, NEW.ends_reason))
            THEN
                RAISE EXCEPTION 'the end of which notice was given has not come' USING ERRCODE = 'TR005';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER keeps_to_its_states BEFORE INSERT OR UPDATE ON placement
        FOR EACH ROW EXECUTE FUNCTION placement_keeps_to_its_states()
    """)
    op.execute("""
        CREATE FUNCTION round_follows_round() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF NOT pg_has_role(session_user, current_user, 'MEMBER') AND (
                NEW.answers >= NEW.round
                OR NEW.round <> 1 + (SELECT count(*) FROM placement_round WHERE placement_id = NEW.placement_id))
            THEN
                RAISE EXCEPTION 'a version of the terms follows the one before it' USING ERRCODE = 'TR005';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER follows_round BEFORE INSERT ON placement_round
        FOR EACH ROW EXECUTE FUNCTION round_follows_round()
    """)
    op.execute("""
        CREATE FUNCTION signature_is_under_what_waits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        -- Once another version of the terms waits, nobody signs the one before it.
        BEGIN
            IF NOT pg_has_role(session_user, current_user, 'MEMBER')
                AND NOT EXISTS (SELECT FROM placement WHERE id = NEW.placement_id AND open_round = NEW.round)
            THEN
                RAISE EXCEPTION 'these terms wait for no signature' USING ERRCODE = 'TR005';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER under_what_waits BEFORE INSERT ON placement_signature
        FOR EACH ROW EXECUTE FUNCTION signature_is_under_what_waits()
    """)
    op.execute("""
        CREATE FUNCTION draft_is_changed_until_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'rows of % are never erased', TG_TABLE_NAME USING ERRCODE = 'TR001';
            END IF;
            IF OLD.state <> 'DRAFT' THEN
                RAISE EXCEPTION 'a draft that was proposed or discarded is never changed' USING ERRCODE = 'TR005';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER changed_until_proposed BEFORE UPDATE OR DELETE ON placement_draft
        FOR EACH ROW EXECUTE FUNCTION draft_is_changed_until_proposed()
    """)
    op.execute("""
        CREATE TRIGGER only_superseded BEFORE UPDATE OR DELETE ON placement_end
        FOR EACH ROW EXECUTE FUNCTION fact_is_only_superseded('withdrawn_at')
    """)
    op.execute("""
        CREATE FUNCTION placements_due(today date, after uuid, number integer) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Whose last day is over, or whose credential was valid until a day before; for whoever keeps the time.
            SELECT id FROM placement
            WHERE has_duty('clock') AND actor('kind') IN ('OPERATOR', 'CLOCK')
              AND state IN ('ACTIVE', 'SUSPENDED') AND (after IS NULL OR id > after)
              AND (least(term_until, ends_on) < today OR (state = 'ACTIVE' AND EXISTS (
                SELECT FROM credential_version version
                WHERE version.credential_id = placement.credential_id AND version.superseded_at IS NULL
                  AND version.valid_until < today)))
            ORDER BY id LIMIT number
        $$
    """)
    for table in ("placement_end", "placement_draft"):
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
        )
