"""The clock itself records what silence granted in a case, and finds the placements that are over by their days."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_BEGUN = "state IN ('ACTIVE', 'SUSPENDED')"
_BY_DAYS = """
            SELECT id FROM (
                SELECT id FROM placement WHERE state IN ('ACTIVE', 'SUSPENDED') AND term_until < today
                UNION
                SELECT id FROM placement
                WHERE state IN ('ACTIVE', 'SUSPENDED') AND ends_on IS NOT NULL AND ends_on < today
                UNION
                SELECT id FROM placement WHERE state = 'ACTIVE' AND EXISTS (
                    SELECT FROM credential_version version
                    WHERE version.credential_id = placement.credential_id AND version.superseded_at IS NULL
                      AND version.valid_until < today)
            ) due
            WHERE has_duty('clock') AND actor('kind') IN ('OPERATOR', 'CLOCK') AND (after IS NULL OR id > after)
            ORDER BY id LIMIT number
"""
_BY_EACH = """
            SELECT id FROM placement
            WHERE has_duty('clock') AND actor('kind') IN ('OPERATOR', 'CLOCK')
              AND state IN ('ACTIVE', 'SUSPENDED') AND (after IS NULL OR id > after)
              AND (least(term_until, ends_on) < today OR (state = 'ACTIVE' AND EXISTS (
                SELECT FROM credential_version version
                WHERE version.credential_id = placement.credential_id AND version.superseded_at IS NULL
                  AND version.valid_until < today)))
            ORDER BY id LIMIT number
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE POLICY clocked ON proceeding FOR SELECT TO talent_registry_app
        USING (has_duty('clock') AND actor('kind') = 'CLOCK')
    """)
    op.create_index("ix_placement_term_until", "placement", ["term_until"], postgresql_where=sa.text(_BEGUN))
    op.create_index(
        "ix_placement_ends_on",
        "placement",
        ["ends_on"],
        postgresql_where=sa.text(f"{_BEGUN} AND ends_on IS NOT NULL"),
    )
    _find(_BY_DAYS)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _find(_BY_EACH)
    op.drop_index("ix_placement_ends_on", "placement")
    op.drop_index("ix_placement_term_until", "placement")
    op.execute("DROP POLICY clocked ON proceeding")


def _find(body: str) -> None:
    op.execute(f"""
        CREATE OR REPLACE FUNCTION placements_due(today date, after uuid, number integer) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            -- Whose last day is over, or whose credential was valid until a day before; for whoever keeps the time.
{body}        $$
    """)
