"""The owner of the tables may generate sample people with placements; it never touches a person who was there before."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_RESIDENCE = """
    CREATE OR REPLACE FUNCTION residence_is_not_a_placements() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
        {sample}IF writing <> ALL (ARRAY['registerResearcher', 'correctHousehold', 'correctPersonnelRelation', 'importRoll'{name}])
            OR written IS DISTINCT FROM writing
            OR current_setting('registry.placement_written', true) = txid_current()::text
        THEN
            RAISE EXCEPTION '% is not changed by "%": a placement moves nothing', TG_TABLE_NAME, writing
                USING ERRCODE = 'TR003';
        END IF;
        PERFORM set_config('registry.residence_written', txid_current()::text, true);
        RETURN coalesce(NEW, OLD);
    END $$
"""
# A sample adds to people of its own making and changes nothing; who logged in must have a share in the owner's rights.
_OWN_SAMPLE = """
        IF writing = 'generateSample' AND (
            TG_OP <> 'INSERT'
            OR NOT pg_has_role(session_user, current_user, 'MEMBER')
            OR NOT EXISTS (SELECT FROM researcher WHERE id = NEW.researcher_id AND command_id = NEW.command_id)
        ) THEN
            RAISE EXCEPTION 'a sample states % of nobody but the people that it makes', TG_TABLE_NAME
                USING ERRCODE = 'TR003';
        END IF;
        """
_PLACEMENT = """
    CREATE OR REPLACE FUNCTION placement_moves_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
    -- {told}
    BEGIN
        IF current_setting('registry.residence_written', true) = txid_current()::text
            AND coalesce(current_setting('registry.command', true), '') {passes}
        THEN
            RAISE EXCEPTION 'a transaction that changed a household or personnel relation writes no placement'
                USING ERRCODE = 'TR003';
        END IF;
        {sample}PERFORM set_config('registry.placement_written', txid_current()::text, true);
        RETURN NEW;
    END $$
"""
_OWN_PLACEMENT = """IF current_setting('registry.command', true) = 'generateSample' AND (
            TG_OP <> 'INSERT'
            OR NOT EXISTS (SELECT FROM researcher WHERE id = NEW.researcher_id AND command_id = NEW.command_id)
        ) THEN
            RAISE EXCEPTION 'a sample places nobody but the people that it makes' USING ERRCODE = 'TR003';
        END IF;
        """


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_RESIDENCE.format(sample=_OWN_SAMPLE.lstrip(), name=", 'generateSample'"))
    op.execute(
        _PLACEMENT.format(
            told="An imported roll may register people and, by a revocation it reports, end what rests on it; a sample "
            "places people of its own making.",
            passes="NOT IN ('importRoll', 'generateSample')",
            sample=_OWN_PLACEMENT,
        )
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_RESIDENCE.format(sample="", name=""))
    op.execute(
        _PLACEMENT.format(
            told="An imported roll may register people and, by a revocation it reports, end what rests on it; nothing else does both.",
            passes="<> 'importRoll'",
            sample="",
        )
    )
