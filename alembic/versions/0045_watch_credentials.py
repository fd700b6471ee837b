"""Offices watch credentials that they verified, and are told of what becomes of them in the command that changes it."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_OWN = "(actor('kind') IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY') AND organisation_id = actor('organisation')::uuid)"
_CONSENTED = "SELECT consented_to(credential.researcher_id, ''CREDENTIALS'')"
_WATCHED = f"""SELECT watch.organisation_id, NULL, NULL FROM credential_watch watch
                WHERE subject_kind = ''Credential'' AND watch.credential_id = has_part.record
                    AND watch.ended_at IS NULL AND legal_today() <= watch.valid_until
                UNION ALL
                {_CONSENTED}"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "credential_watch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credential_watch"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_credential_watch_credential_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_credential_watch_organisation_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_credential_watch_account_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_credential_watch_command_id"),
    )
    op.create_index("ix_credential_watch_command_id", "credential_watch", ["command_id"])
    op.create_index("ix_credential_watch_organisation_id", "credential_watch", ["organisation_id", "id"])
    op.create_index(
        "uq_credential_watch_open",
        "credential_watch",
        ["credential_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _guard()
    _change(_CONSENTED, _WATCHED)


def _guard() -> None:
    op.execute("""
        CREATE FUNCTION has_verified(credential uuid) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Whether the actor's office verified the credential, alone or in a roster.
            SELECT EXISTS (SELECT FROM ledger_entry entry WHERE entry.name = 'verifyCredential'
                    AND entry.organisation_id = actor('organisation')::uuid
                    AND entry.subjects @> jsonb_build_array('credential:' || has_verified.credential))
                OR EXISTS (SELECT FROM roster_answer answer JOIN roster ON roster.id = answer.roster_id
                    WHERE has_verified.credential = ANY (answer.credential_ids)
                    AND roster.organisation_id = actor('organisation')::uuid)
        $$
    """)
    op.execute("REVOKE EXECUTE ON FUNCTION has_verified(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION has_verified(uuid) TO talent_registry_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (ended_at) ON credential_watch TO talent_registry_app")
    op.execute("""
        CREATE TRIGGER only_closed BEFORE UPDATE OR DELETE ON credential_watch
        FOR EACH ROW EXECUTE FUNCTION fact_is_only_superseded('ended_at')
    """)
    op.execute("""
        CREATE TRIGGER never_emptied BEFORE TRUNCATE ON credential_watch
        FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()
    """)
    op.execute("ALTER TABLE credential_watch ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE credential_watch FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON credential_watch TO CURRENT_USER USING (true) WITH CHECK (true)")
    app = "TO talent_registry_app"
    op.execute(f"CREATE POLICY seen ON credential_watch FOR SELECT {app} USING ({_OWN})")
    op.execute(
        f"CREATE POLICY added ON credential_watch FOR INSERT {app} WITH CHECK ({_OWN} AND has_verified(credential_id))"
    )
    op.execute(f"CREATE POLICY closed ON credential_watch FOR UPDATE {app} USING ({_OWN})")


def _change(old: str, new: str) -> None:
    """Who has a part in a credential: the rest of the function stays as it is, whatever it has become since."""
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('has_part(text, uuid, uuid)'::regprocedure);
            after text := replace(before, '{old}', '{new}');
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION 'has_part does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change(_WATCHED, _CONSENTED)
    op.drop_table("credential_watch")
    op.execute("DROP FUNCTION has_verified(uuid)")
