"""The story that `talent-registry demo` tells: every promise is kept in it, and it leaves nothing running."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = [
    *("imported", "verified", "recognised", "needs_confirmation", "refused", "profile", "placement"),
    *("overload_refused", "household_refused", "returned_early"),
    *("counter_proposed", "extended", "entitlement", "ended_by_revocation", "ledger"),
]
Story = dict[str, Any]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    # pytest's own folders are private, and as root the database runs as another user.
    with TemporaryDirectory(prefix="tr-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def story(folder: Path) -> Story:
    told = subprocess.run(
        [sys.executable, "-m", "talent_registry", "demo", "--json"],
        env={**os.environ, "TALENT_REGISTRY_DATA": str(folder / "data")},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
    chapters: Story = json.loads(told.stdout)
    return chapters


def test_it_is_one_object_with_a_key_for_each_chapter(story: Story) -> None:
    assert list(story) == CHAPTERS
    assert all(isinstance(chapter, dict) for chapter in story.values())


def test_both_rolls_are_taken_whole(story: Story) -> None:
    counts = {name: (roll["rows"], roll["refused"]) for name, roll in story["imported"].items()}
    assert counts == {"sichuan": (183, 0), "chongqing": (117, 0)}


def test_a_certificate_is_verified_and_decided_by_its_clause(story: Story) -> None:
    assert story["verified"]["verdict"] == "VALID"
    decided = {name: story[name]["outcome"] for name in ("recognised", "needs_confirmation", "refused")}
    assert decided == {"recognised": "AUTO", "needs_confirmation": "CONFIRM", "refused": "NOT_RECOGNISED"}
    for name in decided:
        satisfied = [one["clause"] for one in story[name]["findings"] if one["result"] == "SATISFIED"]
        assert satisfied == [story[name]["rule"]]


def test_the_researcher_sees_the_sources_and_the_look_just_made(story: Story) -> None:
    profile = story["profile"]
    assert all(one["source"] for one in profile["sources"].values())
    assert any(look["basis"] == "VERIFICATION" for look in profile["looks"])
    assert all("*" in number for number in profile["documents"])


def test_a_placement_is_signed_thrice_and_moves_nothing(story: Story) -> None:
    placement = story["placement"]
    assert (placement["state"], placement["workload_percent"]) == ("ACTIVE", 40)
    signed = {step["by"] for step in placement["steps"] if step["step"] == "signed"}
    assert signed == {"RESEARCHER", "HOME_UNIT", "HOST_UNIT"}
    assert placement["household_unchanged"]
    assert story["household_refused"]["refused"]
    assert story["household_refused"]["by_sql"].startswith("TR003")
    assert story["household_refused"]["household_unchanged"]


def test_http_gives_the_same_answers(story: Story) -> None:
    over = story["placement"]["over_http"]
    assert over["operation"].startswith("query Recognition")
    assert over["same"] == {"verdict": True, "recognition": True, "placement": True}


def test_more_than_a_full_post_is_refused_with_the_sum(story: Story) -> None:
    refused = story["overload_refused"]
    assert (refused["refused"], refused["reason"]) == (True, "WORKLOAD_OVER_100")
    assert all("40 % + 70 % = 110 %" in text for text in refused["message"].values())


def test_a_placement_ends_by_return_and_by_revocation(story: Story) -> None:
    assert (story["returned_early"]["state"], story["returned_early"]["end_reason"]) == ("ENDED", "EARLY_RETURN")
    revoked = story["ended_by_revocation"]
    assert (revoked["before"], revoked["state"], revoked["end_reason"]) == ("ACTIVE", "ENDED", "RECOGNITION_LOST")
    assert revoked["other_province"]["code"] == "NOT_FOUND"


def test_terms_are_answered_with_others_and_a_listener_is_told(story: Story) -> None:
    countered = story["counter_proposed"]
    changed = {one["field"]: (one["before"], one["after"]) for one in countered["differences"]}
    assert changed["workload_percent"] == ("30", "20")
    assert set(changed) == {"workload_percent", "days_per_year", "intellectual_property"}
    assert (countered["state"], countered["workload_percent"]) == ("ACTIVE", 20)
    assert countered["received"][0] == "talent-registry.placement.proposed"
    assert countered["received"][-1] == "talent-registry.placement.activated"


def test_an_extension_is_signed_anew_and_an_entitlement_is_answered(story: Story) -> None:
    extended = story["extended"]
    assert extended["term"]["until"] > extended["until_before"]
    assert (story["entitlement"]["entitlement"], story["entitlement"]["open"]) == ("LARGE_INSTRUMENT", True)


def test_the_ledger_holds_an_entry_for_each_command_and_everything_is_stopped(story: Story, folder: Path) -> None:
    assert story["ledger"]["sound"]
    assert story["ledger"]["commands_without_entry"] == 0
    assert list(folder.rglob("postmaster.pid")) == []
