"""Checking a draft of the agreement on the command line: what it says and how it ends."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.drafts import a_case, a_version, cases_file, changed_case, listings, widened

FIRST = date(2027, 1, 1)
MOVED = a_version(FIRST) + listings(("510300", "500107", date(2021, 3, 29)))


def written(folder: Path, texts: dict[str, str]) -> list[str]:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [str(folder / name) for name in texts]


def test_a_sound_draft_passes_and_shows_its_digest(run: Run, tmp_path: Path) -> None:
    files = written(tmp_path, widened(FIRST) | cases_file(a_case("N1", FIRST, outcome="AUTO")))
    told = run("--lang", "en", "agreement", "check", *files)
    assert told.exit_code == 0
    assert "Version SC-CQ/2027-01-01, in force from 2027-01-01." in told.output
    assert "1 cases of its own, 22 settled; 0 answers changed." in told.output
    assert "The draft passes." in told.output
    found = json.loads(run("agreement", "check", "--json", *files).output)
    assert found["digest"] in told.output
    assert (found["passes"], found["objections"], found["from"]) == (True, [], "2027-01-01")


def test_a_draft_that_changes_a_settled_case_in_silence_is_objected_to(run: Run, tmp_path: Path) -> None:
    files = written(tmp_path, {"draft.toml": MOVED})
    told = run("agreement", "check", *files)
    assert told.exit_code == 1
    assert "草案改变了已定示例 C05 的结论" in told.output
    assert "The draft changes settled case C05" in told.output
    found = json.loads(run("agreement", "check", "--json", *files).output)
    assert [(one["reason"], one["case_id"]) for one in found["objections"]] == [("SETTLED_CASE_CHANGED", "C05")]


def test_a_change_that_is_named_is_shown_with_its_reason(run: Run, tmp_path: Path) -> None:
    told = run("--lang", "en", "agreement", "check", *written(tmp_path, {"draft.toml": MOVED + changed_case("C05")}))
    assert told.exit_code == 0
    assert "C05: AUTO (R2a, SC_CQ_LOCAL_RECIPROCAL) → VERIFY (R2b, SC_CQ_LOCAL_VERIFY): the list grew" in told.output


@pytest.mark.parametrize("text", ["[[versions", MOVED.replace("500107", "500199")])
def test_a_faulty_draft_names_file_and_key(run: Run, tmp_path: Path, text: str) -> None:
    told = run("agreement", "check", *written(tmp_path, {"draft.toml": text}))
    assert told.exit_code == 2
    assert "draft.toml: " in told.output
    assert "draft.toml：" in told.output


def test_two_files_of_one_name_are_refused_and_none_is_left_out(run: Run, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    files = [file for folder in folders for file in written(folder, widened(FIRST))]
    told = run("agreement", "check", *files)
    assert told.exit_code == 2
    assert "Two files of the draft have the same name: draft.toml" in told.output


def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    told = run("agreement", "check", str(tmp_path / "none.toml"))
    assert told.exit_code == 2
    assert "none.toml" in told.output


def test_a_draft_is_checked_against_what_stands_in_the_registry(run: Run, tmp_path: Path) -> None:
    files = written(tmp_path, widened(FIRST))
    told = run("agreement", "check", "--registry", "--json", *files)
    assert told.exit_code == 0
    assert json.loads(told.output) == json.loads(run("agreement", "check", "--json", *files).output)
    away = run(
        "agreement", "check", "--registry", *files, TALENT_REGISTRY_DATABASE_URL="postgresql+psycopg://a@localhost:1/x"
    )
    assert away.exit_code == 3
