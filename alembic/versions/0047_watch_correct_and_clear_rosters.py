"""All that a roster found is watched by one act; a roster corrects an earlier one; its rows go when their time is over."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

WORKS = "(SELECT actor('kind') = 'CLOCK' AND has_duty('verify'))"
CLEARED = f"{WORKS} AND EXISTS (SELECT FROM roster WHERE id = roster_id AND cleared_at IS NOT NULL)"
KEPT = ("roster_part", "roster_answer")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _let_be_corrected_and_cleared()
    op.add_column("credential_watch", sa.Column("roster_id", sa.Uuid()))
    op.create_foreign_key("fk_credential_watch_roster_id", "credential_watch", "roster", ["roster_id"], ["id"])
    # A watch of its own does not end with that of a roster, nor that of one roster with another's.
    op.drop_index("uq_credential_watch_open", "credential_watch")
    _index_open("uq_credential_watch_open", ["credential_id", "organisation_id"], "roster_id IS NULL")
    _index_open("uq_credential_watch_of_roster", ["credential_id", "roster_id"], "roster_id IS NOT NULL")
    op.create_index(
        "ix_credential_watch_roster_id",
        "credential_watch",
        ["roster_id"],
        postgresql_where=sa.text("roster_id IS NOT NULL AND ended_at IS NULL"),
    )
    op.execute("""
        CREATE FUNCTION watch_found(watched uuid, source uuid, line integer, asker uuid, why text, until date, at timestamptz,
            stamp text, command uuid)
        RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Watch what some lines of a roster of the actor's office, or of one that corrects it, found; those credentials
            -- that were not watched for it yet.
            INSERT INTO credential_watch (id, credential_id, organisation_id, account_id, purpose, valid_until,
                started_at, roster_id, command_id)
            SELECT overlay(gen_random_uuid()::text PLACING stamp FROM 1 FOR 15)::uuid, found.id,
                roster.organisation_id, asker, why, until, at, roster.id, command
            FROM roster, LATERAL (SELECT DISTINCT each.id FROM roster_answer answer, unnest(credential_ids) each (id)
                WHERE answer.roster_id = source AND answer.first_line = watch_found.line AND each.id IS NOT NULL) found
            WHERE roster.id = watched AND EXISTS (SELECT FROM roster own WHERE own.id = source
                    AND watched IN (own.id, own.corrects_id) AND own.organisation_id = roster.organisation_id)
                AND roster.organisation_id = actor('organisation')::uuid
                AND actor('kind') IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY')
            ON CONFLICT DO NOTHING
            RETURNING credential_id
        $$
    """)
    op.execute("REVOKE EXECUTE ON FUNCTION watch_found FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION watch_found TO talent_registry_app")


def _let_be_corrected_and_cleared() -> None:
    op.add_column("roster", sa.Column("corrects_id", sa.Uuid()))
    op.add_column("roster", sa.Column("cleared_at", sa.DateTime(timezone=True)))
    op.create_foreign_key("fk_roster_corrects_id", "roster", "roster", ["corrects_id"], ["id"])
    op.create_index("ix_roster_corrects_id", "roster", ["corrects_id"])
    op.create_index("ix_roster_kept", "roster", ["requested_at"], postgresql_where=sa.text("cleared_at IS NULL"))
    op.execute("GRANT UPDATE (cleared_at) ON roster TO talent_registry_app")
    for table in KEPT:
        op.execute(f"GRANT DELETE ON {table} TO talent_registry_app")
        op.execute(f"CREATE POLICY cleared ON {table} FOR DELETE TO talent_registry_app USING ({CLEARED})")
    op.execute("""
        CREATE OR REPLACE FUNCTION roster_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- What has ended sees one change more: it is cleared.
            IF OLD.state IN ('DONE', 'FAILED') AND (OLD.cleared_at IS NOT NULL OR NEW.cleared_at IS NULL
                    OR to_jsonb(NEW) - 'cleared_at' <> to_jsonb(OLD) - 'cleared_at')
                OR OLD.state IN ('QUEUED', 'RUNNING') AND NEW.cleared_at IS NOT NULL OR NEW.done < OLD.done
            THEN
                RAISE EXCEPTION 'a roster goes forward and ends once' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)


def _index_open(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(f"ended_at IS NULL AND {where}")
    op.create_index(name, "credential_watch", columns, unique=True, postgresql_where=condition)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION watch_found")
    op.drop_index("ix_credential_watch_roster_id", "credential_watch")
    op.drop_index("uq_credential_watch_of_roster", "credential_watch")
    op.drop_index("uq_credential_watch_open", "credential_watch")
    # Before, one watch of an office on a credential was open at a time: the last one stays.
    op.execute("""
        UPDATE credential_watch older SET ended_at = now() WHERE ended_at IS NULL AND EXISTS (
            SELECT FROM credential_watch later WHERE later.ended_at IS NULL AND later.id > older.id
            AND later.credential_id = older.credential_id AND later.organisation_id = older.organisation_id)
    """)
    op.drop_column("credential_watch", "roster_id")
    op.execute("""
        CREATE OR REPLACE FUNCTION roster_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state IN ('DONE', 'FAILED') OR NEW.done < OLD.done THEN
                RAISE EXCEPTION 'a roster goes forward and ends once' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    for table in KEPT:
        op.execute(f"DROP POLICY cleared ON {table}")
        op.execute(f"REVOKE DELETE ON {table} FROM talent_registry_app")
    op.drop_index("ix_roster_kept", "roster")
    op.drop_index("ix_roster_corrects_id", "roster")
    op.drop_column("roster", "cleared_at")
    op.drop_column("roster", "corrects_id")
    op.create_index(
        "uq_credential_watch_open",
        "credential_watch",
        ["credential_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
