"""A person reports a look at the own record; the authority of whoever looked finds whether there was ground for it."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_OF_PERSON = "'NAME', 'DOCUMENT', 'HOUSEHOLD', 'PERSONNEL_RELATION'"
_BY_AUTHORITY = "'NAME', 'DOCUMENT', 'HOUSEHOLD'"
_CHECKS = {
    "of_credential_or_person": (
        f"(credential_id IS NULL) = (fact IN ({_OF_PERSON}))",
        f"(credential_id IS NULL) = (fact IN ({_OF_PERSON}, 'LOOK'))",
    ),
    "has_its_source": (
        f"(source_id IS NULL) = (fact IN ({_BY_AUTHORITY}))",
        f"(source_id IS NULL) = (fact IN ({_BY_AUTHORITY}, 'LOOK'))",
    ),
}
_DISPUTED = "AND is_correction_pending(opened.id)"
_DISPUTED_FACTS = "AND opened.fact <> 'LOOK' AND is_correction_pending(opened.id)"
_SOURCE = "OR NEW.fact = 'PERSONNEL_RELATION' AND"
_SOURCE_OF_LOOK = (
    "OR NEW.access_id IS NOT NULL AND NOT EXISTS (SELECT FROM access look "
    "LEFT JOIN organisation looker ON looker.id = look.organisation_id WHERE look.id = NEW.access_id "
    "AND look.researcher_id = NEW.researcher_id "
    "AND NEW.body_province = coalesce(looker.province, province_of_person(NEW.researcher_id))) " + _SOURCE
)
_OF_OFFICE = "OR NEW.source_id IS NULL AND NEW.body_province"
_OF_OFFICE_OR_LOOK = "OR NEW.source_id IS NULL AND NEW.access_id IS NULL AND NEW.body_province"
_DECIDES = "OR NEW.outcome = 'CORRECTED' AND NOT was_corrected_by(opened, NEW.command_id)) THEN"
_DECIDES_TOO = (
    "OR (NEW.outcome = 'UPHELD') AND opened.fact <> 'LOOK' OR NEW.outcome = 'CORRECTED' AND opened.fact = 'LOOK' "
    "OR EXISTS (SELECT FROM access look WHERE look.id = opened.access_id AND look.account_id = NEW.account_id) "
    + _DECIDES
)
_TOLD = (
    "'case.correction_' || lower(happened.event), "
    "jsonb_strip_nulls(jsonb_build_object('on', happened.on_day, 'outcome', happened.outcome)), happened.id "
    "FROM (SELECT * FROM correction_event WHERE command_id = changes_of.command) happened UNION ALL"
)
# Whoever looked is told at the end, of the account and the day alone: nothing of the person, of grounds or of reasons.
_TOLD_TOO = (
    "CASE opened.fact WHEN 'LOOK' THEN 'case.look_' ELSE 'case.correction_' END || lower(happened.event), "
    "jsonb_strip_nulls(jsonb_build_object('on', happened.on_day, 'outcome', happened.outcome)), happened.id "
    "FROM (SELECT * FROM correction_event WHERE command_id = changes_of.command) happened "
    "JOIN correction_case opened ON opened.id = happened.case_id UNION ALL "
    "SELECT 'Organisation', look.organisation_id, 'case.look_upheld', jsonb_strip_nulls(jsonb_build_object("
    "'on', happened.on_day, 'lookedOn', (look.at AT TIME ZONE 'Asia/Shanghai')::date, 'account', look.account_id)), "
    "happened.id FROM correction_event happened JOIN correction_case opened ON opened.id = happened.case_id "
    "JOIN access look ON look.id = opened.access_id "
    "WHERE happened.command_id = changes_of.command AND happened.outcome = 'UPHELD' "
    "AND look.organisation_id IS NOT NULL UNION ALL"
)
_PARTS = "SELECT source_id, opened.researcher_id, opened.body_province FROM correction_case opened"
_PARTS_TOO = "SELECT has_part.record, NULL, NULL WHERE subject_kind = 'Organisation' UNION ALL " + _PARTS


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("correction_case", sa.Column("access_id", sa.Uuid()))
    op.create_foreign_key("fk_correction_case_access_id", "correction_case", "access", ["access_id"], ["id"])
    op.create_index("ix_correction_case_access_id", "correction_case", ["access_id"])
    for name, (_, new) in _CHECKS.items():
        _check(name, new)
    op.create_check_constraint(
        op.f("ck_correction_case_of_a_look"), "correction_case", "(access_id IS NULL) = (fact <> 'LOOK')"
    )
    op.execute(
        "CREATE POLICY seen_by_body ON access FOR SELECT TO talent_registry_app USING (actor('kind') = 'AUTHORITY' "
        "AND EXISTS (SELECT FROM correction_case WHERE access_id = access.id AND body_province = actor('province') OFFSET 0))"
    )
    _change("disputed_facts", _DISPUTED, _DISPUTED_FACTS)
    _change("correction_case_has_its_source", _SOURCE, _SOURCE_OF_LOOK)
    _change("correction_case_has_its_source", _OF_OFFICE, _OF_OFFICE_OR_LOOK)
    _change("correction_event_is_due", _DECIDES, _DECIDES_TOO)
    _change("changes_of", _TOLD, _TOLD_TOO)
    _change("has_part", _PARTS, _PARTS_TOO)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Nothing that was recorded is lost by going back: where there is any, this version is the oldest.
    op.execute("""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM correction_case WHERE fact = 'LOOK') THEN
                RAISE EXCEPTION 'there are reported looks, which no older version can hold: stay at this version or a newer one';
            END IF;
        END $$
    """)
    _change("has_part", _PARTS_TOO, _PARTS)
    _change("changes_of", _TOLD_TOO, _TOLD)
    _change("correction_event_is_due", _DECIDES_TOO, _DECIDES)
    _change("correction_case_has_its_source", _OF_OFFICE_OR_LOOK, _OF_OFFICE)
    _change("correction_case_has_its_source", _SOURCE_OF_LOOK, _SOURCE)
    _change("disputed_facts", _DISPUTED_FACTS, _DISPUTED)
    op.execute("DROP POLICY seen_by_body ON access")
    op.drop_constraint(op.f("ck_correction_case_of_a_look"), "correction_case")
    for name, (old, _) in _CHECKS.items():
        _check(name, old)
    op.drop_column("correction_case", "access_id")


def _check(name: str, rule: str) -> None:
    # As the convention for names had it when the table was made.
    full = op.f(f"ck_correction_case_ck_correction_case_{name}")
    op.drop_constraint(full, "correction_case")
    op.create_check_constraint(full, "correction_case", rule)


def _change(function: str, old: str, new: str) -> None:
    """The rest of the function stays as it is, whatever it has become since."""
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('{function}'::regproc);
            after text := replace(before, $old${old}$old$, $new${new}$new$);
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION 'the function {function} does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)
