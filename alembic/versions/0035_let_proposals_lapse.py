"""Terms to which nobody replied in time lapse, by the clock alone."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_AGREED = "IF NEW.state = 'AGREED' AND OLD.state = 'PROPOSED' AND ("
_LAPSED = (
    "IF NEW.state = 'LAPSED' AND NOT (has_duty('clock') AND actor('kind') IN ('OPERATOR', 'CLOCK')) THEN "
    "RAISE EXCEPTION 'a proposal lapses by the clock' USING ERRCODE = 'TR005'; END IF; "
)
# What stands in placement_keeps_to_its_states(), and what stands in its place.
_CHANGES = (
    ("IN ('ENDED', 'DECLINED', 'WITHDRAWN')", "IN ('ENDED', 'DECLINED', 'WITHDRAWN', 'LAPSED')"),
    ("('PROPOSED', 'WITHDRAWN'),", "('PROPOSED', 'WITHDRAWN'), ('PROPOSED', 'LAPSED'),"),
    (_AGREED, _LAPSED + _AGREED),
)
_FUNCTION = "placements_waiting(date, uuid, integer)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for old, new in _CHANGES:
        _change(old, new)
    op.execute("CREATE INDEX ix_placement_waiting ON placement (id) WHERE open_round IS NOT NULL")
    op.execute("""
        CREATE FUNCTION placements_waiting(today date, after uuid, number integer) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Whose terms were proposed before today and wait for signatures; for whoever keeps the time.
            SELECT id FROM placement JOIN placement_round waits ON placement_id = id AND waits.round = open_round
            WHERE has_duty('clock') AND actor('kind') IN ('OPERATOR', 'CLOCK')
              AND open_round IS NOT NULL AND (after IS NULL OR id > after)
              AND waits.proposed_at < (today::timestamp AT TIME ZONE 'Asia/Shanghai')
            ORDER BY id LIMIT number
        $$
    """)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {_FUNCTION} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_FUNCTION} TO talent_registry_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"DROP FUNCTION {_FUNCTION}")
    op.drop_index("ix_placement_waiting", table_name="placement")
    for old, new in reversed(_CHANGES):
        _change(new, old)


def _change(old: str, new: str) -> None:
    """The rest of the function stays as it is, whatever it has become since."""
    old, new = (text.replace("'", "''") for text in (old, new))
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('placement_keeps_to_its_states()'::regprocedure);
            after text := replace(before, '{old}', '{new}');
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION 'placement_keeps_to_its_states() does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)
