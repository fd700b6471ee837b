"""A closed account stays closed, and nobody but the application runs the registry's functions."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Those of the schema but not of an extension: they are the registry's own.
_EACH_FUNCTION = """
    DO $$
    DECLARE
        own regprocedure;
    BEGIN
        FOR own IN SELECT oid::regprocedure FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
        LOOP
            EXECUTE format('{first}', own);
            EXECUTE format('{then}', own);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION account_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.closed_at IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
                RAISE EXCEPTION 'a closed account is never changed or opened again' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER stays_closed BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION account_stays_closed()
    """)
    revoke, grant = "REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC", "GRANT EXECUTE ON FUNCTION %s TO talent_registry_app"
    op.execute(_EACH_FUNCTION.replace("{first}", revoke).replace("{then}", grant))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    revoke, grant = "REVOKE EXECUTE ON FUNCTION %s FROM talent_registry_app", "GRANT EXECUTE ON FUNCTION %s TO PUBLIC"
    op.execute(_EACH_FUNCTION.replace("{first}", revoke).replace("{then}", grant))
    op.execute("""
        DROP TRIGGER stays_closed ON account
    """)
    op.execute("""
        DROP FUNCTION account_stays_closed()
    """)
