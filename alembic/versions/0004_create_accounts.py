"""Accounts and attempt counters."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE account (
            id UUID NOT NULL,
            login TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            kind TEXT NOT NULL,
            organisation_id UUID,
            researcher_id UUID,
            purposes TEXT[] DEFAULT '{}' NOT NULL,
            opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
            closed_at TIMESTAMP WITH TIME ZONE,
            command_id UUID NOT NULL,
            CONSTRAINT pk_account PRIMARY KEY (id),
            CONSTRAINT ck_account_office_or_person CHECK ((organisation_id IS NULL) <> (researcher_id IS NULL)),
            CONSTRAINT ck_account_person_is_a_researcher CHECK ((kind = 'RESEARCHER') = (researcher_id IS NOT NULL)),
            CONSTRAINT uq_account_login UNIQUE (login),
            CONSTRAINT fk_account_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id),
            CONSTRAINT uq_account_researcher_id UNIQUE (researcher_id),
            CONSTRAINT fk_account_researcher_id FOREIGN KEY(researcher_id) REFERENCES researcher (id),
            CONSTRAINT fk_account_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_account_command_id ON account (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_account_organisation_id ON account (organisation_id)
    """)
    op.execute("""
        CREATE TABLE attempt (
            scope TEXT NOT NULL,
            subject_digest BYTEA NOT NULL,
            window_start TIMESTAMP WITH TIME ZONE NOT NULL,
            count INTEGER NOT NULL,
            CONSTRAINT pk_attempt PRIMARY KEY (scope, subject_digest, window_start)
        )
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE attempt")
    op.execute("DROP TABLE account")
