"""No day of what ended while suspended counts from then on; who has an account is told of needs and by rolls."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_COUNTED = "least(counted.term_until, counted.ended_on, counted.ends_on)"
# What happened last decides; of one that goes on, the row says already whether it is suspended.
_COUNTED_NOW = """least(counted.term_until, counted.ended_on, counted.ends_on, CASE WHEN counted.state = 'ENDED' THEN (
                    SELECT CASE WHEN happened.event <> 'RESUMED' THEN happened.on_day - 1 END
                    FROM placement_event happened WHERE happened.placement_id = counted.id
                    AND happened.event IN ('SUSPENDED', 'SUSPENDED_WITH_CREDENTIAL', 'RESUMED')
                    ORDER BY happened.id DESC LIMIT 1) END)"""

_OPTED_IN = "WHERE opens_to_matching(person, 'CREDENTIALS')"
_HAS_ACCOUNT = "EXISTS (SELECT FROM account WHERE account.researcher_id = person AND account.closed_at IS NULL)"
_MANY = "announce_to_many(uuid, timestamptz)"
_WRITTEN = "written AS ("
# To each holder with an account what a roll corrects of hers.
_CORRECTED = """corrected AS (
                SELECT DISTINCT credential.id, credential.researcher_id
                FROM ledger_entry entry JOIN credential_version version ON version.command_id = entry.command_id
                JOIN credential ON credential.id = version.credential_id
                    AND credential.command_id <> version.command_id
                WHERE entry.command_id = announce_to_many.command AND entry.name = 'importRoll' AND EXISTS (
                    SELECT FROM account WHERE account.researcher_id = credential.researcher_id
                    AND account.closed_at IS NULL)),
            """
_RETURNED = "RETURNING position, subject"
_CORRECTIONS = """UNION ALL
                SELECT gen_random_uuid(), 'credential.corrected', opaque_id('Credential', corrected.id),
                    announce_to_many.at, '{}'::jsonb, announce_to_many.command
                FROM corrected
                """
_HOLDERS = "JOIN recorded ON subject"
_ALL_HOLDERS = """JOIN (
                    SELECT id, researcher_id FROM recorded UNION ALL SELECT id, researcher_id FROM corrected) own
                    ON subject"""
# Function, what stands in it, what stands in its place.
_CHANGES = (
    ("active_placement_is_sound()", _COUNTED, _COUNTED_NOW),
    ("tell_of_opportunity(uuid, uuid[], uuid)", _OPTED_IN, f"{_OPTED_IN} AND {_HAS_ACCOUNT}"),
    (_MANY, _WRITTEN, _CORRECTED + _WRITTEN),
    (_MANY, _RETURNED, _CORRECTIONS + _RETURNED),
    (_MANY, _HOLDERS, _ALL_HOLDERS),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for function, old, new in _CHANGES:
        _change(function, old, new)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for function, old, new in reversed(_CHANGES):
        _change(function, new, old)


def _change(function: str, old: str, new: str) -> None:
    """The rest of the function stays as it is, whatever it has become since."""
    old, new = (text.replace("'", "''") for text in (old, new))
    op.execute(f"""
        DO $change$
        DECLARE
            before text := pg_get_functiondef('{function}'::regprocedure);
            after text := replace(before, '{old}', '{new}');
        BEGIN
            IF after = before THEN
                RAISE EXCEPTION '{function} does not read as expected';
            END IF;
            EXECUTE after;
        END $change$
    """)
