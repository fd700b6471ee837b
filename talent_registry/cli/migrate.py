"""`talent-registry migrate`: bring the tables to the state this version expects."""

from talent_registry.cli.language import say


def migrate() -> None:
    """更新数据库表结构。Bring the tables of the database up to date."""
    from talent_registry.composition import migrate_database
    from talent_registry.settings import load_settings

    revision = migrate_database(load_settings())
    say(f"数据库已是最新：{revision}。", f"The database is up to date: {revision}.")
