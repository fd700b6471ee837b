"""What the commands do, say and exit with."""

import asyncio
import json
from pathlib import Path

import pytest

from talent_registry.api.schema import sdl
from talent_registry.cli import language
from talent_registry.cli.rolls import exit_code
from talent_registry.composition import open_registry
from talent_registry.domain.accounts import Account
from talent_registry.domain.messages import Message
from talent_registry.domain.roll_results import RollCounts
from talent_registry.services import identities
from talent_registry.settings import Settings
from tests.cli.conftest import Run
from tests.conftest import DatabaseUrls, as_superuser

PASSWORD = "correct horse battery"
SICHUAN_HRSS = ("organisation", "register", "--name", "样例大学", "--kind", "UNIVERSITY", "--division", "510100")
CLERK = ("account", "create", "--kind", "hr", "--login", "Clerk-1", "--organisation", "样例大学")


def signed_in(environment: dict[str, str], login: str, password: str = PASSWORD) -> Account:
    """The account that signs in with these."""

    async def work() -> Account:
        settings = Settings.model_validate(
            {
                "database_url": environment["TALENT_REGISTRY_DATABASE_URL"],
                "data": environment["TALENT_REGISTRY_DATA"],
            }
        )
        async with open_registry(settings) as registry:
            return await identities.authenticate(registry, login, password, "here")

    return asyncio.run(work())


def test_it_says_its_version_and_what_its_exit_codes_mean(run: Run) -> None:
    assert run("--version").output.startswith("talent-registry ")
    helped = run("--help")
    assert helped.exit_code == 0
    for command in (
        "serve",
        "migrate",
        "account",
        "organisation",
        "import",
        "decide",
        "ledger",
        "clocks",
        "schema",
        "demo",
    ):
        assert command in helped.output
    assert "退出码" in helped.output


def test_the_clocks_say_what_they_recorded(run: Run) -> None:
    ran = run("clocks", "run", "--help")
    assert "run it daily" in ran.output
    ran = run("clocks", "run")
    assert (ran.exit_code, "Recorded 0 cases" in ran.output) == (0, True)
    assert "Recorded 0 placements whose last day" in ran.output


def test_the_contract_is_printed_as_it_is(run: Run) -> None:
    assert run("schema").output == sdl()


@pytest.mark.parametrize(
    ("arguments", "environment_language", "chinese", "english"),
    [
        ((), "", True, True),
        ((), "C.UTF-8", True, True),
        ((), "zh_CN.UTF-8", True, False),
        ((), "en_GB.UTF-8", False, True),
        (("--lang", "zh"), "en_GB.UTF-8", True, False),
        (("--lang", "both"), "en_GB.UTF-8", True, True),
    ],
)
def test_it_speaks_the_language_of_the_person(
    run: Run, arguments: tuple[str, ...], environment_language: str, *, chinese: bool, english: bool
) -> None:
    said = run(*arguments, "ledger", "verify", LANG=environment_language).output
    assert ("台账完好" in said) == chinese
    assert ("ledger is sound" in said) == english


def test_an_account_is_opened_with_a_password_typed_twice_and_never_shown(
    run: Run, environment: dict[str, str]
) -> None:
    assert run(*SICHUAN_HRSS).exit_code == 0
    done = run(*CLERK, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert signed_in(environment, "clerk-1").kind == "HR"


def test_two_passwords_that_differ_are_asked_again(run: Run, environment: dict[str, str]) -> None:
    run(*SICHUAN_HRSS)
    done = run(*CLERK, typed=f"{PASSWORD}\nanother password\n{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert signed_in(environment, "clerk-1").is_open


def test_a_script_hands_the_password_over_by_standard_input(run: Run, environment: dict[str, str]) -> None:
    run(*SICHUAN_HRSS)
    assert run(*CLERK, "--password-stdin", typed=f"{PASSWORD}\n").exit_code == 0
    assert signed_in(environment, "clerk-1").is_open


def test_the_authority_of_a_province_is_named_by_the_provinces_code(run: Run, environment: dict[str, str]) -> None:
    done = run(
        "account", "create", "--kind", "AUTHORITY", "--login", "officer-1", "--organisation", "510000",
        "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert signed_in(environment, "officer-1").province == "510000"


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "word"),
    [
        (("--kind", "hr", "--organisation", "无此单位"), PASSWORD, 1, "no such record"),
        (("--kind", "hr", "--organisation", "样例大学"), "short", 2, "12 characters"),
        (("--kind", "authority", "--organisation", "样例大学"), PASSWORD, 2, "provincial"),
        (("--kind", "researcher", "--researcher", "TR-1"), f"{PASSWORD}\n990000", 2, "public number"),
        (("--kind", "king", "--organisation", "样例大学"), PASSWORD, 2, "king"),
    ],
)
def test_an_account_that_cannot_be_opened_is_explained(
    run: Run, arguments: tuple[str, ...], typed: str, code: int, word: str
) -> None:
    run(*SICHUAN_HRSS)
    done = run("account", "create", "--login", "clerk-1", *arguments, "--password-stdin", typed=f"{typed}\n")
    assert (done.exit_code, word in done.output) == (code, True), done.output
    assert "Traceback" not in done.output


def test_the_same_organisation_twice_is_refused(run: Run) -> None:
    assert run(*SICHUAN_HRSS).exit_code == 0
    again = run(*SICHUAN_HRSS)
    assert again.exit_code == 1
    assert "已登记" in again.output
    assert "registered in this division already" in again.output


def test_a_ledger_that_was_tampered_with_is_found_with_its_position(run: Run, database_urls: DatabaseUrls) -> None:
    for name in ("样例一院", "样例二院", "样例三院"):
        run("organisation", "register", "--name", name, "--kind", "HOSPITAL", "--division", "510100")
    sound = run("ledger", "verify")
    assert sound.exit_code == 0
    with as_superuser(database_urls) as connection:
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        connection.execute("UPDATE ledger_entry SET name = 'recall' WHERE sequence = 2")
    broken = run("ledger", "verify")
    assert broken.exit_code == 1
    assert "第 2 条" in broken.output
    assert "at entry 2" in broken.output


def test_a_command_without_an_entry_makes_the_ledger_unsound(run: Run, database_urls: DatabaseUrls) -> None:
    run(*SICHUAN_HRSS)
    with as_superuser(database_urls) as connection:
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        connection.execute("DELETE FROM ledger_entry WHERE sequence = (SELECT max(sequence) FROM ledger_entry)")
    broken = run("ledger", "verify")
    assert broken.exit_code == 1
    assert "1 commands have no entry" in broken.output


def test_migrations_run_where_the_owner_is_named(run: Run) -> None:
    assert run("migrate").exit_code == 0
    refused = run("migrate", TALENT_REGISTRY_MIGRATOR_DATABASE_URL="")
    assert refused.exit_code == 3
    assert "TALENT_REGISTRY_MIGRATOR_DATABASE_URL" in refused.output


def test_tables_of_another_version_stop_every_command_with_the_remedy(run: Run, database_urls: DatabaseUrls) -> None:
    with as_superuser(database_urls) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    refused = run("ledger", "verify")
    assert refused.exit_code == 3
    assert "talent-registry migrate" in refused.output


def test_settings_that_cannot_be_used_are_listed(run: Run) -> None:
    refused = run("ledger", "verify", TALENT_REGISTRY_PORT="none", TALENT_REGISTRY_WORKERS="0")
    assert refused.exit_code == 3
    assert "TALENT_REGISTRY_PORT" in refused.output
    assert "TALENT_REGISTRY_WORKERS" in refused.output


def test_cases_are_decided_one_a_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text("[]", encoding="utf-8")
    assert (run("decide", "--cases", str(file)).exit_code, run("decide", "--cases", "-", typed="[]").exit_code) == (
        0,
        0,
    )
    file.write_text('[{"case_id": 1}]', encoding="utf-8")
    assert run("decide", "--cases", str(file)).exit_code == 2
    file.write_bytes(b"\xff\xfe\x00")
    assert run("decide", "--cases", str(file)).exit_code == 2
    missing = run("decide", "--cases", str(tmp_path / "missing.json"))
    assert missing.exit_code == 2
    assert "missing.json" in missing.output


def test_cases_of_placements_are_decided_one_a_line(run: Run, tmp_path: Path) -> None:
    file = Path(__file__).parents[1] / "cases" / "placement_cases.json"
    done = run("decide", "--placements", str(file))
    assert done.exit_code == 0
    assert [json.loads(line)["case_id"] for line in done.stdout.splitlines()][:2] == ["P01", "P02"]
    assert run("decide", "--placements", "-", typed="[1]").exit_code == 2
    assert run("decide", "--placements", str(tmp_path / "missing.json")).exit_code == 2


def test_decide_needs_one_file_of_cases(run: Run) -> None:
    for arguments in ((), ("--cases", "-", "--placements", "-"), ("--placements", "-", "--missing")):
        refused = run("decide", *arguments, typed="[]")
        assert refused.exit_code == 2
        assert "--placements" in refused.output


def test_a_roll_is_imported_summed_up_and_not_imported_again(run: Run) -> None:
    roll = Path(__file__).parents[2] / "talent_registry" / "demo" / "samples" / "roll_sichuan.csv"
    first = run("import", str(roll), "--as", "510000")
    assert first.exit_code == 0, first.output
    again = run("import", str(roll), "--as", "四川省人力资源和社会保障厅")
    assert again.exit_code == 0
    assert "was imported before" in again.output
    elsewhere = run("import", str(roll), "--as", "500000")
    assert elsewhere.exit_code == 2
    assert "第 2 行" in elsewhere.output
    assert not [number for number in ("990000196306110007", "990000199212020020") if number in elsewhere.output]


def test_a_file_that_is_no_roll_or_an_authority_nobody_knows_is_explained(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "roll.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert run("import", str(file), "--as", "510000").exit_code == 2
    assert run("import", str(file), "--as", "无此单位").exit_code == 1
    assert run("import", str(tmp_path / "missing.csv"), "--as", "510000").exit_code == 2


@pytest.mark.parametrize(("rows", "refused", "code"), [(0, 0, 0), (5, 0, 0), (5, 1, 1), (5, 5, 2)])
def test_the_exit_code_of_an_import_says_how_much_was_kept(rows: int, refused: int, code: int) -> None:
    assert exit_code(RollCounts(rows, refused, 0)) == code


def test_a_long_message_in_both_languages_takes_two_lines() -> None:
    language.choose(None)
    assert language.worded(Message(zh="好", en="good")) == "好 · good"
    assert "\n" in language.worded(Message(zh="好" * 40, en="good" * 20))


def test_a_case_that_is_decided_is_json(run: Run) -> None:
    done = run("decide", "--cases", "-", typed="[]")
    assert [json.loads(line) for line in done.stdout.splitlines()] == []
