"""Proceedings and their events: final, each act its body's alone, and what an active placement may rest on."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TABLES = ("proceeding", "proceeding_event")
_FUNCTIONS = (
    "is_body_of(text, text, uuid)",
    "is_confirmed_in_a_case(uuid)",
    "proceeding_rests_on_its_decision()",
    "proceeding_event_is_due()",
)
_ADDS = "FOR INSERT TO talent_registry_app WITH CHECK"
_SEES = "FOR SELECT TO talent_registry_app USING"
_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"
_AUTHORITY = "actor('kind') = 'AUTHORITY' AND actor('province')"
_BODY = "is_body_of(body, body_province, issuer_id)"
_POLICIES = {
    ("proceeding", "seen"): (
        f"{_SEES} (({_SELF}) OR has_consent(researcher_id, 'DECISIONS') OR {_BODY} "
        f"OR ({_AUTHORITY} IN (target_province, approving_province)) OR has_duty('recognise') "
        "OR (has_duty('compare') AND actor('kind') = 'AUTHORITY') "
        "OR (has_duty('clock') AND actor('kind') = 'OPERATOR'))"
    ),
    # The applicant's decision opens one; an override is opened by the authority of the post.
    ("proceeding", "added"): (
        f"{_ADDS} (CASE kind WHEN 'OVERRIDE' THEN {_AUTHORITY} = target_province "
        f"ELSE ({_SELF}) OR has_consent(researcher_id, 'CREDENTIALS', 'DECISIONS') END)"
    ),
    ("proceeding_event", "seen"): f"{_SEES} (EXISTS (SELECT FROM proceeding WHERE id = proceeding_id))",
    ("proceeding_event", "added"): (
        f"{_ADDS} (EXISTS (SELECT FROM proceeding WHERE id = proceeding_id AND CASE event "
        "WHEN 'OPENED' THEN proceeding.command_id = proceeding_event.command_id "
        "WHEN 'OVERRIDE_PROPOSED' THEN proceeding.command_id = proceeding_event.command_id "
        f"WHEN 'EVIDENCE_GIVEN' THEN {_SELF} WHEN 'WITHDRAWN' THEN {_SELF} WHEN 'APPEALED' THEN {_SELF} "
        f"WHEN 'OVERRIDE_APPROVED' THEN {_AUTHORITY} = approving_province "
        f"WHEN 'OVERRIDE_DECLINED' THEN {_AUTHORITY} = approving_province "
        "WHEN 'LAPSED' THEN has_duty('clock', 'recognise') "
        f"ELSE {_BODY} END))"
    ),
}
_AUTO_ALONE = "AND decision.outcome = ''AUTO''"
_AUTO_OR_CASE = "AND (decision.outcome = ''AUTO'' OR is_confirmed_in_a_case(decision.id))"
# The rest of the guard stays as it is, whatever it has become since.
_CHANGE_GUARD = """
    DO $$
    DECLARE
        before text := pg_get_functiondef('active_placement_is_sound'::regproc);
        after text := replace(before, '{old}', '{new}');
    BEGIN
        IF after = before THEN
            RAISE EXCEPTION 'the guard of active placements does not read as expected';
        END IF;
        EXECUTE after;
    END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_tables()
    _create_functions()
    for table, trigger in (
        ("proceeding", "proceeding_rests_on_its_decision"),
        ("proceeding_event", "proceeding_event_is_due"),
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
    op.execute(_CHANGE_GUARD.replace("{old}", _AUTO_ALONE).replace("{new}", _AUTO_OR_CASE))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_CHANGE_GUARD.replace("{old}", _AUTO_OR_CASE).replace("{new}", _AUTO_ALONE))
    for table in reversed(_TABLES):
        op.execute(f"DROP TABLE {table}")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")


def _create_tables() -> None:
    op.execute("""
        CREATE TABLE proceeding (
            id UUID NOT NULL,
            kind TEXT NOT NULL,
            decision_id UUID NOT NULL,
            credential_id UUID NOT NULL,
            researcher_id UUID NOT NULL,
            issuer_id UUID NOT NULL,
            target_division TEXT NOT NULL,
            target_province TEXT GENERATED ALWAYS AS (left(target_division, 2) || '0000') STORED NOT NULL,
            target_zone TEXT,
            employer_kind TEXT,
            post_series TEXT,
            outcome TEXT NOT NULL,
            rule TEXT NOT NULL,
            reason_code TEXT NOT NULL,
            procedure TEXT NOT NULL,
            terms JSONB NOT NULL,
            body TEXT NOT NULL,
            body_province TEXT NOT NULL,
            approving_province TEXT,
            facts JSONB NOT NULL,
            facts_digest TEXT NOT NULL,
            opened_on DATE NOT NULL,
            command_id UUID NOT NULL,
            CONSTRAINT pk_proceeding PRIMARY KEY (id),
            CONSTRAINT ck_proceeding_override_needs_approval CHECK ((kind = 'OVERRIDE') = (approving_province IS NOT NULL)),
            CONSTRAINT ck_proceeding_two_provinces CHECK (approving_province <> body_province),
            CONSTRAINT fk_proceeding_decision_id FOREIGN KEY(decision_id) REFERENCES recognition_decision (id),
            CONSTRAINT fk_proceeding_credential_id FOREIGN KEY(credential_id) REFERENCES credential (id),
            CONSTRAINT fk_proceeding_researcher_id FOREIGN KEY(researcher_id) REFERENCES researcher (id),
            CONSTRAINT fk_proceeding_issuer_id FOREIGN KEY(issuer_id) REFERENCES organisation (id),
            CONSTRAINT fk_proceeding_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE TABLE proceeding_event (
            id UUID NOT NULL,
            proceeding_id UUID NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            on_day DATE NOT NULL,
            event TEXT NOT NULL,
            actor_kind TEXT NOT NULL,
            account_id UUID,
            organisation_id UUID,
            province TEXT,
            outcome TEXT,
            text TEXT,
            command_id UUID NOT NULL,
            CONSTRAINT pk_proceeding_event PRIMARY KEY (id),
            CONSTRAINT fk_proceeding_event_proceeding_id FOREIGN KEY(proceeding_id) REFERENCES proceeding (id),
            CONSTRAINT fk_proceeding_event_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_proceeding_event_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id),
            CONSTRAINT fk_proceeding_event_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    for table, *columns in (
        ("proceeding", "decision_id"),
        ("proceeding", "credential_id"),
        ("proceeding", "researcher_id"),
        ("proceeding", "issuer_id"),
        ("proceeding", "facts_digest"),
        ("proceeding", "command_id"),
        ("proceeding", "body_province", "id"),
        ("proceeding", "approving_province", "id"),
        ("proceeding_event", "proceeding_id"),
        ("proceeding_event", "command_id"),
    ):
        op.execute(f"CREATE INDEX ix_{table}_{'_'.join(columns)} ON {table} ({', '.join(columns)})")


def _create_functions() -> None:
    op.execute("""
        CREATE FUNCTION is_body_of(body text, body_province text, issuer uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The authority of the post; for what an issuer verifies, the issuer or the authority of its province.
        BEGIN
            RETURN CASE body WHEN 'ISSUER' THEN is_own_issuer(issuer)
                ELSE actor('kind') = 'AUTHORITY' AND actor('province') = body_province END;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION is_confirmed_in_a_case(decided uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- Of the cases on the same credential, post, outcome and clause the one opened last that came to something speaks.
        BEGIN
            RETURN coalesce((
                SELECT latest.outcome IN ('CONFIRMED', 'VERIFIED')
                FROM recognition_decision made
                JOIN proceeding opened
                  ON opened.credential_id = made.credential_id AND opened.outcome = made.outcome AND opened.rule = made.rule
                 AND (opened.target_division, opened.target_zone, opened.employer_kind, opened.post_series)
                    IS NOT DISTINCT FROM (made.target_division, made.target_zone, made.employer_kind, made.post_series)
                JOIN LATERAL (
                    SELECT outcome FROM proceeding_event
                    WHERE proceeding_id = opened.id AND outcome IS NOT NULL ORDER BY id DESC LIMIT 1
                ) latest ON true
                WHERE made.id = decided ORDER BY opened.id DESC LIMIT 1), false);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION proceeding_rests_on_its_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM recognition_decision made JOIN credential ON credential.id = made.credential_id
                WHERE made.id = NEW.decision_id AND credential.issuer_id = NEW.issuer_id
                  AND (made.credential_id, made.researcher_id, made.outcome, made.rule, made.reason_code)
                    = (NEW.credential_id, NEW.researcher_id, NEW.outcome, NEW.rule, NEW.reason_code)
                  AND (made.target_division, made.target_zone, made.employer_kind, made.post_series)
                    IS NOT DISTINCT FROM (NEW.target_division, NEW.target_zone, NEW.employer_kind, NEW.post_series)
            ) THEN
                RAISE EXCEPTION 'a case keeps the answer of its decision' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION proceeding_event_is_due() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE
            opened proceeding := (SELECT proceeding FROM proceeding WHERE id = NEW.proceeding_id);
            earlier proceeding_event := (SELECT proceeding_event FROM proceeding_event
                WHERE proceeding_id = NEW.proceeding_id AND event IN ('DECIDED', 'OVERRIDE_PROPOSED') LIMIT 1);
            settled boolean := EXISTS (SELECT FROM proceeding_event WHERE proceeding_id = NEW.proceeding_id
                AND event IN ('DECIDED', 'LAPSED', 'WITHDRAWN', 'OVERRIDE_APPROVED', 'OVERRIDE_DECLINED'));
        BEGIN
            -- Nobody answers for somebody else, and no account for both provinces.
            IF NEW.province IS DISTINCT FROM (CASE WHEN NEW.actor_kind = 'AUTHORITY' THEN actor('province') END) THEN
                RAISE EXCEPTION 'an act is recorded for the province that acts' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event IN ('OVERRIDE_APPROVED', 'OVERRIDE_DECLINED') AND (earlier.province IS NULL
                OR NEW.account_id IS NULL OR earlier.account_id IS NULL
                OR NEW.province IS NOT DISTINCT FROM earlier.province OR NEW.account_id = earlier.account_id) THEN
                RAISE EXCEPTION 'an override is approved by the other province' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event = 'APPEAL_DECIDED' AND (NEW.account_id IS NULL OR earlier.account_id IS NULL
                OR NEW.account_id = earlier.account_id) THEN
                RAISE EXCEPTION 'an appeal is decided by another account' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event IN ('DECIDED', 'LAPSED', 'WITHDRAWN', 'OVERRIDE_APPROVED', 'OVERRIDE_DECLINED') AND settled THEN
                RAISE EXCEPTION 'a case is decided once' USING ERRCODE = 'TR001';
            END IF;
            -- The calendar is the program's; that fewer days than the term have passed shows here too.
            IF NEW.event = 'LAPSED' AND (opened.terms ->> 'tacit' <> 'true' OR NEW.on_day > legal_today()
                OR NEW.on_day <= opened.opened_on + (opened.terms ->> 'working_days')::integer) THEN
                RAISE EXCEPTION 'silence counts only where the agreement says so and the term is over' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
