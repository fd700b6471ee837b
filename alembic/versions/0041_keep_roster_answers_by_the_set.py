"""Answers of a roster are kept as sets: some thousand lines in one row, which are written and read together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# Asked once a statement, not once a row.
WORKS = "(SELECT actor('kind') = 'CLOCK' AND has_duty('verify'))"
SEEN_ROSTER = "EXISTS (SELECT FROM roster WHERE id = roster_id)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _move_away()
    op.create_table(
        "roster_answer",
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("verdicts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("credential_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint(
            "cardinality(lines) > 0 AND cardinality(lines) = ALL (ARRAY[cardinality(verdicts), cardinality(reasons), "
            "cardinality(credential_ids)])",
            name="ck_roster_answer_is_whole",
        ),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name="fk_roster_answer_roster_id"),
        sa.PrimaryKeyConstraint("roster_id", "first_line", name="pk_roster_answer"),
    )
    op.execute("""
        INSERT INTO roster_answer (roster_id, first_line, at, lines, verdicts, reasons, credential_ids)
        SELECT roster_id, min(line), at, array_agg(line), array_agg(verdict), array_agg(reason),
            array_agg(credential_id)
        FROM old_roster_answer GROUP BY roster_id, at
    """)
    op.drop_table("old_roster_answer")
    _guard()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _move_away()
    op.create_table(
        "roster_answer",
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Uuid()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name="fk_roster_answer_roster_id"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_roster_answer_credential_id"),
        sa.PrimaryKeyConstraint("roster_id", "line", name="pk_roster_answer"),
    )
    op.create_index(
        "ix_roster_answer_credential_id",
        "roster_answer",
        ["credential_id"],
        postgresql_where=sa.text("credential_id IS NOT NULL"),
    )
    op.execute("""
        INSERT INTO roster_answer (roster_id, line, verdict, reason, credential_id, at)
        SELECT roster_id, line, verdict, reason, credential_id, at
        FROM old_roster_answer, unnest(lines, verdicts, reasons, credential_ids)
            AS row(line, verdict, reason, credential_id)
    """)
    op.drop_table("old_roster_answer")
    _guard()


def _move_away() -> None:
    op.rename_table("roster_answer", "old_roster_answer")
    op.execute("ALTER INDEX pk_roster_answer RENAME TO pk_old_roster_answer")
    op.execute("ALTER TABLE old_roster_answer RENAME CONSTRAINT fk_roster_answer_roster_id TO fk_old_roster_answer")
    op.execute("ALTER INDEX IF EXISTS ix_roster_answer_credential_id RENAME TO ix_old_roster_answer_credential_id")


def _guard() -> None:
    app = "TO talent_registry_app"
    op.execute("GRANT SELECT, INSERT ON roster_answer TO talent_registry_app")
    op.execute("ALTER TABLE roster_answer ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE roster_answer FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON roster_answer TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY seen ON roster_answer FOR SELECT {app} USING ({SEEN_ROSTER})")
    op.execute(f"CREATE POLICY added ON roster_answer FOR INSERT {app} WITH CHECK ({WORKS})")
    op.execute("""
        CREATE TRIGGER final BEFORE UPDATE ON roster_answer FOR EACH ROW EXECUTE FUNCTION row_is_final()
    """)
