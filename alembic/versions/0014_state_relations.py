"""How the one on whose behalf a transaction runs stands to people, credentials and placements, as the database sees it."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION actor(name text) RETURNS text LANGUAGE sql STABLE AS $$
            SELECT nullif(current_setting('registry.' || name, true), '')
        $$
    """)
    op.execute("""
        CREATE FUNCTION has_duty(VARIADIC duties text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT coalesce(current_setting('registry.duty', true), '') = ANY (duties)
        $$
    """)
    op.execute("""
        CREATE FUNCTION province_of(division text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT left(division, 2) || '0000'
        $$
    """)
    op.execute("""
        CREATE FUNCTION has_consent(person uuid, VARIADIC opened text[]) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- Whether an active consent to the actor's organisation names one of these fields (NULL: any at all).
        BEGIN
            RETURN actor('kind') IN ('HR', 'AGENCY') AND EXISTS (
                SELECT FROM consent WHERE researcher_id = person AND recipient_id = actor('organisation')::uuid
                  AND withdrawn_at IS NULL AND (opened IS NULL OR fields && opened)
                  AND legal_today() BETWEEN valid_from AND valid_until);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION registers(person uuid, by_command uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- Whether the person is registered by this command, which has not ended: its entry is written last.
        BEGIN
            RETURN actor('kind') IN ('AUTHORITY', 'ISSUER', 'HR', 'OPERATOR')
                AND EXISTS (SELECT FROM researcher WHERE id = person AND command_id = by_command)
                AND NOT EXISTS (SELECT FROM ledger_entry WHERE command_id = by_command);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION home_unit_of(person uuid, at timestamptz DEFAULT NULL, by_command uuid DEFAULT NULL) RETURNS uuid
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The home unit last recorded; for a row written `at` by a command, the one before that command.
        BEGIN
            RETURN (SELECT home_unit_id FROM personnel_relation WHERE researcher_id = person
                AND (superseded_at IS NULL OR superseded_at = at) AND command_id IS DISTINCT FROM by_command
                ORDER BY valid_from DESC, id DESC LIMIT 1);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION province_of_person(person uuid, at timestamptz DEFAULT NULL, by_command uuid DEFAULT NULL,
            by_relation boolean DEFAULT false) RETURNS text
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The province of the household last recorded, of the home unit if there is none; the other way round
        -- `by_relation`. For a row written `at` by a command, as it was before that command.
        DECLARE
            household text := (SELECT province_of(division) FROM household_registration WHERE researcher_id = person
                AND (superseded_at IS NULL OR superseded_at = at) AND command_id IS DISTINCT FROM by_command
                ORDER BY valid_from DESC, id DESC LIMIT 1);
            home text := (SELECT province FROM organisation WHERE id = home_unit_of(person, at, by_command));
        BEGIN
            RETURN CASE WHEN by_relation THEN coalesce(home, household) ELSE coalesce(household, home) END;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION is_placed_with(person uuid, unit uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- Agreed and not over, or proposed where the person took part: a proposal alone gives its author no part.
        BEGIN
            RETURN EXISTS (SELECT FROM placement WHERE researcher_id = person AND unit IN (home_unit_id, host_unit_id)
                AND (state IN ('AGREED', 'ACTIVE', 'SUSPENDED') OR (state = 'PROPOSED' AND (
                    EXISTS (SELECT FROM placement_round WHERE placement_id = placement.id AND proposed_by = 'RESEARCHER')
                    OR EXISTS (SELECT FROM placement_signature
                        WHERE placement_id = placement.id AND party = 'RESEARCHER')))));
        END $$
    """)
    op.execute("""
        CREATE FUNCTION may_see_person(person uuid, opened text[] DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The relations of "Who may do what": self, home unit, host unit, consent, issuer, authority of the province.
        -- A duty is set by the one storage function that must look across provinces to do it. `opened`: the relation
        -- must open one of these fields, else the end of a page tells of what it hides; NULL: any relation will do.
        DECLARE
            who text := actor('kind');
            unit uuid := actor('organisation')::uuid;
            here text := actor('province');
            by_host boolean := opened IS NULL
                OR opened && ARRAY['NAME', 'PERSONNEL_RELATION', 'CREDENTIALS', 'DECISIONS', 'PLACEMENTS'];
            -- Of credentials an issuer sees its own, through may_see_credential.
            by_issuer boolean := opened IS NULL OR opened && ARRAY['NAME', 'DOCUMENTS'];
        BEGIN
            IF has_duty('verify', 'import', 'match', 'consequences', 'propose', 'recognise', 'account') THEN
                RETURN true;
            ELSIF who = 'RESEARCHER' THEN
                RETURN person = actor('researcher')::uuid;
            ELSIF who IS NULL OR who NOT IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY') THEN
                RETURN false;
            END IF;
            RETURN has_consent(person, VARIADIC opened)
                OR (who = 'HR' AND (
                    EXISTS (SELECT FROM personnel_relation WHERE researcher_id = person AND home_unit_id = unit
                      AND superseded_at IS NULL AND legal_today() BETWEEN valid_from AND coalesce(valid_until, 'infinity'))
                    OR (by_host AND is_placed_with(person, unit))))
                OR (who = 'ISSUER' AND by_issuer
                    AND EXISTS (SELECT FROM credential WHERE researcher_id = person AND issuer_id = unit))
                OR (who = 'AUTHORITY' AND (
                    EXISTS (SELECT FROM household_registration WHERE researcher_id = person
                      AND superseded_at IS NULL AND legal_today() BETWEEN valid_from AND coalesce(valid_until, 'infinity')
                      AND province_of(division) = here)
                    OR EXISTS (SELECT FROM personnel_relation relation JOIN organisation home ON home.id = relation.home_unit_id
                      WHERE relation.researcher_id = person AND relation.superseded_at IS NULL
                      AND legal_today() BETWEEN relation.valid_from AND coalesce(relation.valid_until, 'infinity')
                      AND home.province = here)
                    OR (by_issuer AND EXISTS (SELECT FROM credential JOIN organisation issuer ON issuer.id = credential.issuer_id
                      WHERE credential.researcher_id = person AND issuer.province = here))
                    OR (by_host AND EXISTS (SELECT FROM placement JOIN organisation side ON side.id IN (home_unit_id, host_unit_id)
                      WHERE placement.researcher_id = person AND side.province = here
                      AND (state IN ('AGREED', 'ACTIVE', 'SUSPENDED') OR (state = 'ENDED' AND activated_on IS NOT NULL))))));
        END $$
    """)
    op.execute("""
        CREATE FUNCTION is_own_issuer(issuer uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            RETURN (actor('kind') = 'ISSUER' AND issuer = actor('organisation')::uuid)
                OR (actor('kind') = 'AUTHORITY' AND EXISTS (
                    SELECT FROM organisation WHERE id = issuer AND province = actor('province')));
        END $$
    """)
    op.execute("""
        CREATE FUNCTION may_see_credential(person uuid, issuer uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- An issuer and its province's authority see its own; otherwise the relation must open credentials.
        BEGIN
            RETURN is_own_issuer(issuer) OR may_see_person(person, ARRAY['CREDENTIALS']);
        END $$
    """)
    op.execute("""
        CREATE FUNCTION may_see_placement(person uuid, home uuid, host uuid) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            unit uuid := actor('organisation')::uuid;
        BEGIN
            RETURN has_duty('consequences', 'workload', 'account')
                OR (actor('kind') = 'RESEARCHER' AND person = actor('researcher')::uuid)
                OR (actor('kind') = 'HR' AND unit IN (home, host))
                OR (actor('kind') = 'AUTHORITY' AND EXISTS (
                    SELECT FROM organisation WHERE id IN (home, host) AND province = actor('province')))
                OR has_consent(person, 'PLACEMENTS');
        END $$
    """)
    op.execute("""
        CREATE FUNCTION may_move_placement(person uuid, home uuid, host uuid) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The parties, the authorities of both provinces, and what follows from a credential's fall; no reader else.
        BEGIN
            RETURN has_duty('consequences')
                OR (actor('kind') = 'RESEARCHER' AND person = actor('researcher')::uuid)
                OR (actor('kind') = 'HR' AND actor('organisation')::uuid IN (home, host))
                OR (actor('kind') = 'AUTHORITY' AND EXISTS (
                    SELECT FROM organisation WHERE id IN (home, host) AND province = actor('province')));
        END $$
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        DROP FUNCTION may_move_placement(uuid, uuid, uuid)
    """)
    op.execute("""
        DROP FUNCTION may_see_placement(uuid, uuid, uuid)
    """)
    op.execute("""
        DROP FUNCTION may_see_credential(uuid, uuid)
    """)
    op.execute("""
        DROP FUNCTION is_own_issuer(uuid)
    """)
    op.execute("""
        DROP FUNCTION may_see_person(uuid, text[])
    """)
    for function in (
        "is_placed_with(uuid, uuid)",
        "province_of_person(uuid, timestamptz, uuid, boolean)",
        "home_unit_of(uuid, timestamptz, uuid)",
        "registers(uuid, uuid)",
        "has_consent(uuid, text[])",
    ):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("""
        DROP FUNCTION province_of(text)
    """)
    op.execute("""
        DROP FUNCTION has_duty(text[])
    """)
    op.execute("""
        DROP FUNCTION actor(text)
    """)
