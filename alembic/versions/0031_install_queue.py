"""The queue of procrastinate, in a schema of its own, and who is to be told of what a command has announced.

Its tables are third-party: they are read from the installed package, whose version the schema's comment keeps. When a
newer procrastinate brings newer tables, a migration of ours runs those files of its `sql/migrations` that are newer
than the comment and writes the comment anew; a fresh database, which has the newest from here, then has nothing to do.
"""

from importlib.metadata import version

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Each function looks for its tables where they are, whoever calls it and whatever that one's own path is.
_EACH_FUNCTION = """
    DO $$
    DECLARE
        each regprocedure;
    BEGIN
        FOR each IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'queue'::regnamespace LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = queue, pg_temp', each);
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', each);
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO talent_registry_app', each);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SCHEMA queue")
    op.execute("SET LOCAL search_path = queue")
    op.execute(SchemaManager.get_schema())
    op.execute("SET LOCAL search_path TO DEFAULT")
    op.execute(f"COMMENT ON SCHEMA queue IS 'procrastinate {version('procrastinate')}'")
    op.execute(_EACH_FUNCTION)
    # The application adds jobs, takes them and removes them; what a job says is no record, so nothing here is guarded.
    op.execute("GRANT USAGE ON SCHEMA queue TO talent_registry_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO talent_registry_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO talent_registry_app")
    op.execute("""
        CREATE FUNCTION webhooks_told(command uuid) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- The webhooks of whoever is told of what the command of this very transaction has announced.
            WITH told AS (
                SELECT DISTINCT receiver.organisation_id, receiver.province FROM event
                JOIN event_receiver receiver ON receiver.position = event.position
                WHERE event.command_id = command AND event.xmin = pg_current_xact_id()::xid
            )
            SELECT webhook.id FROM told JOIN webhook ON webhook.organisation_id = told.organisation_id
            WHERE webhook.closed_at IS NULL
            UNION
            SELECT webhook.id FROM told JOIN webhook ON webhook.province = told.province
            WHERE webhook.closed_at IS NULL
        $$
    """)
    op.execute("REVOKE EXECUTE ON FUNCTION webhooks_told(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION webhooks_told(uuid) TO talent_registry_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION webhooks_told(uuid)")
    op.execute("DROP SCHEMA queue CASCADE")
