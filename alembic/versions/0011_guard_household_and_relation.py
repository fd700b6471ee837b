"""No placement can change household registration, personnel relation, file or insurance."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION residence_is_not_a_placements() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        -- Household and personnel relation are written only by the commands that exist for them, and never
        -- in a transaction that has written a placement.
        DECLARE
            writing text := coalesce(current_setting('registry.command', true), '');
            written text;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                SELECT name INTO written FROM command WHERE id = NEW.command_id;
            ELSE
                written := writing;
            END IF;
            IF writing <> ALL (ARRAY['registerResearcher', 'correctHousehold', 'correctPersonnelRelation', 'importRoll'])
                OR written IS DISTINCT FROM writing
                OR current_setting('registry.placement_written', true) = txid_current()::text
            THEN
                RAISE EXCEPTION '% is not changed by "%": a placement moves nothing', TG_TABLE_NAME, writing
                    USING ERRCODE = 'TR003';
            END IF;
            PERFORM set_config('registry.residence_written', txid_current()::text, true);
            RETURN coalesce(NEW, OLD);
        END $$
    """)
    op.execute("""
        CREATE TRIGGER not_a_placements BEFORE INSERT OR UPDATE OR DELETE ON household_registration
        FOR EACH ROW EXECUTE FUNCTION residence_is_not_a_placements()
    """)
    op.execute("""
        CREATE TRIGGER not_a_placements BEFORE INSERT OR UPDATE OR DELETE ON personnel_relation
        FOR EACH ROW EXECUTE FUNCTION residence_is_not_a_placements()
    """)
    op.execute("""
        CREATE FUNCTION placement_moves_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
        -- An imported roll may register people and, by a revocation it reports, end what rests on it; nothing else does both.
        BEGIN
            IF current_setting('registry.residence_written', true) = txid_current()::text
                AND coalesce(current_setting('registry.command', true), '') <> 'importRoll'
            THEN
                RAISE EXCEPTION 'a transaction that changed a household or personnel relation writes no placement'
                    USING ERRCODE = 'TR003';
            END IF;
            PERFORM set_config('registry.placement_written', txid_current()::text, true);
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER moves_nothing BEFORE INSERT OR UPDATE ON placement
        FOR EACH ROW EXECUTE FUNCTION placement_moves_nothing()
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        DROP TRIGGER moves_nothing ON placement
    """)
    op.execute("""
        DROP FUNCTION placement_moves_nothing()
    """)
    op.execute("""
        DROP TRIGGER not_a_placements ON personnel_relation
    """)
    op.execute("""
        DROP TRIGGER not_a_placements ON household_registration
    """)
    op.execute("""
        DROP FUNCTION residence_is_not_a_placements()
    """)
