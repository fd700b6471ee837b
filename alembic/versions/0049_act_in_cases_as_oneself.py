"""What happens in a case, and who watches a credential, is recorded for whoever acts and for nobody else."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

# The second pair of eyes on an appeal is told by its account, so no account is lent another's name.
_OWN_NAME = (
    "account_id IS NOT DISTINCT FROM actor('account')::uuid "
    "AND organisation_id IS NOT DISTINCT FROM actor('organisation')::uuid"
)
_OWN_ACT = f"{_OWN_NAME} AND actor_kind = actor('kind')"
# What time brings about is recorded by whoever comes upon it, and is nobody's act.
_OF_TIME = "actor_kind = 'CLOCK' AND account_id IS NULL AND organisation_id IS NULL"
_RULES = {
    "correction_event": _OWN_ACT,
    "proceeding_event": f"({_OWN_ACT}) OR ({_OF_TIME})",
    "credential_watch": _OWN_NAME,
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, rule in _RULES.items():
        op.execute(
            f"CREATE POLICY by_oneself ON {table} AS RESTRICTIVE FOR INSERT TO talent_registry_app WITH CHECK ({rule})"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in _RULES:
        op.execute(f"DROP POLICY by_oneself ON {table}")
