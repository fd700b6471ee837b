"""Flows between the provinces: figures published once a quarter, final, open to all; counted by the clock alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

COUNTS = "(SELECT actor('kind') = 'CLOCK' AND has_duty('publish'))"
# What a count reads; organisations and commands everybody may read. Named so that it is asked before `seen`.
READ = ("recognition_decision", "proceeding", "proceeding_event", "placement", "placement_event")
BY_TIME = {"recognition_decision": "decided_at", "proceeding_event": "at", "placement_event": "at"}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "flow_edition",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tables", postgresql.JSONB(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "edition", name="pk_flow_edition"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_flow_edition_command_id"),
    )
    op.create_index("ix_flow_edition_command_id", "flow_edition", ["command_id"])
    op.execute("GRANT SELECT, INSERT ON flow_edition TO talent_registry_app")
    op.execute("""
        CREATE TRIGGER final BEFORE UPDATE OR DELETE ON flow_edition FOR EACH ROW EXECUTE FUNCTION row_is_final()
    """)
    op.execute("""
        CREATE TRIGGER never_emptied BEFORE TRUNCATE ON flow_edition FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()
    """)
    op.execute("ALTER TABLE flow_edition ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE flow_edition FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON flow_edition TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("CREATE POLICY seen ON flow_edition FOR SELECT TO talent_registry_app USING (true)")
    # One edition: the difference of two would tell of one person.
    op.execute(f"""
        CREATE POLICY added ON flow_edition FOR INSERT TO talent_registry_app WITH CHECK ({COUNTS} AND edition = 1)
    """)
    for table in READ:
        op.execute(f"CREATE POLICY tallied ON {table} FOR SELECT TO talent_registry_app USING ({COUNTS})")
    for table, column in BY_TIME.items():
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="brin")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, column in BY_TIME.items():
        op.drop_index(f"ix_{table}_{column}", table)
    for table in READ:
        op.execute(f"DROP POLICY tallied ON {table}")
    op.drop_table("flow_edition")
