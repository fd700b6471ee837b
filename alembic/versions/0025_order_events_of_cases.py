"""What happens in a case is ordered by the database's clock and happens once, whichever server wrote it."""

from alembic import op
from sqlalchemy import text

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ONCE = {
    "begun": "event IN ('OPENED', 'OVERRIDE_PROPOSED')",
    "ended": "event IN ('DECIDED', 'LAPSED', 'WITHDRAWN', 'OVERRIDE_APPROVED', 'OVERRIDE_DECLINED')",
    "appealed": "event = 'APPEALED'",
    "appeal_decided": "event = 'APPEAL_DECIDED'",
}
_OPENED_AT = "(SELECT min(at) FROM proceeding_event WHERE proceeding_id = opened.id)"
_BY_ID = (
    "WHERE proceeding_id = opened.id AND outcome IS NOT NULL ORDER BY id DESC LIMIT 1",
    "WHERE made.id = decided ORDER BY opened.id DESC LIMIT 1",
)
_BY_TIME = (
    "WHERE proceeding_id = opened.id AND outcome IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1",
    f"WHERE made.id = decided ORDER BY {_OPENED_AT} DESC, opened.id DESC LIMIT 1",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, events in _ONCE.items():
        op.create_index(
            f"uq_proceeding_event_{name}",
            "proceeding_event",
            ["proceeding_id"],
            unique=True,
            postgresql_where=text(events),
        )
    op.execute("""
        CREATE FUNCTION proceeding_event_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        DECLARE
            latest date;
            ended boolean;
        BEGIN
            SELECT max(on_day), coalesce(bool_or(event IN
                ('DECIDED', 'LAPSED', 'WITHDRAWN', 'OVERRIDE_APPROVED', 'OVERRIDE_DECLINED')), false)
            INTO latest, ended FROM proceeding_event WHERE proceeding_id = NEW.proceeding_id;
            IF NEW.on_day < latest THEN
                RAISE EXCEPTION 'nothing happens in a case before what happened before' USING ERRCODE = 'TR001';
            END IF;
            IF NEW.event IN ('EVIDENCE_REQUESTED', 'EVIDENCE_GIVEN') AND ended THEN
                RAISE EXCEPTION 'no evidence is taken in a case that has ended' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER follows BEFORE INSERT ON proceeding_event FOR EACH ROW "
        "EXECUTE FUNCTION proceeding_event_follows()"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION proceeding_event_follows() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION proceeding_event_follows() TO talent_registry_app")
    _change(_BY_ID, _BY_TIME)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change(_BY_TIME, _BY_ID)
    op.execute("DROP TRIGGER follows ON proceeding_event")
    op.execute("DROP FUNCTION proceeding_event_follows()")
    for name in _ONCE:
        op.drop_index(f"uq_proceeding_event_{name}", "proceeding_event")


def _change(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """The rest of the guard stays as it is, whatever it has become since."""
    for before, after in zip(old, new, strict=True):
        op.execute(f"""
            DO $$
            DECLARE
                before text := pg_get_functiondef('is_confirmed_in_a_case(uuid)'::regprocedure);
                after text := replace(before, '{before}', '{after}');
            BEGIN
                IF after = before THEN
                    RAISE EXCEPTION 'the guard of confirmed answers does not read as expected';
                END IF;
                EXECUTE after;
            END $$
        """)
