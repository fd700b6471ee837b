"""Commands, and the ledger in which each has one entry."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE command (
            id UUID NOT NULL,
            caller TEXT NOT NULL,
            idempotency_key TEXT NOT NULL,
            name TEXT NOT NULL,
            input_digest BYTEA NOT NULL,
            started_at TIMESTAMP WITH TIME ZONE NOT NULL,
            result JSONB,
            CONSTRAINT pk_command PRIMARY KEY (id),
            CONSTRAINT uq_command_caller_idempotency_key UNIQUE (caller, idempotency_key),
            CONSTRAINT ck_command_idempotency_key_bounded CHECK (length(idempotency_key) between 1 and 200)
        )
    """)
    op.execute("""
        CREATE TABLE ledger_entry (
            sequence BIGINT NOT NULL,
            command_id UUID NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            actor_kind TEXT NOT NULL,
            account_id UUID,
            organisation_id UUID,
            name TEXT NOT NULL,
            subjects JSONB NOT NULL,
            body JSONB NOT NULL,
            previous_hash BYTEA NOT NULL,
            hash BYTEA NOT NULL,
            CONSTRAINT pk_ledger_entry PRIMARY KEY (sequence),
            CONSTRAINT uq_ledger_entry_command_id UNIQUE (command_id),
            CONSTRAINT fk_ledger_entry_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_ledger_entry_subjects ON ledger_entry USING gin (subjects)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE ledger_entry")
    op.execute("DROP TABLE command")
