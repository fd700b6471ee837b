"""Organisations and committee filings."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE organisation (
            id UUID NOT NULL,
            name_zh TEXT NOT NULL,
            name_en TEXT,
            kind TEXT NOT NULL,
            division TEXT NOT NULL,
            province TEXT GENERATED ALWAYS AS (left(division, 2) || '0000') STORED NOT NULL,
            social_credit_code TEXT,
            ror_id TEXT,
            registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
            command_id UUID NOT NULL,
            CONSTRAINT pk_organisation PRIMARY KEY (id),
            CONSTRAINT uq_organisation_name_zh_division UNIQUE (name_zh, division),
            CONSTRAINT uq_organisation_social_credit_code UNIQUE (social_credit_code),
            CONSTRAINT fk_organisation_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_organisation_command_id ON organisation (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_organisation_province_id ON organisation (province, id)
    """)
    op.execute("""
        CREATE TABLE committee_filing (
            id UUID NOT NULL,
            filing_number TEXT NOT NULL,
            authority_id UUID NOT NULL,
            committee_name TEXT NOT NULL,
            filed_from DATE NOT NULL,
            filed_to DATE NOT NULL,
            max_level TEXT NOT NULL,
            series TEXT[] NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            superseded_at TIMESTAMP WITH TIME ZONE,
            command_id UUID NOT NULL,
            CONSTRAINT pk_committee_filing PRIMARY KEY (id),
            CONSTRAINT ck_committee_filing_recorded_time_runs_forward CHECK (superseded_at >= recorded_at),
            CONSTRAINT fk_committee_filing_authority_id FOREIGN KEY(authority_id) REFERENCES organisation (id),
            CONSTRAINT fk_committee_filing_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_committee_filing_authority_id ON committee_filing (authority_id)
    """)
    op.execute("""
        CREATE INDEX ix_committee_filing_command_id ON committee_filing (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_committee_filing_filing_number ON committee_filing (filing_number)
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_committee_filing_current ON committee_filing (filing_number) WHERE superseded_at IS NULL
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE committee_filing")
    op.execute("DROP TABLE organisation")
