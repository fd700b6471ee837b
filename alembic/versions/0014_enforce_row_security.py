"""The second wall: who may see and write which rows, decided again by the database."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Rows about a person, seen through may_see_person.
PERSONAL = (
    "researcher_name",
    "identity_document",
    "household_registration",
    "personnel_relation",
    "profile_item",
    "consent",
    "access",
)
OTHERS = (
    "organisation",
    "committee_filing",
    "credential",
    "credential_version",
    "credential_status",
    "recognition_decision",
    "placement",
    "placement_signature",
)

_APP_ADDS = "FOR INSERT TO talent_registry_app WITH CHECK"
_APP_CLOSES = "FOR UPDATE TO talent_registry_app USING"
_REGISTERS = "has_duty('import', 'match', 'account') AND actor('kind') IN ('AUTHORITY', 'ISSUER', 'HR', 'OPERATOR')"
_OWN_PROVINCE = (
    "actor('kind') = 'OPERATOR' OR (actor('kind') = 'AUTHORITY' AND province_of(division) = actor('province'))"
)
_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"
_CREDENTIAL = "may_see_credential(researcher_id, issuer_id)"
_OWN_CREDENTIAL = "EXISTS (SELECT FROM credential WHERE credential.id = credential_id AND is_own_issuer(issuer_id))"
_SEEN_CREDENTIAL = "EXISTS (SELECT FROM credential WHERE credential.id = credential_id)"
_PLACEMENT = "may_see_placement(researcher_id, home_unit_id, host_unit_id)"
_SIGNED = (
    "EXISTS (SELECT FROM placement WHERE id = placement_id AND CASE party "
    "WHEN 'RESEARCHER' THEN actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid "
    "WHEN 'HOME_UNIT' THEN actor('kind') = 'HR' AND home_unit_id = actor('organisation')::uuid "
    "WHEN 'HOST_UNIT' THEN actor('kind') = 'HR' AND host_unit_id = actor('organisation')::uuid "
    "ELSE false END)"
)

POLICIES = {
    ("researcher_name", "added"): f"{_APP_ADDS} (({_REGISTERS}) OR actor('kind') IN ('AUTHORITY', 'OPERATOR'))",
    ("researcher_name", "closed"): f"{_APP_CLOSES} (({_REGISTERS}) OR actor('kind') = 'AUTHORITY')",
    ("identity_document", "added"): f"{_APP_ADDS} (({_REGISTERS}) OR actor('kind') IN ('AUTHORITY', 'OPERATOR'))",
    ("identity_document", "closed"): f"{_APP_CLOSES} (({_REGISTERS}) OR actor('kind') = 'AUTHORITY')",
    ("household_registration", "added"): f"{_APP_ADDS} (({_REGISTERS}) OR {_OWN_PROVINCE})",
    ("household_registration", "closed"): f"{_APP_CLOSES} (({_REGISTERS}) OR {_OWN_PROVINCE})",
    ("personnel_relation", "added"): (
        f"{_APP_ADDS} (({_REGISTERS}) OR EXISTS (SELECT FROM organisation home WHERE home.id = home_unit_id AND "
        "(actor('kind') = 'OPERATOR' OR (actor('kind') = 'AUTHORITY' AND home.province = actor('province')) "
        "OR (actor('kind') = 'HR' AND home.id = actor('organisation')::uuid))))"
    ),
    ("personnel_relation", "closed"): f"{_APP_CLOSES} (({_REGISTERS}) OR may_see_person(researcher_id))",
    ("profile_item", "seen_by_anyone"): (
        "FOR SELECT TO talent_registry_app USING (visibility = 'PUBLIC' AND superseded_at IS NULL "
        "AND actor('kind') <> 'ANONYMOUS')"
    ),
    ("profile_item", "added"): f"{_APP_ADDS} ({_SELF})",
    ("profile_item", "closed"): f"{_APP_CLOSES} ({_SELF})",
    ("consent", "added"): f"{_APP_ADDS} ({_SELF})",
    ("consent", "closed"): f"{_APP_CLOSES} ({_SELF})",
    ("access", "added"): f"{_APP_ADDS} (true)",
    ("organisation", "seen"): "FOR SELECT TO talent_registry_app USING (true)",
    ("organisation", "added"): f"{_APP_ADDS} (has_duty('import') OR {_OWN_PROVINCE})",
    ("organisation", "completed"): f"{_APP_CLOSES} ({_OWN_PROVINCE})",
    ("committee_filing", "seen"): "FOR SELECT TO talent_registry_app USING (true)",
    ("committee_filing", "added"): f"{_APP_ADDS} (is_own_issuer(authority_id))",
    ("committee_filing", "closed"): f"{_APP_CLOSES} (is_own_issuer(authority_id))",
    ("credential", "seen"): f"FOR SELECT TO talent_registry_app USING ({_CREDENTIAL})",
    ("credential", "added"): f"{_APP_ADDS} (is_own_issuer(issuer_id))",
    ("credential_version", "seen"): f"FOR SELECT TO talent_registry_app USING ({_SEEN_CREDENTIAL})",
    ("credential_version", "added"): f"{_APP_ADDS} ({_OWN_CREDENTIAL})",
    ("credential_version", "closed"): f"{_APP_CLOSES} ({_OWN_CREDENTIAL})",
    ("credential_status", "seen"): f"FOR SELECT TO talent_registry_app USING ({_SEEN_CREDENTIAL})",
    ("credential_status", "added"): f"{_APP_ADDS} ({_OWN_CREDENTIAL})",
    ("credential_status", "closed"): f"{_APP_CLOSES} ({_OWN_CREDENTIAL})",
    ("recognition_decision", "seen"): (
        "FOR SELECT TO talent_registry_app USING (may_see_person(researcher_id, ARRAY['DECISIONS']) "
        "OR (actor('kind') = 'AUTHORITY' AND target_province = actor('province')))"
    ),
    ("recognition_decision", "added"): f"{_APP_ADDS} (may_see_person(researcher_id))",
    ("placement", "seen"): f"FOR SELECT TO talent_registry_app USING ({_PLACEMENT})",
    ("placement", "added"): (
        f"{_APP_ADDS} (({_SELF}) OR (actor('kind') = 'HR' AND actor('organisation')::uuid IN (home_unit_id, host_unit_id)))"
    ),
    ("placement", "moved_on"): f"{_APP_CLOSES} ({_PLACEMENT})",
    ("placement_signature", "seen"): (
        "FOR SELECT TO talent_registry_app USING (EXISTS (SELECT FROM placement WHERE id = placement_id))"
    ),
    ("placement_signature", "added"): f"{_APP_ADDS} ({_SIGNED})",
}


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
        CREATE FUNCTION may_see_person(person uuid, opened text[] DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The relations of "Who may do what": self, home unit, host unit, consent, issuer, authority of the province.
        -- A duty is set by the one storage function that must look across provinces to do it. `opened`: the consent must
        -- name one of these fields, and being the issuer is not enough; else the end of a page tells of what it hides.
        DECLARE
            who text := actor('kind');
            unit uuid := actor('organisation')::uuid;
        BEGIN
            IF has_duty('verify', 'import', 'match', 'consequences', 'propose', 'recognise', 'account') THEN
                RETURN true;
            ELSIF who = 'RESEARCHER' THEN
                RETURN person = actor('researcher')::uuid;
            ELSIF who IS NULL OR who NOT IN ('HR', 'ISSUER', 'AUTHORITY', 'AGENCY') THEN
                RETURN false;
            END IF;
            RETURN EXISTS (
                    SELECT FROM consent WHERE researcher_id = person AND recipient_id = unit AND withdrawn_at IS NULL
                      AND (opened IS NULL OR fields && opened) AND legal_today() BETWEEN valid_from AND valid_until)
                OR (who = 'HR' AND (
                    EXISTS (SELECT FROM personnel_relation WHERE researcher_id = person AND home_unit_id = unit
                      AND superseded_at IS NULL AND legal_today() BETWEEN valid_from AND coalesce(valid_until, 'infinity'))
                    OR EXISTS (SELECT FROM placement WHERE researcher_id = person
                      AND unit IN (home_unit_id, host_unit_id)
                      AND state IN ('PROPOSED', 'AGREED', 'ACTIVE', 'SUSPENDED'))))
                OR (who = 'ISSUER' AND opened IS NULL AND EXISTS (SELECT FROM credential WHERE researcher_id = person AND issuer_id = unit))
                OR (who = 'AUTHORITY' AND (
                    EXISTS (SELECT FROM household_registration WHERE researcher_id = person
                      AND superseded_at IS NULL AND province_of(division) = actor('province'))
                    OR EXISTS (SELECT FROM personnel_relation relation JOIN organisation home ON home.id = relation.home_unit_id
                      WHERE relation.researcher_id = person AND relation.superseded_at IS NULL
                      AND home.province = actor('province'))
                    OR EXISTS (SELECT FROM credential JOIN organisation issuer ON issuer.id = credential.issuer_id
                      WHERE credential.researcher_id = person AND issuer.province = actor('province'))
                    OR EXISTS (SELECT FROM placement JOIN organisation unit ON unit.id IN (home_unit_id, host_unit_id)
                      WHERE placement.researcher_id = person AND unit.province = actor('province'))));
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
        -- An issuer sees its own; a consent opens credentials only where it names them.
        DECLARE
            who text := actor('kind');
            unit uuid := actor('organisation')::uuid;
        BEGIN
            IF has_duty('verify', 'import', 'match', 'consequences', 'propose', 'recognise', 'account') OR is_own_issuer(issuer) THEN
                RETURN true;
            ELSIF who IN ('RESEARCHER', 'AUTHORITY') THEN
                RETURN may_see_person(person);
            ELSIF unit IS NULL OR who NOT IN ('HR', 'AGENCY') THEN
                RETURN false;
            END IF;
            RETURN EXISTS (
                    SELECT FROM consent WHERE researcher_id = person AND recipient_id = unit AND withdrawn_at IS NULL
                      AND 'CREDENTIALS' = ANY (fields) AND legal_today() BETWEEN valid_from AND valid_until)
                OR (who = 'HR' AND (
                    EXISTS (SELECT FROM personnel_relation WHERE researcher_id = person AND home_unit_id = unit
                      AND superseded_at IS NULL AND legal_today() BETWEEN valid_from AND coalesce(valid_until, 'infinity'))
                    OR EXISTS (SELECT FROM placement WHERE researcher_id = person
                      AND unit IN (home_unit_id, host_unit_id)
                      AND state IN ('PROPOSED', 'AGREED', 'ACTIVE', 'SUSPENDED'))));
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
                OR (actor('kind') IN ('HR', 'AGENCY') AND EXISTS (
                    SELECT FROM consent WHERE researcher_id = person AND recipient_id = unit AND withdrawn_at IS NULL
                      AND 'PLACEMENTS' = ANY (fields) AND legal_today() BETWEEN valid_from AND valid_until));
        END $$
    """)
    for table in (*PERSONAL, *OTHERS):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        # The functions above and the guards run as the owner and must see what they guard.
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    for table in PERSONAL:
        op.execute(
            f"CREATE POLICY seen ON {table} FOR SELECT TO talent_registry_app USING (may_see_person(researcher_id))"
        )
    for policy, rule in POLICIES.items():
        table, name = policy
        op.execute(f"CREATE POLICY {name} ON {table} {rule}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (*PERSONAL, *OTHERS):
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY owner ON {table}")
    for table in PERSONAL:
        op.execute(f"DROP POLICY seen ON {table}")
    for table, name in POLICIES:
        op.execute(f"DROP POLICY {name} ON {table}")
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
    op.execute("""
        DROP FUNCTION province_of(text)
    """)
    op.execute("""
        DROP FUNCTION has_duty(text[])
    """)
    op.execute("""
        DROP FUNCTION actor(text)
    """)
