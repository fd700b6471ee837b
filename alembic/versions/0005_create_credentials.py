"""Credentials with their versions and day-by-day status."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE credential (
            id UUID NOT NULL,
            kind TEXT NOT NULL,
            number TEXT NOT NULL,
            issuer_id UUID NOT NULL,
            researcher_id UUID NOT NULL,
            registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
            command_id UUID NOT NULL,
            CONSTRAINT pk_credential PRIMARY KEY (id),
            CONSTRAINT uq_credential_issuer_id_kind_number UNIQUE (issuer_id, kind, number),
            CONSTRAINT fk_credential_issuer_id FOREIGN KEY(issuer_id) REFERENCES organisation (id),
            CONSTRAINT fk_credential_researcher_id FOREIGN KEY(researcher_id) REFERENCES researcher (id),
            CONSTRAINT fk_credential_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_credential_command_id ON credential (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_credential_number ON credential (number)
    """)
    op.execute("""
        CREATE INDEX ix_credential_researcher_id ON credential (researcher_id)
    """)
    op.execute("""
        CREATE TABLE credential_version (
            id UUID NOT NULL,
            credential_id UUID NOT NULL,
            title_code TEXT,
            title_name TEXT,
            series TEXT,
            level TEXT,
            specialty TEXT,
            route TEXT NOT NULL,
            issuer_kind TEXT NOT NULL,
            issuer_division TEXT NOT NULL,
            filing_number TEXT,
            approval_date DATE,
            certificate_medium TEXT NOT NULL,
            found_in_lookup BOOLEAN NOT NULL,
            delegated BOOLEAN NOT NULL,
            delegation_level TEXT,
            targeted_area TEXT[],
            origin_division TEXT,
            details JSONB DEFAULT '{}' NOT NULL,
            defaulted TEXT[] DEFAULT '{}' NOT NULL,
            source_id UUID NOT NULL,
            valid_from DATE NOT NULL,
            valid_until DATE,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            superseded_at TIMESTAMP WITH TIME ZONE,
            command_id UUID NOT NULL,
            CONSTRAINT pk_credential_version PRIMARY KEY (id),
            CONSTRAINT ck_credential_version_valid_time_runs_forward CHECK (valid_until >= valid_from),
            CONSTRAINT ck_credential_version_recorded_time_runs_forward CHECK (superseded_at >= recorded_at),
            CONSTRAINT fk_credential_version_credential_id FOREIGN KEY(credential_id) REFERENCES credential (id),
            CONSTRAINT fk_credential_version_source_id FOREIGN KEY(source_id) REFERENCES organisation (id),
            CONSTRAINT fk_credential_version_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_credential_version_command_id ON credential_version (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_credential_version_credential_id ON credential_version (credential_id)
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_credential_version_current ON credential_version (credential_id) WHERE superseded_at IS NULL
    """)
    op.execute("""
        CREATE INDEX ix_credential_version_issued ON credential_version (issuer_division, valid_from)
        WHERE superseded_at IS NULL
    """)
    op.execute("""
        CREATE TABLE credential_status (
            id UUID NOT NULL,
            credential_id UUID NOT NULL,
            status TEXT NOT NULL,
            ground TEXT,
            valid_from DATE NOT NULL,
            valid_until DATE,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            superseded_at TIMESTAMP WITH TIME ZONE,
            command_id UUID NOT NULL,
            CONSTRAINT pk_credential_status PRIMARY KEY (id),
            CONSTRAINT ck_credential_status_valid_time_runs_forward CHECK (valid_until >= valid_from),
            CONSTRAINT ck_credential_status_recorded_time_runs_forward CHECK (superseded_at >= recorded_at),
            CONSTRAINT fk_credential_status_credential_id FOREIGN KEY(credential_id) REFERENCES credential (id),
            CONSTRAINT fk_credential_status_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_credential_status_command_id ON credential_status (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_credential_status_credential_id ON credential_status (credential_id)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE credential_status")
    op.execute("DROP TABLE credential_version")
    op.execute("DROP TABLE credential")
