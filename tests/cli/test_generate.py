"""`talent-registry generate`: what it says and what its exit codes mean."""

import json

from tests.cli.conftest import Run


def test_it_generates_says_what_and_does_it_once(run: Run) -> None:
    first = run("--lang", "zh", "generate", "--people", "12", "--seed", "3")
    assert first.exit_code == 0
    assert "样例人员 12 名" in first.output
    again = run("--lang", "en", "generate", "--people", "12", "--seed", "3")
    assert again.exit_code == 0
    assert "generated before" in again.output
    assert "12 sample people" in again.output
    told = json.loads(run("generate", "--people", "12", "--seed", "3", "--json").stdout)
    assert (told["people"], told["seed"], told["replayed"]) == (12, 3, True)
    assert told["rows"] in first.output
    assert run("ledger", "verify").exit_code == 0


def test_where_people_are_real_it_is_refused(run: Run) -> None:
    refused = run("generate", "--people", "5", TALENT_REGISTRY_ALLOW_TEST_IDENTITIES="false")
    assert refused.exit_code == 1
    assert "TALENT_REGISTRY_ALLOW_TEST_IDENTITIES" in refused.output


def test_without_the_owner_of_the_tables_it_cannot_start(run: Run) -> None:
    refused = run("generate", "--people", "5", TALENT_REGISTRY_MIGRATOR_DATABASE_URL="")
    assert refused.exit_code == 3
    assert "TALENT_REGISTRY_MIGRATOR_DATABASE_URL" in refused.output


def test_more_people_than_numbers_cannot_be_used(run: Run) -> None:
    refused = run("generate", "--people", "9000000")
    assert refused.exit_code == 2
    assert "8948500" in refused.output
