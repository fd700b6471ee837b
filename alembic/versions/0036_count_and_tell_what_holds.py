"""A placement that ended while it was suspended takes nothing of a day from its suspension on."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_OLD = "least(counted.term_until, counted.ended_on, counted.ends_on)"
# What happened last decides; of one that goes on, the row says already whether it is suspended.
_NEW = """least(counted.term_until, counted.ended_on, counted.ends_on, CASE WHEN counted.state = 'ENDED' THEN (
                    SELECT CASE WHEN happened.event <> 'RESUMED' THEN happened.on_day - 1 END
                    FROM placement_event happened WHERE happened.placement_id = counted.id
                    AND happened.event IN ('SUSPENDED', 'SUSPENDED_WITH_CREDENTIAL', 'RESUMED')
                    ORDER BY happened.id DESC LIMIT 1) END)"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change(_OLD, _NEW)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _change(_NEW, _OLD)


def _change(old: str, new: str) -> None:
    """The rest of the function stays as it is, whatever it has become since."""
    old, new = (text.replace("'", "''") for text in (old, new))
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('active_placement_is_sound()'::regprocedure);
            after text := replace(before, '{old}', '{new}');
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION 'active_placement_is_sound() does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)
