"""A page asks whether a person may be seen once for each person, and looks up what holds of them by plain indexes."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

# What holds of a person or credential on a day: the key of each table.
HOLDING = {
    "researcher_name": "researcher_id",
    "household_registration": "researcher_id",
    "personnel_relation": "researcher_id",
    "credential_status": "credential_id",
}
# The same truth as IS NULL, in words that offer the index of the constraint to no question: to find one row in it costs
# ten times what it costs in a plain index, and the planner cannot tell them apart.
_GUARDS_ALONE = "num_nulls(superseded_at) = 1"
_AS_BEFORE = "superseded_at IS NULL"

# Who is seen as a whole, by a relation that opens every field, is remembered until the transaction asks about the next
# person. Only where it can write nothing: what it sees stays as it is. Whoever can set this can set who asks, too.
_REMEMBERED = "researcher_id = nullif(current_setting('registry.seen', true), '')::uuid"
_DECISIONS = (
    "may_see_person(researcher_id, ARRAY['DECISIONS']) "
    "OR (actor('kind') = 'AUTHORITY' AND target_province = actor('province'))"
)
SEEN = {
    "researcher_name": "may_see_person(researcher_id, ARRAY['NAME'])",
    "identity_document": "may_see_person(researcher_id, ARRAY['DOCUMENTS'])",
    "household_registration": "may_see_person(researcher_id, ARRAY['HOUSEHOLD'])",
    "personnel_relation": "may_see_person(researcher_id, ARRAY['PERSONNEL_RELATION'])",
    "profile_item": "may_see_person(researcher_id)",
    "credential": "may_see_credential(researcher_id, issuer_id)",
    "recognition_decision": _DECISIONS,
}

# As in 0050; %s: what is said of whoever is seen as a whole.
_MAY_SEE_PERSON = """
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
            RETURN %s;
        END IF;
        IF EXISTS (SELECT FROM personnel_relation relation JOIN organisation home ON home.id = relation.home_unit_id
            WHERE relation.researcher_id = person AND relation.superseded_at IS NULL
            AND legal_today() BETWEEN relation.valid_from AND coalesce(relation.valid_until, 'infinity')
            AND home.province = here)
        THEN
            RETURN %s;
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
            RETURN %s;
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
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION sees_all_of(person uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF current_setting('transaction_read_only') = 'on' THEN
                RETURN set_config('registry.seen', person::text, true) IS NOT NULL;
            END IF;
            RETURN true;
        END $$
    """)
    op.execute("REVOKE EXECUTE ON FUNCTION sees_all_of(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION sees_all_of(uuid) TO talent_registry_app")
    op.execute(_MAY_SEE_PERSON.replace("%s", "sees_all_of(person)"))
    for table, rule in SEEN.items():
        op.execute(f"ALTER POLICY seen ON {table} USING ({_REMEMBERED} OR {rule})")
    for table, key in HOLDING.items():
        _one_truth(table, key, _GUARDS_ALONE)
        op.execute(f"DROP INDEX IF EXISTS ix_{table}_current")
        op.execute(f"CREATE INDEX ix_{table}_current ON {table} ({key}, valid_from) WHERE superseded_at IS NULL")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, key in HOLDING.items():
        op.execute(f"DROP INDEX ix_{table}_current")
        if key == "researcher_id":
            op.execute(f"CREATE INDEX ix_{table}_current ON {table} ({key}) WHERE superseded_at IS NULL")
        _one_truth(table, key, _AS_BEFORE)
    for table, rule in SEEN.items():
        op.execute(f"ALTER POLICY seen ON {table} USING ({rule})")
    op.execute(_MAY_SEE_PERSON.replace("%s", "true"))
    op.execute("DROP FUNCTION sees_all_of(uuid)")


def _one_truth(table: str, key: str, recorded_now: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ex_{table}_one_truth_a_day")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ex_{table}_one_truth_a_day EXCLUDE USING gist "
        f"({key} WITH =, daterange(valid_from, valid_until, '[]') WITH &&) WHERE ({recorded_now})"
    )
