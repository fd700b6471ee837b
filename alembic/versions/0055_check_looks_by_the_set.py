"""What looks refer to is checked once a statement, not once a look: a roster notes a hundred thousand of them."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

NAMES = {
    "researcher_id": "researcher",
    "account_id": "account",
    "organisation_id": "organisation",
    "command_id": "command",
    "share_code_id": "share_code",
}
# Commands and share codes were never erased already.
KEPT = ("researcher", "account", "organisation")
GUARD = "looks_name_what_is_recorded()"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _keep_what_is_named()
    # Each through its primary key, however many there are: a plan made for one look must do for thousands.
    checks = "\n".join(
        f"""
            IF EXISTS (SELECT FROM (SELECT {"" if column == "researcher_id" else "DISTINCT"} {column} AS id FROM added
                    WHERE {column} IS NOT NULL) named WHERE NOT EXISTS (SELECT FROM {table} WHERE id = named.id)) THEN
                RAISE EXCEPTION 'a look names a {table} that is not recorded' USING ERRCODE = 'foreign_key_violation',
                    TABLE = 'access', COLUMN = '{column}';
            END IF;"""
        for column, table in NAMES.items()
    )
    op.execute(f"""
        CREATE FUNCTION {GUARD} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
        SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
        -- What foreign keys would say of the looks added by one statement.
        BEGIN{checks}
            RETURN NULL;
        END $$
    """)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {GUARD} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {GUARD} TO talent_registry_app")
    op.execute(f"""
        CREATE TRIGGER names_what_is_recorded AFTER INSERT ON access REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION {GUARD}
    """)
    for column in NAMES:
        op.execute(f"ALTER TABLE access DROP CONSTRAINT fk_access_{column}")


def _keep_what_is_named() -> None:
    """The other half of a foreign key: what a look names stays, under the id by which it is named."""
    for table in KEPT:
        for name, event, each in (
            ("kept", "DELETE", "ROW"),
            ("never_emptied", "TRUNCATE", "STATEMENT"),
            ("keeps_its_id", "UPDATE OF id", "ROW"),
        ):
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION row_is_final()"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column, table in NAMES.items():
        op.execute(
            f"ALTER TABLE access ADD CONSTRAINT fk_access_{column} FOREIGN KEY ({column}) REFERENCES {table} (id)"
        )
    op.execute("DROP TRIGGER names_what_is_recorded ON access")
    op.execute(f"DROP FUNCTION {GUARD}")
    for table in KEPT:
        for name in ("kept", "never_emptied", "keeps_its_id"):
            op.execute(f"DROP TRIGGER {name} ON {table}")
