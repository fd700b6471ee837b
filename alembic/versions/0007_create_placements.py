"""Placements, rounds of terms, signatures and events."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE placement (
            id UUID NOT NULL,
            researcher_id UUID NOT NULL,
            home_unit_id UUID NOT NULL,
            host_unit_id UUID NOT NULL,
            kind TEXT NOT NULL,
            post TEXT NOT NULL,
            post_series TEXT,
            term_from DATE NOT NULL,
            term_until DATE NOT NULL,
            workload_percent SMALLINT NOT NULL,
            state TEXT NOT NULL,
            round INTEGER NOT NULL,
            open_round INTEGER,
            decision_id UUID,
            credential_id UUID,
            activated_on DATE,
            ended_on DATE,
            end_reason TEXT,
            proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            command_id UUID NOT NULL,
            CONSTRAINT pk_placement PRIMARY KEY (id),
            CONSTRAINT ck_placement_workload_is_a_share CHECK (workload_percent between 1 and 100),
            CONSTRAINT ck_placement_term_runs_forward CHECK (term_until >= term_from),
            CONSTRAINT ck_placement_ended_has_a_day CHECK ((state = 'ENDED') = (ended_on IS NOT NULL)),
            CONSTRAINT ck_placement_ended_has_a_reason CHECK ((ended_on IS NULL) = (end_reason IS NULL)),
            CONSTRAINT ck_placement_two_units CHECK (home_unit_id <> host_unit_id),
            CONSTRAINT fk_placement_researcher_id FOREIGN KEY(researcher_id) REFERENCES researcher (id),
            CONSTRAINT fk_placement_home_unit_id FOREIGN KEY(home_unit_id) REFERENCES organisation (id),
            CONSTRAINT fk_placement_host_unit_id FOREIGN KEY(host_unit_id) REFERENCES organisation (id),
            CONSTRAINT fk_placement_decision_id FOREIGN KEY(decision_id) REFERENCES recognition_decision (id),
            CONSTRAINT fk_placement_credential_id FOREIGN KEY(credential_id) REFERENCES credential (id),
            CONSTRAINT fk_placement_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_placement_command_id ON placement (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_placement_credential_id_state ON placement (credential_id, state)
    """)
    op.execute("""
        CREATE INDEX ix_placement_home_unit_id ON placement (home_unit_id)
    """)
    op.execute("""
        CREATE INDEX ix_placement_host_unit_id ON placement (host_unit_id)
    """)
    op.execute("""
        CREATE INDEX ix_placement_researcher_id_state ON placement (researcher_id, state)
    """)
    op.execute("""
        CREATE TABLE placement_round (
            placement_id UUID NOT NULL,
            round INTEGER NOT NULL,
            term_from DATE NOT NULL,
            term_until DATE NOT NULL,
            workload_percent SMALLINT NOT NULL,
            terms JSONB NOT NULL,
            terms_digest TEXT NOT NULL,
            proposed_by TEXT NOT NULL,
            proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            agreed_at TIMESTAMP WITH TIME ZONE,
            command_id UUID NOT NULL,
            CONSTRAINT pk_placement_round PRIMARY KEY (placement_id, round),
            CONSTRAINT fk_placement_round_placement_id FOREIGN KEY(placement_id) REFERENCES placement (id),
            CONSTRAINT fk_placement_round_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_placement_round_command_id ON placement_round (command_id)
    """)
    op.execute("""
        CREATE TABLE placement_signature (
            id UUID NOT NULL,
            placement_id UUID NOT NULL,
            round INTEGER NOT NULL,
            party TEXT NOT NULL,
            terms_digest TEXT NOT NULL,
            account_id UUID NOT NULL,
            signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            command_id UUID NOT NULL,
            CONSTRAINT pk_placement_signature PRIMARY KEY (id),
            CONSTRAINT uq_placement_signature_placement_id_round_party UNIQUE (placement_id, round, party),
            CONSTRAINT fk_placement_signature_placement_id FOREIGN KEY(placement_id) REFERENCES placement (id),
            CONSTRAINT fk_placement_signature_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_placement_signature_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_placement_signature_command_id ON placement_signature (command_id)
    """)
    op.execute("""
        CREATE TABLE placement_event (
            id UUID NOT NULL,
            placement_id UUID NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            on_day DATE NOT NULL,
            event TEXT NOT NULL,
            state TEXT NOT NULL,
            party TEXT NOT NULL,
            province TEXT,
            reason TEXT,
            command_id UUID NOT NULL,
            CONSTRAINT pk_placement_event PRIMARY KEY (id),
            CONSTRAINT fk_placement_event_placement_id FOREIGN KEY(placement_id) REFERENCES placement (id),
            CONSTRAINT fk_placement_event_command_id FOREIGN KEY(command_id) REFERENCES command (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_placement_event_command_id ON placement_event (command_id)
    """)
    op.execute("""
        CREATE INDEX ix_placement_event_placement_id ON placement_event (placement_id)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE placement_event")
    op.execute("DROP TABLE placement_signature")
    op.execute("DROP TABLE placement_round")
    op.execute("DROP TABLE placement")
