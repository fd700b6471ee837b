"""Row security asks for each relation by a statement of its own, so that no relation is planned anew for each row."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

# Rows seen by whoever sees the record that they belong to.
SEEN_WITH = {
    "credential_version": "credential",
    "credential_status": "credential",
    "placement_round": "placement",
    "placement_event": "placement",
    "placement_signature": "placement",
    "placement_end": "placement",
    "proceeding_event": "proceeding",
    "notice_receipt": "notice",
    "roster_part": "roster",
    "roster_answer": "roster",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # The same relations as before, in the order of their cost. In one expression with the kind of the caller in it a
    # plan for that kind always looked cheaper than one for all, and so the expression was planned again at each row.
    op.execute("""
        CREATE OR REPLACE FUNCTION may_see_person(person uuid, opened text[] DEFAULT NULL) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
            ELSIF who = 'AUTHORITY' THEN
                IF EXISTS (SELECT FROM household_registration WHERE researcher_id = person
                    AND superseded_at IS NULL AND legal_today() BETWEEN valid_from AND coalesce(valid_until, 'infinity')
                    AND province_of(division) = here)
                THEN
                    RETURN true;
                END IF;
                IF EXISTS (SELECT FROM personnel_relation relation JOIN organisation home ON home.id = relation.home_unit_id
                    WHERE relation.researcher_id = person AND relation.superseded_at IS NULL
                    AND legal_today() BETWEEN relation.valid_from AND coalesce(relation.valid_until, 'infinity')
                    AND home.province = here)
                THEN
                    RETURN true;
                END IF;
                IF by_issuer AND EXISTS (SELECT FROM credential JOIN organisation issuer ON issuer.id = credential.issuer_id
                    WHERE credential.researcher_id = person AND issuer.province = here)
                THEN
                    RETURN true;
                END IF;
                RETURN by_host AND EXISTS (SELECT FROM placement JOIN organisation side ON side.id IN (home_unit_id, host_unit_id)
                    WHERE placement.researcher_id = person AND side.province = here
                    AND (state IN ('AGREED', 'ACTIVE', 'SUSPENDED') OR (state = 'ENDED' AND activated_on IS NOT NULL)));
            ELSIF who = 'HR' THEN
                IF EXISTS (SELECT FROM personnel_relation WHERE researcher_id = person AND home_unit_id = unit
                    AND superseded_at IS NULL AND legal_today() BETWEEN valid_from AND coalesce(valid_until, 'infinity'))
                THEN
                    RETURN true;
                END IF;
                IF has_consent(person, VARIADIC opened) THEN
                    RETURN true;
                END IF;
                RETURN by_host AND is_placed_with(person, unit);
            ELSIF who = 'ISSUER' THEN
                RETURN by_issuer AND EXISTS (SELECT FROM credential WHERE researcher_id = person AND issuer_id = unit);
            ELSIF who = 'AGENCY' THEN
                RETURN has_consent(person, VARIADIC opened);
            END IF;
            RETURN false;
        END $$
    """)
    op.execute("""
        CREATE OR REPLACE FUNCTION is_own_issuer(issuer uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF actor('kind') = 'ISSUER' THEN
                RETURN issuer = actor('organisation')::uuid;
            ELSIF actor('kind') = 'AUTHORITY' THEN
                RETURN EXISTS (SELECT FROM organisation WHERE id = issuer AND province = actor('province'));
            END IF;
            RETURN false;
        END $$
    """)
    # The offset keeps the question to the one record; it could be answered for the whole table at once otherwise, with
    # row security asked about each of its rows.
    for table, record in SEEN_WITH.items():
        op.execute(
            f"ALTER POLICY seen ON {table} USING (EXISTS (SELECT FROM {record} WHERE {record}.id = {record}_id OFFSET 0))"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, record in SEEN_WITH.items():
        op.execute(
            f"ALTER POLICY seen ON {table} USING (EXISTS (SELECT FROM {record} WHERE {record}.id = {record}_id))"
        )
    op.execute("""
        CREATE OR REPLACE FUNCTION is_own_issuer(issuer uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            RETURN (actor('kind') = 'ISSUER' AND issuer = actor('organisation')::uuid)
                OR (actor('kind') = 'AUTHORITY' AND EXISTS (
                    SELECT FROM organisation WHERE id = issuer AND province = actor('province')));
        END $$
    """)
    op.execute("""
        CREATE OR REPLACE FUNCTION may_see_person(person uuid, opened text[] DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql STABLE
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
