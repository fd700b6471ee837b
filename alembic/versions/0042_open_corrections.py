"""A person says that a recorded fact is wrong; its source corrects it in the same transaction or states its reasons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_TABLES = ("correction_case", "correction_event")
_FUNCTIONS = (
    "disputed_facts(uuid[])",
    "is_correction_pending(uuid)",
    "correction_case_has_its_source()",
    "correction_event_is_due()",
    "was_corrected_by(correction_case, uuid)",
)
_ADDS = "FOR INSERT TO talent_registry_app WITH CHECK"
_SEES = "FOR SELECT TO talent_registry_app USING"
_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"
_AUTHORITY = "actor('kind') = 'AUTHORITY' AND actor('province') = body_province"
_UNIT = (
    "actor('kind') = CASE fact WHEN 'PERSONNEL_RELATION' THEN 'HR' ELSE 'ISSUER' END "
    "AND source_id = actor('organisation')::uuid"
)
_BODY = f"({_AUTHORITY}) OR ({_UNIT})"
_POLICIES = {
    ("correction_case", "seen"): f"{_SEES} (({_SELF}) OR {_BODY})",
    ("correction_case", "added"): f"{_ADDS} ({_SELF})",
    ("correction_event", "seen"): f"{_SEES} (EXISTS (SELECT FROM correction_case WHERE id = case_id))",
    ("correction_event", "added"): (
        f"{_ADDS} (EXISTS (SELECT FROM correction_case WHERE id = case_id AND CASE event "
        f"WHEN 'OPENED' THEN ({_SELF}) AND correction_case.command_id = correction_event.command_id "
        f"WHEN 'EVIDENCE_GIVEN' THEN {_SELF} WHEN 'WITHDRAWN' THEN {_SELF} WHEN 'APPEALED' THEN {_SELF} "
        f"WHEN 'EVIDENCE_REQUESTED' THEN {_BODY} WHEN 'DECIDED' THEN {_BODY} "
        f"WHEN 'APPEAL_DECIDED' THEN {_AUTHORITY} ELSE false END))"
    ),
}
_CHANGES = "SELECT 'RecognitionCase', happened.proceeding_id,"
_CHANGES_TOO = (
    "SELECT 'CorrectionCase', happened.case_id, 'case.correction_' || lower(happened.event), "
    "jsonb_strip_nulls(jsonb_build_object('on', happened.on_day, 'outcome', happened.outcome)), happened.id "
    "FROM (SELECT * FROM correction_event WHERE command_id = changes_of.command) happened UNION ALL " + _CHANGES
)
_PARTS = "SELECT recipient_id, consent.researcher_id, NULL FROM consent"
_PARTS_TOO = (
    "SELECT source_id, opened.researcher_id, opened.body_province FROM correction_case opened "
    "WHERE subject_kind = 'CorrectionCase' AND opened.id = has_part.record UNION ALL " + _PARTS
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_tables()
    _create_functions()
    for table, trigger in (
        ("correction_case", "correction_case_has_its_source"),
        ("correction_event", "correction_event_is_due"),
    ):
        op.execute(f"CREATE TRIGGER sound BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()")
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION row_is_final()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
        )
        op.execute(f"GRANT SELECT, INSERT ON {table} TO talent_registry_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    for (table, name), rule in _POLICIES.items():
        op.execute(f"CREATE POLICY {name} ON {table} {rule}")
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")
    _change("changes_of", _CHANGES, _CHANGES_TOO)
    _change("has_part", _PARTS, _PARTS_TOO)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change("has_part", _PARTS_TOO, _PARTS)
    _change("changes_of", _CHANGES_TOO, _CHANGES)
    op.execute("DROP TABLE correction_event")
    op.execute("DROP FUNCTION was_corrected_by(correction_case, uuid)")
    op.execute("DROP TABLE correction_case")
    for function in _FUNCTIONS[:-1]:
        op.execute(f"DROP FUNCTION {function}")


def _change(function: str, old: str, new: str) -> None:
    """The rest of the function stays as it is, whatever it has become since."""
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('{function}'::regproc);
            after text := replace(before, $old${old}$old$, $new${new}$new$);
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION 'the function {function} does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)


def _create_tables() -> None:
    op.create_table(
        "correction_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("researcher_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid()),
        sa.Column("source_id", sa.Uuid()),
        sa.Column("body_province", sa.Text(), nullable=False),
        sa.Column("stated", sa.Text()),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_correction_case"),
        sa.CheckConstraint(
            "(credential_id IS NULL) = (fact IN ('NAME', 'DOCUMENT', 'HOUSEHOLD', 'PERSONNEL_RELATION'))",
            name="ck_correction_case_of_credential_or_person",
        ),
        sa.CheckConstraint(
            "(source_id IS NULL) = (fact IN ('NAME', 'DOCUMENT', 'HOUSEHOLD'))",
            name="ck_correction_case_has_its_source",
        ),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_correction_case_researcher_id"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_correction_case_credential_id"),
        sa.ForeignKeyConstraint(["source_id"], ["organisation.id"], name="fk_correction_case_source_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_correction_case_command_id"),
    )
    op.create_table(
        "correction_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("event", "actor_kind")),
        *(sa.Column(name, sa.Uuid()) for name in ("account_id", "organisation_id")),
        *(sa.Column(name, sa.Text()) for name in ("province", "outcome", "text", "evidence_digest")),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_correction_event"),
        sa.ForeignKeyConstraint(["case_id"], ["correction_case.id"], name="fk_correction_event_case_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_correction_event_account_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_correction_event_organisation_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_correction_event_command_id"),
    )
    for table, *columns in (
        ("correction_case", "researcher_id"),
        ("correction_case", "credential_id"),
        ("correction_case", "command_id"),
        ("correction_case", "source_id", "id"),
        ("correction_case", "body_province", "id"),
        ("correction_event", "case_id"),
        ("correction_event", "command_id"),
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    for name, events in (
        ("begun", "event = 'OPENED'"),
        ("ended", "event IN ('DECIDED', 'WITHDRAWN')"),
        ("appealed", "event = 'APPEALED'"),
        ("appeal_decided", "event = 'APPEAL_DECIDED'"),
    ):
        op.create_index(
            f"uq_correction_event_{name}",
            "correction_event",
            ["case_id"],
            unique=True,
            postgresql_where=sa.text(events),
        )


def _create_functions() -> None:
    op.execute("""
        CREATE FUNCTION is_correction_pending(opened uuid) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Nobody ended it yet, or an appeal awaits its decision.
            SELECT count(*) FILTER (WHERE event IN ('DECIDED', 'WITHDRAWN')) = 0
                OR (count(*) FILTER (WHERE event = 'APPEALED') = 1
                    AND count(*) FILTER (WHERE event = 'APPEAL_DECIDED') = 0)
            FROM correction_event WHERE case_id = opened
        $$
    """)
    op.execute("""
        CREATE FUNCTION disputed_facts(people uuid[])
        RETURNS TABLE (fact text, researcher_id uuid, credential_id uuid, since date) LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- What is disputed now, without a word of who said what; to nobody unknown.
            SELECT opened.fact, opened.researcher_id, opened.credential_id, opened.opened_on FROM correction_case opened
            WHERE opened.researcher_id = ANY (people) AND actor('kind') <> 'ANONYMOUS'
                AND is_correction_pending(opened.id)
            ORDER BY opened.id
        $$
    """)
    op.execute("""
        CREATE FUNCTION correction_case_has_its_source() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF NEW.credential_id IS NOT NULL AND NOT EXISTS (SELECT FROM credential
                WHERE id = NEW.credential_id AND researcher_id = NEW.researcher_id AND issuer_id = NEW.source_id)
            OR NEW.fact = 'PERSONNEL_RELATION' AND NEW.source_id IS DISTINCT FROM home_unit_of(NEW.researcher_id)
            OR NEW.source_id IS NOT NULL AND NOT EXISTS (SELECT FROM organisation
                WHERE id = NEW.source_id AND province = NEW.body_province) THEN
                RAISE EXCEPTION 'a correction is asked of the source of the fact' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION was_corrected_by(opened correction_case, command uuid) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Whether this command recorded the fact anew.
            SELECT CASE (opened).fact
                WHEN 'NAME' THEN EXISTS (SELECT FROM researcher_name
                    WHERE researcher_id = (opened).researcher_id AND command_id = command)
                WHEN 'DOCUMENT' THEN EXISTS (SELECT FROM identity_document
                    WHERE researcher_id = (opened).researcher_id AND command_id = command)
                WHEN 'HOUSEHOLD' THEN EXISTS (SELECT FROM household_registration
                    WHERE researcher_id = (opened).researcher_id AND command_id = command)
                WHEN 'PERSONNEL_RELATION' THEN EXISTS (SELECT FROM personnel_relation
                    WHERE researcher_id = (opened).researcher_id AND command_id = command)
                ELSE EXISTS (SELECT FROM credential_version
                    WHERE credential_id = (opened).credential_id AND command_id = command) END
        $$
    """)
    op.execute("""
        CREATE FUNCTION correction_event_is_due() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE
            opened correction_case := (SELECT correction_case FROM correction_case WHERE id = NEW.case_id);
            decided correction_event := (SELECT correction_event FROM correction_event
                WHERE case_id = NEW.case_id AND event = 'DECIDED');
            ended boolean := EXISTS (SELECT FROM correction_event
                WHERE case_id = NEW.case_id AND event IN ('DECIDED', 'WITHDRAWN'));
        BEGIN
            IF NEW.on_day < (SELECT max(on_day) FROM correction_event WHERE case_id = NEW.case_id) THEN
                RAISE EXCEPTION 'nothing happens in a case before what happened before' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.province IS DISTINCT FROM (CASE WHEN NEW.actor_kind = 'AUTHORITY' THEN actor('province') END) THEN
                RAISE EXCEPTION 'an act is recorded for the province that acts' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event IN ('EVIDENCE_REQUESTED', 'EVIDENCE_GIVEN') AND ended THEN
                RAISE EXCEPTION 'no evidence is taken in a case that has ended' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event = 'APPEALED' AND decided.outcome IS DISTINCT FROM 'DECLINED' THEN
                RAISE EXCEPTION 'only what was declined is appealed' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event IN ('DECIDED', 'APPEAL_DECIDED') AND (NEW.account_id IS NULL OR NEW.outcome IS NULL
                OR NEW.outcome = 'CORRECTED' AND NOT was_corrected_by(opened, NEW.command_id)) THEN
                RAISE EXCEPTION 'what is corrected is recorded by the same command' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event = 'APPEAL_DECIDED' AND (NEW.account_id = decided.account_id
                OR NOT EXISTS (SELECT FROM correction_event WHERE case_id = NEW.case_id AND event = 'APPEALED')) THEN
                RAISE EXCEPTION 'an appeal is decided by another account' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
