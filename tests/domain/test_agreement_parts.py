"""What recognition does not ask stays law, too: no release empties or drops it without saying so."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from talent_registry.domain.agreement_loading import load_agreement, shipped_agreement
from talent_registry.domain.agreement_parts import PARTS
from talent_registry.domain.agreement_releases import read_release, with_release
from talent_registry.domain.errors import InvalidInput
from tests.drafts import SHIPPED, a_version

AGREEMENT = shipped_agreement()
LAST = AGREEMENT.versions[-1]
FIRST = date(2027, 1, 1)
PLACEMENTS = SHIPPED["sichuan-chongqing.placements.toml"]
PROCEDURES = SHIPPED["sichuan-chongqing.procedures.toml"]


def without(text: str, entry: str) -> str:
    """The text of a file without the entry of this id or code."""
    kept, found = [], False
    for block in re.split(r"(?m)^(?=\[\[)", text):
        gone = re.search(rf'(?m)^(id|code) = "{entry}"$', block) is not None
        found = found or gone
        kept += [] if gone else [block]
    assert found
    return "".join(kept)


def dropped(section: str, entry: str) -> str:
    """What a draft says of an entry that it drops."""
    return f'[[dropped]]\nsection = "{section}"\nid = "{entry}"\nzh = "双方不再需要"\nen = "no longer needed"\n'


def a_draft(changed: str, said: str = "", before: str = "") -> dict[str, str]:
    return {"a.toml": before + a_version(FIRST) + said, "b.toml": changed}


Fault = tuple[Callable[[], dict[str, str]], str, str, str]
FAULTS: dict[str, Fault] = {
    **{
        f"empty {part}": (
            partial(a_draft, "", before=f"{part} = []\n"),
            "a.toml",
            part,
            "a draft that does not change this section leaves it out",
        )
        for part in PARTS
    },
    "a rule that is gone": (
        lambda: a_draft(without(PLACEMENTS, "PL9")),
        "b.toml",
        "placement_rules[PL9]",
        'section = "placement_rules", id = "PL9" and the reason in zh and en',
    ),
    "a kind that is gone": (
        lambda: a_draft(without(PLACEMENTS, "PROJECT_COOPERATION")),
        "b.toml",
        "placement_kinds[PROJECT_COOPERATION]",
        "drops it unsaid",
    ),
    "a procedure that is gone": (
        lambda: a_draft(without(PROCEDURES, "OVERRIDE")),
        "b.toml",
        "procedures[OVERRIDE]",
        "drops it unsaid",
    ),
    "another rule named than the one that is gone": (
        lambda: a_draft(without(PLACEMENTS, "PL9"), dropped("placement_rules", "PL8")),
        "b.toml",
        "placement_rules[PL9]",
        "drops it unsaid",
    ),
    "a rule named that stays": (
        lambda: a_draft("", dropped("placement_rules", "PL9")),
        "a.toml",
        "dropped[PL9]",
        "Remove it from [[dropped]]",
    ),
    "a rule named that never was": (
        lambda: a_draft("", dropped("placement_rules", "PL99")),
        "a.toml",
        "dropped[PL99]",
        "never had it",
    ),
    "a part that cannot be dropped from": (
        lambda: a_draft("", dropped("clauses", "R1")),
        "a.toml",
        "dropped[R1].section",
        "Use one of: correction_procedures, entitlements, minimum_days, placement_kinds, placement_periods",
    ),
    "a rule dropped without a reason": (
        lambda: a_draft(without(PLACEMENTS, "PL9"), dropped("placement_rules", "PL9").split("en =")[0]),
        "a.toml",
        "dropped[PL9].en",
        "Add it",
    ),
    "a rule dropped with a key too many": (
        lambda: a_draft(without(PLACEMENTS, "PL9"), dropped("placement_rules", "PL9") + "why = 1\n"),
        "a.toml",
        "dropped[PL9].why",
        "not known",
    ),
    "a transfer that would be a placement": (
        lambda: a_draft(PLACEMENTS.replace("flexible = false", "flexible = true")),
        "b.toml",
        "placement_kinds",
        "Keep the transfer (RIGID_TRANSFER) with flexible = false",
    ),
    "a transfer that would be a placement beside another that is none": (
        lambda: a_draft(
            PLACEMENTS.replace("flexible = false", "flexible = true").replace("flexible = true", "flexible = false", 1)
        ),
        "b.toml",
        "placement_kinds[RIGID_TRANSFER].flexible",
        "is not flexible and stays so",
    ),
    "a transfer that is dropped, whatever the reason": (
        lambda: a_draft(
            without(PLACEMENTS, "RIGID_TRANSFER").replace("flexible = true", "flexible = false", 1),
            dropped("placement_kinds", "RIGID_TRANSFER"),
        ),
        "b.toml",
        "placement_kinds[RIGID_TRANSFER].flexible",
        "Keep it, with flexible = false",
    ),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_draft_that_unsettles_a_part_in_silence_is_refused_with_file_key_fault_and_mending(name: str) -> None:
    texts, file, key, words = FAULTS[name]
    with pytest.raises(InvalidInput) as refused:
        read_release(AGREEMENT, texts())
    assert (refused.value.reason, refused.value.path) == ("AGREEMENT_FAULT", (file, key))
    assert words in refused.value.message.en
    assert refused.value.message.zh.startswith(f"{file}：{key}：")


def test_what_a_draft_says_it_drops_is_gone_and_is_said_once() -> None:
    texts = a_draft(
        without(without(PLACEMENTS, "PL9"), "SECONDMENT"),
        dropped("placement_rules", "PL9") + dropped("placement_kinds", "SECONDMENT"),
    )
    release = read_release(AGREEMENT, texts)

    assert [(one.section, one.id, one.why.en) for one in release.dropped] == [
        ("placement_rules", "PL9", "no longer needed"),
        ("placement_kinds", "SECONDMENT", "no longer needed"),
    ]
    assert len(release.version.placement_rules) == len(LAST.placement_rules) - 1
    assert release.version.find_placement_kind("SECONDMENT") is None
    # What was dropped once need not be named again: the next release succeeds the one without it.
    after = with_release(AGREEMENT, release)
    second = read_release(after, {"c.toml": a_version(date(2027, 2, 1))})
    assert second.dropped == ()
    assert "dropped" not in second.version.content


def test_the_reason_for_dropping_is_part_of_what_is_approved() -> None:
    changed, said = without(PLACEMENTS, "PL9"), dropped("placement_rules", "PL9")
    one, other = (
        read_release(AGREEMENT, a_draft(changed, words)) for words in (said, said.replace("no longer", "not"))
    )
    assert one.version.digest != other.version.digest


def test_what_both_approved_without_a_part_is_law_as_it_was_approved() -> None:
    texts = a_draft("", before="procedures = []\n")
    release = read_release(AGREEMENT, texts, approved=True)
    assert release.version.procedures == ()


@pytest.mark.parametrize("part", PARTS)
def test_an_agreement_without_one_of_its_parts_is_not_loaded(part: str) -> None:
    texts = {
        name: "".join(block for block in re.split(r"(?m)^(?=\[\[)", text) if not block.startswith(f"[[{part}]]"))
        for name, text in SHIPPED.items()
    }
    with pytest.raises(InvalidInput) as refused:
        load_agreement(texts)
    assert refused.value.path == ("sichuan-chongqing.toml", part)


@pytest.mark.parametrize("status", ["designated", "sourcedly (x)", "Design", "general", ""])
def test_a_status_that_only_begins_like_a_known_one_is_refused(status: str) -> None:
    text = a_version(FIRST).replace('status = "design"', f'status = "{status}"')
    with pytest.raises(InvalidInput) as refused:
        read_release(AGREEMENT, {"a.toml": text})
    assert refused.value.path == ("a.toml", "versions[2027-01-01].status")
