"""A case keeps the facts that its decision was told, and what it grants covers no others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_FUNCTIONS = ("told_facts(jsonb)", "covers_facts(jsonb, jsonb)")
# Function, what stands in it, what is added to it.
_ADDITIONS = (
    (
        "is_confirmed_in_a_case(uuid)",
        "AND opened.outcome = made.outcome AND opened.rule = made.rule",
        " AND covers_facts(opened.told, told_facts(made.facts))",
    ),
    (
        "proceeding_rests_on_its_decision()",
        "WHERE made.id = NEW.decision_id AND credential.issuer_id = NEW.issuer_id",
        " AND covers_facts(NEW.told, told_facts(made.facts)) AND covers_facts(told_facts(made.facts), NEW.told)",
    ),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_functions()
    op.add_column("proceeding", sa.Column("told", postgresql.JSONB()))
    op.execute("ALTER TABLE proceeding DISABLE TRIGGER final")
    op.execute(
        "UPDATE proceeding SET told = told_facts(made.facts) FROM recognition_decision made WHERE made.id = decision_id"
    )
    op.execute("ALTER TABLE proceeding ENABLE TRIGGER final")
    op.alter_column("proceeding", "told", nullable=False)
    for function, old, added in _ADDITIONS:
        _change(function, old, old + added)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for function, old, added in _ADDITIONS:
        _change(function, old + added, old)
    op.drop_column("proceeding", "told")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")


def _create_functions() -> None:
    op.execute("""
        CREATE FUNCTION told_facts(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
        SET search_path = public, pg_temp AS $$
        -- [name, value] of each fact, once, whoever stated it and whenever it was recorded.
        SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(fact -> 'name', fact -> 'value')), '[]')
        FROM jsonb_array_elements(facts) fact $$
    """)
    op.execute("""
        CREATE FUNCTION covers_facts(seen jsonb, now jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
        SET search_path = public, pg_temp AS $$
        -- Each fact seen is still told, and none of the credential has come up since.
        SELECT NOT EXISTS (SELECT value FROM jsonb_array_elements(seen) EXCEPT SELECT value FROM jsonb_array_elements(now))
            AND NOT EXISTS (SELECT FROM (
                SELECT value FROM jsonb_array_elements(now) EXCEPT SELECT value FROM jsonb_array_elements(seen)
            ) new WHERE value ->> 0 NOT LIKE 'holder.%') $$
    """)
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO talent_registry_app")


def _change(function: str, old: str, new: str) -> None:
    """Change one condition; the rest of the function stays as it is, whatever it has become since."""
    op.execute(f"""
        DO $do$
        DECLARE
            before text := pg_get_functiondef('{function}'::regprocedure);
            after text := replace(before, $old${old}$old$, $new${new}$new$);
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION '{function} does not read as expected';
            END IF;
            EXECUTE after;
        END $do$
    """)
