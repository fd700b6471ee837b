"""The second wall: who may see and write which rows, decided again by the database."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Rows about a person, seen through may_see_person, and the field that a relation must open to show them.
PERSONAL = {
    "researcher_name": "NAME",
    "identity_document": "DOCUMENTS",
    "household_registration": "HOUSEHOLD",
    "personnel_relation": "PERSONNEL_RELATION",
    "profile_item": None,
    "consent": None,
    "access": None,
}
OTHERS = (
    "organisation",
    "committee_filing",
    "credential",
    "credential_version",
    "credential_status",
    "recognition_decision",
    "placement",
    "placement_round",
    "placement_signature",
    "placement_event",
)

_APP_ADDS = "FOR INSERT TO talent_registry_app WITH CHECK"
_APP_CLOSES = "FOR UPDATE TO talent_registry_app USING"
_REGISTERS = "registers(researcher_id, command_id)"
_IMPORTS = "has_duty('import') AND actor('kind') IN ('AUTHORITY', 'ISSUER')"
# The province is that of the record before the command, of what is asked only where there is none.
_AUTHORITY = "actor('kind') = 'AUTHORITY' AND actor('province') ="
_OF_PERSON = f"({_AUTHORITY} province_of_person(researcher_id, recorded_at, command_id))"
_OF_PERSON_NOW = f"({_AUTHORITY} province_of_person(researcher_id))"
_OF_HOUSEHOLD = (
    f"({_AUTHORITY} coalesce(province_of_person(researcher_id, recorded_at, command_id), province_of(division)))"
)
_OF_RELATION = (
    f"({_AUTHORITY} coalesce(province_of_person(researcher_id, recorded_at, command_id, true), "
    "(SELECT home.province FROM organisation home WHERE home.id = home_unit_id)))"
)
_OF_RELATION_NOW = f"({_AUTHORITY} province_of_person(researcher_id, by_relation => true))"
_HR_OF = "actor('kind') = 'HR' AND actor('organisation')::uuid ="
_GIVEN_RELATION = "has_consent(researcher_id, 'PERSONNEL_RELATION')"
_OWN_PROVINCE = (
    "actor('kind') = 'OPERATOR' OR (actor('kind') = 'AUTHORITY' AND province_of(division) = actor('province'))"
)
_SELF = "actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid"
_CREDENTIAL = "may_see_credential(researcher_id, issuer_id)"
_OWN_CREDENTIAL = "EXISTS (SELECT FROM credential WHERE credential.id = credential_id AND is_own_issuer(issuer_id))"
_SEEN_CREDENTIAL = "EXISTS (SELECT FROM credential WHERE credential.id = credential_id)"
_PLACEMENT = "may_see_placement(researcher_id, home_unit_id, host_unit_id)"
_SEEN_PLACEMENT = "EXISTS (SELECT FROM placement WHERE id = placement_id)"
_MOVES = "may_move_placement(researcher_id, home_unit_id, host_unit_id)"
_MOVED_PLACEMENT = f"EXISTS (SELECT FROM placement WHERE id = placement_id AND {_MOVES})"
_SIGNED = (
    "EXISTS (SELECT FROM placement WHERE id = placement_id AND CASE party "
    "WHEN 'RESEARCHER' THEN actor('kind') = 'RESEARCHER' AND researcher_id = actor('researcher')::uuid "
    "WHEN 'HOME_UNIT' THEN actor('kind') = 'HR' AND home_unit_id = actor('organisation')::uuid "
    "WHEN 'HOST_UNIT' THEN actor('kind') = 'HR' AND host_unit_id = actor('organisation')::uuid "
    "ELSE false END)"
)

POLICIES = {
    ("researcher_name", "added"): f"{_APP_ADDS} ({_REGISTERS} OR {_OF_PERSON})",
    ("researcher_name", "closed"): f"{_APP_CLOSES} ({_OF_PERSON_NOW})",
    ("identity_document", "added"): f"{_APP_ADDS} ({_REGISTERS} OR {_OF_PERSON})",
    ("identity_document", "closed"): f"{_APP_CLOSES} ({_OF_PERSON_NOW})",
    ("household_registration", "added"): (
        f"{_APP_ADDS} (actor('kind') = 'OPERATOR' OR ({_IMPORTS}) OR {_REGISTERS} OR {_OF_HOUSEHOLD})"
    ),
    ("household_registration", "closed"): (
        f"{_APP_CLOSES} (actor('kind') = 'OPERATOR' OR ({_IMPORTS}) OR {_OF_PERSON_NOW})"
    ),
    ("personnel_relation", "added"): (
        f"{_APP_ADDS} (actor('kind') = 'OPERATOR' OR ({_IMPORTS}) OR {_REGISTERS} OR {_OF_RELATION} "
        f"OR ({_HR_OF} home_unit_of(researcher_id, recorded_at, command_id)) "
        # Whoever takes in also keeps, for the days before, the relation that ends.
        f"OR (actor('kind') = 'HR' AND {_GIVEN_RELATION} AND home_unit_id IN ("
        "actor('organisation')::uuid, home_unit_of(researcher_id, recorded_at, command_id))))"
    ),
    ("personnel_relation", "closed"): (
        f"{_APP_CLOSES} (actor('kind') = 'OPERATOR' OR ({_IMPORTS}) OR {_OF_RELATION_NOW} "
        f"OR ({_HR_OF} home_unit_id) OR (actor('kind') = 'HR' AND {_GIVEN_RELATION}))"
    ),
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
    ("placement", "moved_on"): f"{_APP_CLOSES} ({_MOVES})",
    ("placement_round", "seen"): f"FOR SELECT TO talent_registry_app USING ({_SEEN_PLACEMENT})",
    ("placement_round", "added"): f"{_APP_ADDS} ({_MOVED_PLACEMENT})",
    ("placement_round", "closed"): f"{_APP_CLOSES} ({_MOVED_PLACEMENT})",
    ("placement_event", "seen"): f"FOR SELECT TO talent_registry_app USING ({_SEEN_PLACEMENT})",
    ("placement_event", "added"): f"{_APP_ADDS} ({_MOVED_PLACEMENT})",
    ("placement_signature", "seen"): f"FOR SELECT TO talent_registry_app USING ({_SEEN_PLACEMENT})",
    ("placement_signature", "added"): f"{_APP_ADDS} ({_SIGNED})",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (*PERSONAL, *OTHERS):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        # The functions above and the guards run as the owner and must see what they guard.
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    for table, field in PERSONAL.items():
        opened = "" if field is None else f", ARRAY['{field}']"
        op.execute(
            f"CREATE POLICY seen ON {table} FOR SELECT TO talent_registry_app "
            f"USING (may_see_person(researcher_id{opened}))"
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
