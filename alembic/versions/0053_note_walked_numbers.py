"""That somebody walks through numbers is noted once per episode, for the authority of the caller's province alone."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_OWN = "actor('kind') = 'AUTHORITY' AND province = actor('province')"
_BY_ONESELF = (
    "account_id IS NOT DISTINCT FROM actor('account')::uuid "
    "AND organisation_id IS NOT DISTINCT FROM actor('organisation')::uuid AND roster_id IS NULL"
)
_OF_ROSTER = (
    "actor('kind') = 'CLOCK' AND EXISTS (SELECT FROM roster WHERE roster.id = roster_id "
    "AND roster.account_id IS NOT DISTINCT FROM number_walk.account_id "
    "AND roster.organisation_id IS NOT DISTINCT FROM number_walk.organisation_id)"
)
_TRUE_PROVINCE = (
    "province = coalesce((SELECT unit.province FROM organisation unit WHERE unit.id = organisation_id), "
    "(SELECT province_of_person(holder.researcher_id) FROM account holder WHERE holder.id = account_id))"
)
_KINDS = "kind IN ('INCONSISTENCY')"
_KINDS_TOO = "kind IN ('INCONSISTENCY', 'WALK')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "number_walk",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid()) for name in ("account_id", "organisation_id", "roster_id")),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("0 < misses AND misses <= tried", name=op.f("ck_number_walk_missed")),
        sa.PrimaryKeyConstraint("id", name="pk_number_walk"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_number_walk_account_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_number_walk_organisation_id"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name="fk_number_walk_roster_id"),
    )
    op.create_index("ix_number_walk_province_id", "number_walk", ["province", "id"])
    op.create_index(
        "uq_number_walk_roster_id",
        "number_walk",
        ["roster_id"],
        unique=True,
        postgresql_where=sa.text("roster_id IS NOT NULL"),
    )
    op.execute("GRANT SELECT, INSERT ON number_walk TO talent_registry_app")
    op.execute(
        "CREATE TRIGGER final BEFORE UPDATE OR DELETE ON number_walk FOR EACH ROW EXECUTE FUNCTION row_is_final()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON number_walk FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()"
    )
    op.execute("ALTER TABLE number_walk ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE number_walk FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON number_walk TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY seen ON number_walk FOR SELECT TO talent_registry_app USING ({_OWN})")
    op.execute(
        "CREATE POLICY added ON number_walk FOR INSERT TO talent_registry_app "
        f"WITH CHECK (({_TRUE_PROVINCE}) AND (({_BY_ONESELF}) OR ({_OF_ROSTER})))"
    )
    _kinds(_KINDS_TOO)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Nothing that was recorded is lost by going back: where there is any, this version is the oldest.
    op.execute("""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM number_walk WHERE true) THEN
                RAISE EXCEPTION 'there are walks, which no older version can hold: stay at this version or a newer one';
            END IF;
        END $$
    """)
    _kinds(_KINDS)
    op.drop_table("number_walk")


def _kinds(rule: str) -> None:
    op.drop_constraint(op.f("ck_alert_note_kind_is_known"), "alert_note")
    op.create_check_constraint(op.f("ck_alert_note_kind_is_known"), "alert_note", rule)
