"""What its receivers have read of what they are told, and who is told of an opportunity or by a roll, as sets."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = ("inbox_reading", "opportunity_told")
RECEIVERS = ("organisation_id", "researcher_id", "province")
FUNCTIONS = ("announce_to_many(uuid, timestamptz)", "tell_of_opportunity(uuid, uuid[], uuid)")
_RECEIVES = "is_receiver(organisation_id, researcher_id, province)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "inbox_reading",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("researcher_id", sa.Uuid()),
        sa.Column("province", sa.Text()),
        sa.Column("and_before", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["event.position"], name="fk_inbox_reading_position"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_inbox_reading_organisation_id"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_inbox_reading_researcher_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_inbox_reading_command_id"),
        sa.CheckConstraint(
            "num_nonnulls(organisation_id, researcher_id, province) = 1", name="ck_inbox_reading_one_receiver"
        ),
    )
    op.create_index("ix_inbox_reading_command_id", "inbox_reading", ["command_id"])
    for column in RECEIVERS:
        op.create_index(
            f"uq_inbox_reading_{column}",
            "inbox_reading",
            [column, "and_before", "position"],
            unique=True,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "opportunity_told",
        sa.Column("opportunity_id", sa.Uuid(), nullable=False),
        sa.Column("researcher_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("opportunity_id", "researcher_id", name="pk_opportunity_told"),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunity.id"], name="fk_opportunity_told_opportunity_id"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_opportunity_told_researcher_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_opportunity_told_command_id"),
    )
    op.create_index("ix_opportunity_told_command_id", "opportunity_told", ["command_id"])
    op.create_index("ix_opportunity_told_researcher_id", "opportunity_told", ["researcher_id"])
    _guard()
    _tell()
    _announce("change.kind <> 'Notice' AND", "told := told + announce_to_many(command, entry.recorded_at);")
    _announce_older_notices()


def _guard() -> None:
    op.execute("GRANT SELECT, INSERT ON inbox_reading TO talent_registry_app")
    for table in TABLES:
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
    op.execute(f"CREATE POLICY seen ON inbox_reading FOR SELECT TO talent_registry_app USING ({_RECEIVES})")
    # Only what one was told is read, and only for oneself.
    op.execute(f"""
        CREATE POLICY added ON inbox_reading FOR INSERT TO talent_registry_app WITH CHECK ({_RECEIVES}
            AND EXISTS (SELECT FROM event WHERE event.position = inbox_reading.position))
    """)


def _tell() -> None:
    op.execute("""
        CREATE FUNCTION tell_of_opportunity(need uuid, people uuid[], command uuid) RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- To be told of an own opportunity: those who opted in to being found, each once. The unit learns nothing.
        BEGIN
            IF NOT (has_duty('matching') AND is_own_opportunity(need)) THEN
                RAISE EXCEPTION 'a unit has others told of its own opportunities alone' USING ERRCODE = 'TR001';
            END IF;
            INSERT INTO opportunity_told SELECT need, person, command FROM unnest(people) person
            WHERE opens_to_matching(person, 'CREDENTIALS') ON CONFLICT DO NOTHING;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION announce_to_many(command uuid, at timestamptz) RETURNS bigint LANGUAGE sql AS $$
            -- What concerns very many people, in one go: one event of an opportunity for all who are told of it; to
            -- each holder with an account what a roll records of hers for the first time.
            WITH need AS (
                SELECT opportunity_id, researcher_id FROM opportunity_told told
                WHERE told.command_id = announce_to_many.command),
            recorded AS (
                SELECT credential.id, credential.researcher_id, status.status, status.valid_from
                FROM ledger_entry entry JOIN credential ON credential.command_id = entry.command_id
                CROSS JOIN LATERAL (
                    SELECT one.status, one.valid_from FROM credential_status one
                    WHERE one.credential_id = credential.id AND one.superseded_at IS NULL
                    ORDER BY one.valid_from DESC, one.id DESC LIMIT 1) status
                WHERE entry.command_id = announce_to_many.command AND entry.name = 'importRoll' AND EXISTS (
                    SELECT FROM account WHERE account.researcher_id = credential.researcher_id
                    AND account.closed_at IS NULL)),
            written AS (
                INSERT INTO event (id, type, subject, at, data, command_id)
                SELECT gen_random_uuid(), 'opportunity.matched', opaque_id('Opportunity', opportunity_id),
                    announce_to_many.at, '{}'::jsonb, announce_to_many.command
                FROM (SELECT DISTINCT opportunity_id FROM need) one
                UNION ALL
                SELECT gen_random_uuid(), 'credential.recorded', opaque_id('Credential', recorded.id),
                    announce_to_many.at, jsonb_build_object('status', status, 'from', valid_from),
                    announce_to_many.command
                FROM recorded
                RETURNING position, subject),
            received AS (
                INSERT INTO event_receiver (position, researcher_id)
                SELECT position, researcher_id FROM written
                JOIN need ON subject = opaque_id('Opportunity', opportunity_id)
                UNION ALL
                SELECT position, researcher_id FROM written JOIN recorded ON subject = opaque_id('Credential', id))
            SELECT count(*) FROM written
        $$
    """)
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")


def _announce(unless: str, more: str) -> None:
    op.execute(f"""
        CREATE OR REPLACE FUNCTION announce(command uuid) RETURNS bigint LANGUAGE plpgsql
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
                CONTINUE WHEN {unless} NOT EXISTS (SELECT FROM has_part(change.kind, change.record, command) party
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
            {more}
            RETURN told;
        END $$
    """)


def _announce_older_notices() -> None:
    """A notice that was queued before there were events, or to the very office that acted, is told now."""
    op.execute("""
        WITH older AS (
            SELECT notice.*, recall.credential_id, CASE WHEN recall.decision_id IS NOT NULL THEN 'DECISION'
                WHEN recall.placement_id IS NOT NULL THEN 'PLACEMENT' ELSE 'VERIFICATION' END AS relied
            FROM notice JOIN recall ON recall.id = notice.recall_id
            WHERE NOT EXISTS (SELECT FROM event WHERE event.subject = opaque_id('Notice', notice.id))),
        written AS (
            INSERT INTO event (id, type, subject, at, data, command_id)
            SELECT gen_random_uuid(), 'notice.queued', opaque_id('Notice', id), queued_at, jsonb_build_object(
                'relied', relied, 'credential', opaque_id('Credential', credential_id)), command_id
            FROM older ORDER BY id
            RETURNING position, subject)
        INSERT INTO event_receiver (position, organisation_id, researcher_id, province)
        SELECT position, organisation_id, researcher_id, province FROM written
        JOIN older ON subject = opaque_id('Notice', older.id)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _announce("", "")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for table in reversed(TABLES):
        op.drop_table(table)
