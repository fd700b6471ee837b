"""A case ends as corrected only where the record that was disputed reads otherwise on the day on which it was."""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

# What each fact of a person says, besides when it began.
_SAYS = {
    "NAME": ("researcher_name", "name_zh, name_en"),
    "DOCUMENT": ("identity_document", "kind, number_digest"),
    "HOUSEHOLD": ("household_registration", "division"),
    "PERSONNEL_RELATION": ("personnel_relation", "home_unit_id, file_unit_id, insurance_division"),
}
_OF_CREDENTIAL = {
    "TITLE_NAME": "title_name",
    "SERIES": "series",
    "LEVEL": "level",
    "SPECIALTY": "specialty",
    "FILING_NUMBER": "filing_number",
    "APPROVAL_DATE": "approval_date",
    "ISSUE_DATE": "valid_from",
    "VALID_UNTIL": "valid_until",
}
_HEAD = """
    CREATE OR REPLACE FUNCTION was_corrected_by(opened correction_case, command uuid) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    persons = "\n".join(_of_person(fact, table, says) for fact, (table, says) in _SAYS.items())
    credentials = "\n".join(f"WHEN '{fact}' THEN ROW (version.{name}::text)" for fact, name in _OF_CREDENTIAL.items())
    op.execute(f"""{_HEAD}
        -- Whether what this very transaction's command recorded makes a record that held on the day of the dispute read
        -- otherwise on that day: one more record beside it does not, nor does one from a later day on. Where nothing
        -- held on that day, whatever was recorded is the correction. What this transaction has ended is what it wrote
        -- over; nothing but the row itself says by whom it was ended.
        SELECT CASE (opened).fact
            {persons}
            WHEN 'LOOK' THEN false
            ELSE coalesce((
                SELECT CASE (opened).fact {credentials.replace("version.", "written.")} END
                    IS DISTINCT FROM CASE (opened).fact {credentials.replace("version.", "ended.")} END
                FROM credential_version written, credential_version ended
                WHERE written.credential_id = (opened).credential_id AND written.command_id = command
                    AND written.superseded_at IS NULL
                    AND ended.credential_id = (opened).credential_id AND ended.command_id <> command
                    AND ended.xmin = pg_current_xact_id()::xid AND ended.superseded_at IS NOT NULL
            ), false)
        END
    $$""")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    persons = "\n".join(
        f"WHEN '{fact}' THEN EXISTS (SELECT FROM {table} "
        "WHERE researcher_id = (opened).researcher_id AND command_id = command)"
        for fact, (table, _) in _SAYS.items()
    )
    op.execute(f"""{_HEAD}
        -- Whether this command recorded the fact anew.
        SELECT CASE (opened).fact
            {persons}
            ELSE EXISTS (SELECT FROM credential_version
                WHERE credential_id = (opened).credential_id AND command_id = command) END
    $$""")


def _of_person(fact: str, table: str, says: str) -> str:
    on_the_day = (
        "researcher_id = (opened).researcher_id AND valid_from <= (opened).opened_on "
        "AND coalesce(valid_until, 'infinity') >= (opened).opened_on"
    )
    before = (
        f"SELECT {says}, valid_from FROM {table} WHERE {on_the_day} AND command_id <> command "
        f"AND (superseded_at IS NULL OR {table}.xmin = pg_current_xact_id()::xid)"
    )
    after = f"SELECT {says}, valid_from FROM {table} WHERE {on_the_day} AND superseded_at IS NULL"
    return (
        f"WHEN '{fact}' THEN EXISTS (SELECT FROM {table} "
        f"WHERE researcher_id = (opened).researcher_id AND command_id = command) "
        f"AND (NOT EXISTS ({before}) OR EXISTS ({before} EXCEPT {after}))"
    )
