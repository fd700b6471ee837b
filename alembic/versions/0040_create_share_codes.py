"""Share codes: seen and revoked by the person alone, opened under a stated duty, never altered or opened again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "share_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("researcher_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("pin_hash", sa.Text()),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("credential_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("division", sa.Text()),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_pins", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_share_code"),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name="fk_share_code_researcher_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_share_code_command_id"),
        sa.UniqueConstraint("code_digest", name="uq_share_code_code_digest"),
        sa.CheckConstraint("cardinality(credential_ids) BETWEEN 1 AND 20", name="ck_share_code_opens_some_credentials"),
        sa.CheckConstraint(
            "expires_at > issued_at AND expires_at <= issued_at + interval '4320 hours'",
            name="ck_share_code_at_most_180_days",
        ),
        sa.CheckConstraint(
            "(division IS NOT NULL) = ('RECOGNITION' = ANY (fields))", name="ck_share_code_recognition_names_a_place"
        ),
    )
    op.create_index("ix_share_code_researcher_id", "share_code", ["researcher_id", "id"])
    op.create_index("ix_share_code_command_id", "share_code", ["command_id"])
    # Empty for all looks that are there, so that nothing is read or rewritten.
    op.add_column("access", sa.Column("share_code_id", sa.Uuid()))
    op.create_foreign_key("fk_access_share_code_id", "access", "share_code", ["share_code_id"], ["id"])
    op.create_index(
        "ix_access_share_code_id",
        "access",
        ["share_code_id", "id"],
        postgresql_where=sa.text("share_code_id IS NOT NULL"),
    )
    _guard()
    op.execute("ALTER TABLE share_code ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE share_code FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON share_code TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY seen ON share_code FOR SELECT TO talent_registry_app USING (({_SELF}) OR has_duty('share'))"
    )
    op.execute(f"CREATE POLICY added ON share_code FOR INSERT TO talent_registry_app WITH CHECK ({_SELF})")
    # The guard tells who may change what of it.
    op.execute(
        f"CREATE POLICY closed ON share_code FOR UPDATE TO talent_registry_app USING (({_SELF}) OR has_duty('share'))"
    )


def _guard() -> None:
    op.execute("GRANT SELECT, INSERT ON share_code TO talent_registry_app")
    op.execute("GRANT UPDATE (wrong_pins, revoked_at, closed_at) ON share_code TO talent_registry_app")
    op.execute("""
        CREATE FUNCTION share_code_opens_what_is_own() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF NEW.wrong_pins <> 0 OR NEW.revoked_at IS NOT NULL OR NEW.closed_at IS NOT NULL OR EXISTS (
                SELECT FROM unnest(NEW.credential_ids) chosen WHERE NOT EXISTS (
                    SELECT FROM credential WHERE id = chosen AND researcher_id = NEW.researcher_id)) THEN
                RAISE EXCEPTION 'a share code opens credentials of the person who makes it, and begins open'
                    USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION share_code_only_closes() RETURNS trigger LANGUAGE plpgsql AS $$
        -- Revoked by the person alone, closed by wrong PINs alone, neither ever undone; all else is final.
        DECLARE
            own boolean := actor('kind') = 'RESEARCHER' AND OLD.researcher_id = actor('researcher')::uuid;
        BEGIN
            IF to_jsonb(NEW) - '{wrong_pins,revoked_at,closed_at}'::text[]
                    IS DISTINCT FROM to_jsonb(OLD) - '{wrong_pins,revoked_at,closed_at}'::text[]
                OR NEW.wrong_pins < OLD.wrong_pins
                OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
                OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at)
                OR (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at AND own IS NOT TRUE)
                OR ((NEW.wrong_pins <> OLD.wrong_pins OR NEW.closed_at IS DISTINCT FROM OLD.closed_at)
                    AND NOT has_duty('share')) THEN
                RAISE EXCEPTION 'a share code is revoked by its person, closed by wrong PINs, and never opened again'
                    USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER own_credentials BEFORE INSERT ON share_code
        FOR EACH ROW EXECUTE FUNCTION share_code_opens_what_is_own()
    """)
    op.execute("""
        CREATE TRIGGER only_closes BEFORE UPDATE ON share_code FOR EACH ROW EXECUTE FUNCTION share_code_only_closes()
    """)
    op.execute("CREATE TRIGGER kept BEFORE DELETE ON share_code FOR EACH ROW EXECUTE FUNCTION row_is_final()")
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON share_code FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
    )
    for function in ("share_code_opens_what_is_own()", "share_code_only_closes()"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_access_share_code_id", "access")
    op.drop_constraint("fk_access_share_code_id", "access")
    op.drop_column("access", "share_code_id")
    op.drop_table("share_code")
    op.execute("DROP FUNCTION share_code_only_closes()")
    op.execute("DROP FUNCTION share_code_opens_what_is_own()")
