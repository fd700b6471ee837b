"""`simulate` on the command line: tables for people, one JSON object for programs, a CSV for spreadsheets."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import DatabaseUrls
from tests.tried_drafts import edited_draft
from tests.whole_registry import write_credentials

AUTO = 'outcome = "AUTO"\nreason_code = "NATIONAL_EXAM"'


@pytest.fixture
def draft(tmp_path: Path, database_urls: DatabaseUrls) -> str:
    """A draft by which national examinations are verified first, and a registry to try it on."""
    write_credentials(database_urls, 200)
    file = tmp_path / "draft.toml"
    file.write_text(edited_draft((AUTO, AUTO.replace("AUTO", "VERIFY")))["draft.toml"], encoding="utf-8")
    return str(file)


def test_a_program_reads_one_object_and_a_spreadsheet_every_change(run: Run, draft: str, tmp_path: Path) -> None:
    out = tmp_path / "changes.csv"
    done = run("simulate", "--draft", draft, "--json", "--csv", str(out), "--on", "2027-01-01")

    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["on"], result["credentials"]) == ("2027-01-01", 200)
    assert {one["change"] for one in result["changes"]} == {"LOSS"}
    table = out.read_bytes()
    assert table.startswith(b"\xef\xbb\xbf")
    assert table.count(b"\r\n") == len(result["changes"]) + 1


@pytest.mark.parametrize(("lang", "told"), [("zh", "将失去依据"), ("en", "would lose their support")])
def test_a_person_reads_tables(run: Run, draft: str, lang: str, told: str) -> None:
    done = run("--lang", lang, "simulate", "--draft", draft, COLUMNS="160")

    assert done.exit_code == 0, done.output
    assert told in done.output
    assert "R3 → R3" in done.output
    assert "重庆市" in done.output


def test_a_draft_saved_with_a_mark_by_windows_and_names_like_mark_up_is_shown_as_written(run: Run, draft: str) -> None:
    file = Path(draft)
    text = file.read_text(encoding="utf-8").replace('id = "R3"', 'id = "R3[/b]"')
    file.write_text(text, encoding="utf-8-sig")
    done = run("simulate", "--draft", draft, COLUMNS="160")
    assert done.exit_code == 0, done.output
    assert "R3[/b]" in done.output


def test_a_draft_that_cannot_be_used_is_explained(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[[clauses]]\nid = 3\n", encoding="utf-8")
    same = tmp_path / "more" / "bad.toml"
    same.parent.mkdir()
    same.write_text("", encoding="utf-8")

    refused = [
        run("simulate", "--draft", str(bad)),
        run("simulate", "--draft", str(tmp_path / "none.toml")),
        run("simulate", "--draft", str(bad), "--draft", str(same)),
    ]

    assert [one.exit_code for one in refused] == [2, 2, 2]
    assert all("bad.toml" in one.output or "none.toml" in one.output for one in refused)


def test_a_csv_that_cannot_be_written_is_explained(run: Run, draft: str, tmp_path: Path) -> None:
    done = run("simulate", "--draft", draft, "--csv", str(tmp_path / "none" / "out.csv"))

    assert done.exit_code == 2
    assert "out.csv" in done.output


def test_a_csv_that_cannot_be_written_is_found_before_anything_is_tried(
    run: Run, draft: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(*_: object, **__: object) -> None:
        raise AssertionError("minutes are spent before the path is looked at")

    monkeypatch.setattr("talent_registry.cli.simulations.on_registry", tried)
    for path in (tmp_path / "none" / "out.csv", tmp_path):
        done = run("simulate", "--draft", draft, "--csv", str(path))
        assert (done.exit_code, str(path) in done.output.replace("\n", "")) == (2, True)


def test_a_simulation_that_fails_leaves_the_csv_as_it_was(run: Run, tmp_path: Path) -> None:
    bad, old, new = tmp_path / "bad.toml", tmp_path / "old.csv", tmp_path / "new.csv"
    bad.write_text("[[clauses]]", encoding="utf-8")
    old.write_text("before", encoding="utf-8")
    for path in (old, new):
        assert run("simulate", "--draft", str(bad), "--csv", str(path)).exit_code == 2
    assert (old.read_text(encoding="utf-8"), new.exists()) == ("before", False)
