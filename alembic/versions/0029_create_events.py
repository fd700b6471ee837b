"""What each command changed, told to whoever else has a part in it: written by the command's transaction alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("event", "event_receiver")
RECEIVERS = ("organisation_id", "researcher_id", "province")
FUNCTIONS = (
    "announce(uuid)",
    "has_part(text, uuid, uuid)",
    "changes_of(uuid)",
    "consented_to(uuid, text)",
    "opaque_id(text, uuid)",
)
_DELIVERS = "(actor('kind') = 'CLOCK' AND has_duty('deliver'))"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "event",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_event"),
        sa.UniqueConstraint("id", name="uq_event_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_event_command_id"),
    )
    op.create_index("ix_event_command_id", "event", ["command_id"])
    op.create_index("ix_event_subject_position", "event", ["subject", "position"])
    op.create_table(
        "event_receiver",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("researcher_id", sa.Uuid()),
        sa.Column("province", sa.Text()),
        sa.ForeignKeyConstraint(["position"], ["event.position"], name="fk_event_receiver_position"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_event_receiver_organisation_id"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_event_receiver_researcher_id"),
        sa.CheckConstraint(
            "num_nonnulls(organisation_id, researcher_id, province) = 1", name="ck_event_receiver_one_receiver"
        ),
    )
    op.create_index("ix_event_receiver_position", "event_receiver", ["position"])
    for column in RECEIVERS:
        op.create_index(
            f"uq_event_receiver_{column}",
            "event_receiver",
            [column, "position"],
            unique=True,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    _tell()
    _guard()


def _tell() -> None:
    op.execute("""
        CREATE FUNCTION opaque_id(kind text, id uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            -- The id by which the API knows the record.
            SELECT rtrim(translate(encode(convert_to(kind || ':' || replace(id::text, '-', ''), 'UTF8'), 'base64'),
                '+/', '-_'), '=')
        $$
    """)
    op.execute("""
        CREATE FUNCTION consented_to(person uuid, field text) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
            SELECT recipient_id FROM consent WHERE researcher_id = person AND withdrawn_at IS NULL
                AND field = ANY (fields) AND legal_today() BETWEEN valid_from AND valid_until
        $$
    """)
    op.execute("""
        CREATE FUNCTION changes_of(command uuid) RETURNS TABLE (kind text, record uuid, type text, said jsonb, place uuid)
        LANGUAGE sql STABLE AS $$
            -- What a command recorded, read from the facts that it wrote: codes and days, nothing of the person; `place`:
            -- in which order, where several are told of one record.
            SELECT 'Credential', status.credential_id,
                CASE WHEN NOT EXISTS (SELECT FROM credential_status earlier
                        WHERE earlier.credential_id = status.credential_id AND earlier.command_id <> changes_of.command)
                    THEN 'credential.recorded'
                    ELSE 'credential.' || CASE status.status WHEN 'VALID' THEN 'reinstated' ELSE lower(status.status) END
                END, jsonb_build_object('status', status.status, 'from', status.valid_from), NULL::uuid
            FROM (
                SELECT split_part(subject, ':', 2)::uuid AS id
                FROM ledger_entry entry, jsonb_array_elements_text(entry.subjects) subject
                WHERE entry.command_id = changes_of.command AND subject LIKE 'credential:%'
                    AND entry.name <> 'correctCredential'
                UNION
                SELECT changed.key::uuid FROM ledger_entry entry, jsonb_each(CASE jsonb_typeof(entry.body -> 'statuses')
                    WHEN 'object' THEN entry.body -> 'statuses' ELSE '{}' END) changed
                WHERE entry.command_id = changes_of.command) named,
            LATERAL (SELECT * FROM credential_status written
                WHERE written.credential_id = named.id AND written.command_id = changes_of.command
                AND written.superseded_at IS NULL ORDER BY written.valid_from DESC, written.id DESC LIMIT 1) status
            UNION ALL
            SELECT 'Credential', version.credential_id, 'credential.corrected', '{}'::jsonb, NULL
            FROM ledger_entry entry, LATERAL (SELECT DISTINCT credential_id FROM credential_version written
                WHERE written.command_id = entry.command_id) version
            WHERE entry.command_id = changes_of.command AND entry.name = 'correctCredential'
            UNION ALL
            SELECT 'Placement', happened.placement_id, 'placement.' || lower(happened.event),
                jsonb_strip_nulls(jsonb_build_object('state', happened.state, 'on', happened.on_day, 'by', happened.party,
                    'endReason', CASE WHEN happened.event = 'ENDED' THEN placement.end_reason END)), happened.id
            FROM (SELECT * FROM placement_event WHERE command_id = changes_of.command) happened
            JOIN placement ON placement.id = happened.placement_id
            UNION ALL
            SELECT 'Placement', split_part(subject, ':', 2)::uuid, 'placement.term_ending',
                jsonb_build_object('until', entry.body ->> 'until', 'days', entry.body -> 'days'), NULL
            FROM ledger_entry entry, jsonb_array_elements_text(entry.subjects) subject
            WHERE entry.command_id = changes_of.command AND entry.name = 'remindOfTerm' AND subject LIKE 'placement:%'
            UNION ALL
            SELECT 'RecognitionDecision', decision.id, 'recognition.decided', jsonb_build_object('outcome', outcome,
                'rule', rule, 'reasonCode', reason_code, 'credential', opaque_id('Credential', credential_id)), NULL
            FROM recognition_decision decision WHERE command_id = changes_of.command
            UNION ALL
            SELECT 'RecognitionCase', happened.proceeding_id, 'case.' || lower(happened.event),
                jsonb_strip_nulls(jsonb_build_object('on', happened.on_day, 'outcome', happened.outcome)), happened.id
            FROM (SELECT * FROM proceeding_event WHERE command_id = changes_of.command) happened
            UNION ALL
            SELECT 'Consent', consent.id, CASE WHEN command_id = changes_of.command THEN 'consent.granted' ELSE 'consent.withdrawn' END,
                jsonb_build_object('until', consent.valid_until), NULL
            FROM consent WHERE id IN (SELECT split_part(subject, ':', 2)::uuid
                FROM ledger_entry entry, jsonb_array_elements_text(entry.subjects) subject
                WHERE entry.command_id = changes_of.command AND entry.name IN ('grantConsent', 'withdrawConsent')
                AND subject LIKE 'consent:%')
            UNION ALL
            SELECT 'Notice', notice.id, 'notice.queued', jsonb_build_object('relied', CASE
                WHEN recall.decision_id IS NOT NULL THEN 'DECISION'
                WHEN recall.placement_id IS NOT NULL THEN 'PLACEMENT' ELSE 'VERIFICATION' END,
                'credential', opaque_id('Credential', recall.credential_id)), NULL
            FROM notice JOIN recall ON recall.id = notice.recall_id WHERE notice.command_id = changes_of.command
            UNION ALL
            SELECT DISTINCT 'Researcher', fact.researcher_id, 'researcher.corrected', jsonb_build_object('act', entry.name), NULL::uuid
            FROM ledger_entry entry, LATERAL (
                SELECT researcher_id FROM researcher_name WHERE command_id = entry.command_id
                UNION ALL SELECT researcher_id FROM identity_document WHERE command_id = entry.command_id
                UNION ALL SELECT researcher_id FROM household_registration WHERE command_id = entry.command_id
                UNION ALL SELECT researcher_id FROM personnel_relation WHERE command_id = entry.command_id) fact
            WHERE entry.command_id = changes_of.command AND entry.name LIKE 'correct%'
        $$
    """)
    op.execute("""
        CREATE FUNCTION has_part(subject_kind text, record uuid, command uuid)
        RETURNS TABLE (organisation_id uuid, researcher_id uuid, province text) LANGUAGE sql STABLE AS $$
            -- Who may see the record and has a part in it: the person, units, the issuer, authorities, consented readers.
            WITH party (organisation, person, here) AS (
                SELECT issuer_id, credential.researcher_id, issuer.province
                FROM credential JOIN organisation issuer ON issuer.id = issuer_id
                WHERE subject_kind = 'Credential' AND credential.id = has_part.record
                UNION ALL
                SELECT home_unit_of(credential.researcher_id), NULL, NULL FROM credential
                WHERE subject_kind = 'Credential' AND credential.id = has_part.record
                UNION ALL
                SELECT side.id, NULL, side.province FROM placement
                JOIN organisation side ON side.id IN (home_unit_id, host_unit_id)
                WHERE subject_kind = 'Credential' AND credential_id = has_part.record
                    AND (state IN ('AGREED', 'ACTIVE', 'SUSPENDED') OR placement.id IN (SELECT placement_id
                        FROM placement_event happened WHERE happened.command_id = has_part.command))
                UNION ALL
                SELECT consented_to(credential.researcher_id, 'CREDENTIALS'), NULL, NULL FROM credential
                WHERE subject_kind = 'Credential' AND credential.id = has_part.record
                UNION ALL
                SELECT side.id, placement.researcher_id, side.province FROM placement
                JOIN organisation side ON side.id IN (home_unit_id, host_unit_id)
                WHERE subject_kind = 'Placement' AND placement.id = has_part.record
                UNION ALL
                SELECT consented_to(placement.researcher_id, 'PLACEMENTS'), NULL, NULL FROM placement
                WHERE subject_kind = 'Placement' AND placement.id = has_part.record
                UNION ALL
                SELECT home_unit_of(decision.researcher_id), decision.researcher_id, decision.target_province
                FROM recognition_decision decision WHERE subject_kind = 'RecognitionDecision' AND decision.id = has_part.record
                UNION ALL
                SELECT consented_to(decision.researcher_id, 'DECISIONS'), NULL, NULL
                FROM recognition_decision decision WHERE subject_kind = 'RecognitionDecision' AND decision.id = has_part.record
                UNION ALL
                SELECT CASE WHEN body = 'ISSUER' THEN issuer_id END, proceeding.researcher_id, each.here FROM proceeding,
                    LATERAL (VALUES (body_province), (target_province), (approving_province)) each (here)
                WHERE subject_kind = 'RecognitionCase' AND proceeding.id = has_part.record
                UNION ALL
                SELECT recipient_id, consent.researcher_id, NULL FROM consent
                WHERE subject_kind = 'Consent' AND consent.id = has_part.record
                UNION ALL
                SELECT notice.organisation_id, notice.researcher_id, notice.province FROM notice
                WHERE subject_kind = 'Notice' AND notice.id = has_part.record
                UNION ALL
                SELECT NULL, has_part.record, NULL WHERE subject_kind = 'Researcher'
                UNION ALL
                SELECT home_unit_id, NULL, NULL FROM personnel_relation relation
                WHERE subject_kind = 'Researcher' AND relation.researcher_id = has_part.record AND relation.command_id = has_part.command
            )
            SELECT organisation, NULL::uuid, NULL::text FROM party WHERE organisation IS NOT NULL
            UNION SELECT NULL, person, NULL FROM party WHERE person IS NOT NULL
            UNION SELECT NULL, NULL, here FROM party WHERE here IS NOT NULL
        $$
    """)
    op.execute("""
        CREATE FUNCTION announce(command uuid) RETURNS bigint LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- How many events the command of this very transaction has written: each change in which somebody other than
        -- the actor has a part. The queue of the ledger is held, so that positions are in the order of commits.
        DECLARE
            change record;
            told bigint := 0;
            place bigint;
            entry ledger_entry;
        BEGIN
            SELECT * INTO entry FROM ledger_entry
            WHERE command_id = command AND ledger_entry.xmin = pg_current_xact_id()::xid;
            IF NOT FOUND OR EXISTS (SELECT FROM event WHERE command_id = command) THEN
                RAISE EXCEPTION 'a command announces once, in its own transaction' USING ERRCODE = 'TR001';
            END IF;
            FOR change IN SELECT * FROM changes_of(command) ORDER BY place NULLS FIRST LOOP
                CONTINUE WHEN NOT EXISTS (SELECT FROM has_part(change.kind, change.record, command) party
                    WHERE party.organisation_id IS DISTINCT FROM actor('organisation')::uuid
                        AND party.organisation_id IS NOT NULL
                    OR party.researcher_id IS DISTINCT FROM actor('researcher')::uuid AND party.researcher_id IS NOT NULL
                    OR (entry.actor_kind <> 'AUTHORITY' OR party.province IS DISTINCT FROM actor('province'))
                        AND party.province IS NOT NULL);
                INSERT INTO event (id, type, subject, at, data, command_id) VALUES (gen_random_uuid(), change.type,
                    opaque_id(change.kind, change.record), entry.recorded_at, change.said, command)
                RETURNING position INTO place;
                INSERT INTO event_receiver SELECT place, party.* FROM has_part(change.kind, change.record, command) party;
                told := told + 1;
            END LOOP;
            RETURN told;
        END $$
    """)
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")


def _guard() -> None:
    for table in TABLES:
        # Added by `announce` alone: the application can forge no event.
        op.execute(f"GRANT SELECT ON {table} TO talent_registry_app")
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
    op.execute(f"""
        CREATE POLICY seen ON event_receiver FOR SELECT TO talent_registry_app
        USING ({_DELIVERS} OR is_receiver(organisation_id, researcher_id, province))
    """)
    op.execute(f"""
        CREATE POLICY seen ON event FOR SELECT TO talent_registry_app USING ({_DELIVERS} OR EXISTS (
            SELECT FROM event_receiver receiver WHERE receiver.position = event.position
            AND is_receiver(receiver.organisation_id, receiver.researcher_id, receiver.province)))
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP POLICY seen ON event")
    op.drop_table("event_receiver")
    op.drop_table("event")
