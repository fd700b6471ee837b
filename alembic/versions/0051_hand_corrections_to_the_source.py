"""What is wrong of a person's name, documents and household is asked of the authority that keeps it, and of no other."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_OF_A_UNIT = """NEW.source_id IS NOT NULL AND NOT EXISTS (SELECT FROM organisation
                WHERE id = NEW.source_id AND province = NEW.body_province)"""
_OF_ANYBODY = f"""{_OF_A_UNIT}
            OR NEW.source_id IS NULL AND NEW.body_province IS DISTINCT FROM province_of_person(NEW.researcher_id)"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _check(_OF_ANYBODY)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _check(_OF_A_UNIT)


def _check(province: str) -> None:
    op.execute(f"""
        CREATE OR REPLACE FUNCTION correction_case_has_its_source() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
        BEGIN
            IF NEW.credential_id IS NOT NULL AND NOT EXISTS (SELECT FROM credential
                WHERE id = NEW.credential_id AND researcher_id = NEW.researcher_id AND issuer_id = NEW.source_id)
            OR NEW.fact = 'PERSONNEL_RELATION' AND NEW.source_id IS DISTINCT FROM home_unit_of(NEW.researcher_id)
            OR {province} THEN
                RAISE EXCEPTION 'a correction is asked of the source of the fact' USING ERRCODE = 'TR001';
            END IF;
            RETURN NEW;
        END $$
    """)
