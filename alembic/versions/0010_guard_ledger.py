"""The ledger is one unbroken chain, and each command has exactly one entry."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION entry_follows_the_last() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE
            last_sequence bigint;
            last_hash bytea;
        BEGIN
            PERFORM pg_advisory_xact_lock(7238459001);
            SELECT sequence, hash INTO last_sequence, last_hash FROM ledger_entry ORDER BY sequence DESC LIMIT 1;
            IF NEW.sequence <> coalesce(last_sequence, 0) + 1
                OR NEW.previous_hash <> coalesce(last_hash, decode(repeat('00', 32), 'hex'))
                OR length(NEW.hash) <> 32
            THEN
                RAISE EXCEPTION 'a ledger entry must follow the last one' USING ERRCODE = 'TR002';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER follows_the_last BEFORE INSERT ON ledger_entry
        FOR EACH ROW EXECUTE FUNCTION entry_follows_the_last()
    """)
    op.execute("""
        CREATE FUNCTION command_has_its_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM ledger_entry WHERE command_id = NEW.id) THEN
                RAISE EXCEPTION 'command % has no ledger entry', NEW.id USING ERRCODE = 'TR002';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER has_its_entry AFTER INSERT ON command
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION command_has_its_entry()
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        DROP TRIGGER has_its_entry ON command
    """)
    op.execute("""
        DROP FUNCTION command_has_its_entry()
    """)
    op.execute("""
        DROP TRIGGER follows_the_last ON ledger_entry
    """)
    op.execute("""
        DROP FUNCTION entry_follows_the_last()
    """)
