"""Integrity records against people: kept by the authority of a province, append-only, a fact of decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_APP = "TO talent_registry_app"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "integrity_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("researcher_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_record")),
        sa.ForeignKeyConstraint(["researcher_id"], ["researcher.id"], name=op.f("fk_integrity_record_researcher_id")),
        sa.ForeignKeyConstraint(["source_id"], ["organisation.id"], name=op.f("fk_integrity_record_source_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_integrity_record_command_id")),
        sa.CheckConstraint(
            "act IN ('RECORDED', 'CORRECTED', 'LIFTED', 'ANNULLED')", name=op.f("ck_integrity_record_act_is_known")
        ),
        sa.CheckConstraint(
            "(act = 'RECORDED') = (because IS NULL)", name=op.f("ck_integrity_record_a_change_has_its_ground")
        ),
        sa.CheckConstraint("found_on <= valid_from", name=op.f("ck_integrity_record_found_before_it_begins")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_integrity_record_valid_time_runs_forward")),
        sa.CheckConstraint("superseded_at >= recorded_at", name=op.f("ck_integrity_record_recorded_time_runs_forward")),
    )
    op.create_index("ix_integrity_record_command_id", "integrity_record", ["command_id"])
    op.create_index("ix_integrity_record_researcher_id", "integrity_record", ["researcher_id"])
    op.create_index(
        "uq_integrity_record_current",
        "integrity_record",
        ["record_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    _guard()
    _enforce()


def _guard() -> None:
    op.execute("""
        CREATE TRIGGER only_superseded BEFORE UPDATE OR DELETE ON integrity_record
        FOR EACH ROW EXECUTE FUNCTION fact_is_only_superseded('superseded_at')
    """)
    op.execute("""
        CREATE TRIGGER never_emptied BEFORE TRUNCATE ON integrity_record
        FOR EACH STATEMENT EXECUTE FUNCTION row_is_final()
    """)
    op.execute("""
        CREATE FUNCTION keeps_integrity(record uuid, person uuid) RETURNS boolean LANGUAGE plpgsql STABLE
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- The first act is for the authority of the person's province or of an issuer's; every later one is for the
        -- province that recorded it, and about the same person.
        DECLARE
            made record;
        BEGIN
            IF actor('kind') IS DISTINCT FROM 'AUTHORITY' THEN
                RETURN false;
            END IF;
            SELECT source_id, researcher_id INTO made FROM integrity_record WHERE record_id = record
                ORDER BY recorded_at, id LIMIT 1;
            IF FOUND THEN
                RETURN made.researcher_id = person AND is_own_issuer(made.source_id);
            END IF;
            RETURN EXISTS (SELECT FROM household_registration WHERE researcher_id = person AND superseded_at IS NULL
                    AND legal_today() BETWEEN valid_from AND coalesce(valid_until, 'infinity')
                    AND province_of(division) = actor('province'))
                OR EXISTS (SELECT FROM personnel_relation relation
                    JOIN organisation home ON home.id = relation.home_unit_id
                    WHERE relation.researcher_id = person AND relation.superseded_at IS NULL
                    AND legal_today() BETWEEN relation.valid_from AND coalesce(relation.valid_until, 'infinity')
                    AND home.province = actor('province'))
                OR EXISTS (SELECT FROM credential WHERE researcher_id = person AND is_own_issuer(issuer_id));
        END $$
    """)
    op.execute("REVOKE EXECUTE ON FUNCTION keeps_integrity(uuid, uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION keeps_integrity(uuid, uuid) {_APP}")


def _enforce() -> None:
    op.execute(f"GRANT SELECT, INSERT ON integrity_record {_APP}")
    op.execute(f"GRANT UPDATE (superseded_at) ON integrity_record {_APP}")
    op.execute("ALTER TABLE integrity_record ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE integrity_record FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY owner ON integrity_record TO CURRENT_USER USING (true) WITH CHECK (true)")
    # A decision names the days of the record it rests on: whoever may see decisions may know them.
    op.execute(f"""
        CREATE POLICY seen ON integrity_record FOR SELECT {_APP}
        USING (may_see_person(researcher_id, ARRAY['DECISIONS'])
            OR (actor('kind') = 'AUTHORITY' AND is_own_issuer(source_id)))
    """)
    op.execute(f"""
        CREATE POLICY added ON integrity_record FOR INSERT {_APP}
        WITH CHECK (source_id = actor('organisation')::uuid AND keeps_integrity(record_id, researcher_id))
    """)
    op.execute(f"""
        CREATE POLICY closed ON integrity_record FOR UPDATE {_APP} USING (keeps_integrity(record_id, researcher_id))
    """)
    # As the other views of a simulation: read as their owner, so that a scan of everything asks once.
    op.execute("""
        CREATE VIEW simulated_integrity AS
            SELECT record_id, researcher_id, valid_from, valid_until
            FROM integrity_record WHERE superseded_at IS NULL AND act <> 'ANNULLED' AND may_simulate()
    """)
    op.execute(f"GRANT SELECT ON simulated_integrity {_APP}")
    # A sample of the simulation is decided one by one.
    op.execute(f"CREATE POLICY simulated ON integrity_record FOR SELECT {_APP} USING ((SELECT may_simulate()))")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        DROP VIEW simulated_integrity
    """)
    op.drop_table("integrity_record")
    op.execute("""
        DROP FUNCTION keeps_integrity(uuid, uuid)
    """)
