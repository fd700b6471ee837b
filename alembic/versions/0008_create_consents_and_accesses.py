"""Consents and the looks others took."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE consent (
            id UUID NOT NULL,
            researcher_id UUID NOT NULL,
            recipient_id UUID NOT NULL,
            purpose TEXT NOT NULL,
            fields TEXT[] NOT NULL,
            valid_from DATE NOT NULL,
            valid_until DATE NOT NULL,
            granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
            withdrawn_at TIMESTAMP WITH TIME ZONE,
            command_id UUID NOT NULL,
            CONSTRAINT pk_consent PRIMARY KEY (id),
            CONSTRAINT ck_consent_valid_time_runs_forward CHECK (valid_until >= valid_from),
            CONSTRAINT ck_consent_opens_something CHECK (cardinality(fields) > 0),
            CONSTRAINT fk_consent_researcher_id FOREIGN KEY(researcher_id) REFERENCES researcher (id),
            CONSTRAINT fk_consent_recipient_id FOREIGN KEY(recipient_id) REFERENCES organisation (id),
            CONSTRAINT fk_consent_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_consent_command_id ON consent (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_consent_recipient_id ON consent (recipient_id, researcher_id) WHERE withdrawn_at IS NULL
    """)
    op.execute("""
        CREATE INDEX ix_consent_researcher_id ON consent (researcher_id, id)
    """)
    op.execute("""
        CREATE TABLE access (
            id UUID NOT NULL,
            researcher_id UUID NOT NULL,
            account_id UUID,
            organisation_id UUID,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            purpose TEXT NOT NULL,
            basis TEXT NOT NULL,
            fields TEXT[] NOT NULL,
            command_id UUID,
            CONSTRAINT pk_access PRIMARY KEY (id),
            CONSTRAINT fk_access_researcher_id FOREIGN KEY(researcher_id) REFERENCES researcher (id),
            CONSTRAINT fk_access_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_access_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id),
            CONSTRAINT fk_access_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_access_command_id ON access (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_access_researcher_id ON access (researcher_id, id)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE access")
    op.execute("DROP TABLE consent")
