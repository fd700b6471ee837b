"""Recognition decisions."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE recognition_decision (
            id UUID NOT NULL,
            credential_id UUID NOT NULL,
            researcher_id UUID NOT NULL,
            target_division TEXT NOT NULL,
            target_province TEXT GENERATED ALWAYS AS (left(target_division, 2) || '0000') STORED NOT NULL,
            target_zone TEXT,
            employer_kind TEXT,
            post_series TEXT,
            decided_for DATE NOT NULL,
            known_at TIMESTAMP WITH TIME ZONE NOT NULL,
            decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
            agreement_version TEXT NOT NULL,
            agreement_digest TEXT NOT NULL,
            outcome TEXT NOT NULL,
            rule TEXT NOT NULL,
            reason_code TEXT NOT NULL,
            message JSONB NOT NULL,
            findings JSONB NOT NULL,
            facts JSONB NOT NULL,
            command_id UUID NOT NULL,
            CONSTRAINT pk_recognition_decision PRIMARY KEY (id),
            CONSTRAINT fk_recognition_decision_credential_id FOREIGN KEY(credential_id) REFERENCES credential (id),
            CONSTRAINT fk_recognition_decision_researcher_id FOREIGN KEY(researcher_id) REFERENCES researcher (id),
            CONSTRAINT fk_recognition_decision_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_recognition_decision_command_id ON recognition_decision (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_recognition_decision_credential_id ON recognition_decision (credential_id)
    """)
    op.execute("""
        CREATE INDEX ix_recognition_decision_researcher_id ON recognition_decision (researcher_id)
    """)
    op.execute("""
        CREATE INDEX ix_recognition_decision_target_province_id ON recognition_decision (target_province, id)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE recognition_decision")
