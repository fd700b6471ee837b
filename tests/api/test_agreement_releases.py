"""Releases of the agreement through the API: what is uploaded, what each officer is told, and who reads drafts."""

from datetime import timedelta
from typing import Any

import pytest

from talent_registry.services.permissions import ANONYMOUS, Actor
from tests.api.conftest import Asking
from tests.chambers import DAY, FIRST, REPEATED, SENTENCE, Chamber, open_chamber
from tests.drafts import a_case, a_version, cases_file, listings, widened
from tests.registries import World


@pytest.fixture
async def chamber(world: World) -> Chamber:
    return await open_chamber(world)


async def given(ask: Asking, chamber: Chamber, actor: Actor, act: str, **inputs: Any) -> dict[str, Any]:
    """The answer to `<act>Release` under a fresh key."""
    asked = {"idempotencyKey": chamber.world.key(), **inputs}
    answer: dict[str, Any] = (await ask(actor, f"authority/{act}_release", input=asked))[f"{act}Release"]
    return answer


async def drafted(ask: Asking, chamber: Chamber, texts: dict[str, str]) -> dict[str, Any]:
    files = [{"name": name, "text": text} for name, text in texts.items()]
    answer = await given(ask, chamber, chamber.author, "draft", files=files)
    release: dict[str, Any] = answer["release"]
    return release


async def test_a_release_is_drafted_proposed_and_approved_by_both(chamber: Chamber, ask: Asking) -> None:
    texts = widened(FIRST) | cases_file(a_case("N1", FIRST, outcome="AUTO", rule="R2a"))
    release = await drafted(ask, chamber, texts)
    assert (release["state"], release["from"], release["authorProvince"]) == ("DRAFT", FIRST.isoformat(), "510000")
    assert release["conformance"]["passes"] is True
    assert release["conformance"]["own"] == [
        {
            "caseId": "N1",
            "expected": "AUTO R2a",
            "answer": {"outcome": "AUTO", "rule": "R2a", "reasonCode": "SC_CQ_LOCAL_RECIPROCAL"},
            "agrees": True,
        }
    ]
    named = {"release": release["id"]}
    moved = [
        await given(ask, chamber, chamber.author, "propose", **named),
        await given(ask, chamber, chamber.sichuan, "approve", digest=release["digest"], **named),
        await given(ask, chamber, chamber.chongqing, "approve", digest=release["digest"], **named),
    ]
    assert [one["release"]["state"] for one in moved] == ["PROPOSED", "APPROVED_BY_ONE", "APPROVED"]
    assert [one["province"] for one in moved[-1]["release"]["approvals"]] == ["510000", "500000"]

    read = (await ask(ANONYMOUS, "anyone/agreement_release", id=release["id"]))["agreementRelease"]
    assert read["files"] == [{"name": name, "text": text} for name, text in texts.items()]
    node = (await ask(ANONYMOUS, "anyone/node", id=release["id"]))["node"]
    assert (node["__typename"], node["digest"]) == ("AgreementRelease", release["digest"])


async def test_versions_are_those_known_at_an_instant(chamber: Chamber, ask: Asking) -> None:
    before = chamber.registry.clock()
    chamber.world.clock.go_on(hours=1)
    await chamber.enact(widened(FIRST))

    now = (await ask(ANONYMOUS, "anyone/agreement_versions"))["agreementVersions"]
    then = (await ask(ANONYMOUS, "anyone/agreement_versions", knownAt=before.isoformat()))["agreementVersions"]

    assert [one["version"] for one in now] == [*(one["version"] for one in then), "SC-CQ/2027-01-01"]
    assert (then[-1]["until"], now[-2]["until"]) == (None, (FIRST - DAY).isoformat())
    assert [one["digest"] for one in now[:-1]] == [one["digest"] for one in then]
    naive = before.replace(tzinfo=None).isoformat()
    assert (await ask.refused(ANONYMOUS, "anyone/agreement_versions", knownAt=naive))["code"] == "INVALID_INPUT"


async def test_each_refusal_is_typed_and_says_what_to_do(chamber: Chamber, ask: Asking) -> None:
    release = await drafted(ask, chamber, widened(FIRST, sentence=SENTENCE))
    named = {"release": release["id"], "digest": release["digest"], "retroactiveSentence": REPEATED}
    refusals = [await given(ask, chamber, chamber.sichuan, "approve", **named)]
    await given(ask, chamber, chamber.author, "propose", release=release["id"])
    refusals += [
        await given(ask, chamber, chamber.author, "approve", **named),
        await given(ask, chamber, chamber.sichuan, "approve", **named | {"digest": "0" * 64}),
        await given(ask, chamber, chamber.sichuan, "approve", **named | {"retroactiveSentence": None}),
    ]
    await given(ask, chamber, chamber.chongqing, "approve", **named)
    refusals.append(await given(ask, chamber, chamber.chongqing_too, "approve", **named))
    await given(ask, chamber, chamber.author, "withdraw", release=release["id"])
    refusals.append(await given(ask, chamber, chamber.sichuan, "approve", **named))
    assert [(one["__typename"], one["reason"]) for one in refusals] == [
        ("Conflict", "NOT_PROPOSED"),
        ("NotPermitted", "AUTHOR_MAY_NOT_APPROVE"),
        ("Conflict", "DIGEST_DIFFERS"),
        ("Conflict", "RETROACTIVE_NOT_ACCEPTED"),
        ("Conflict", "ALREADY_APPROVED_BY_PROVINCE"),
        ("Conflict", "WITHDRAWN"),
    ]
    assert all(one["message"]["zh"] and one["message"]["en"] for one in refusals)


async def test_a_fault_of_a_draft_names_file_key_and_remedy(chamber: Chamber, ask: Asking) -> None:
    text = a_version(FIRST) + listings(("510100", "500107", FIRST)).replace("500107", "500199", 1)
    answer = await given(ask, chamber, chamber.author, "draft", files=[{"name": "draft.toml", "text": text}])
    assert (answer["__typename"], answer["reason"]) == ("InvalidInput", "AGREEMENT_FAULT")
    assert answer["path"] == ["draft.toml", "reciprocity[1].target"]
    assert answer["message"]["en"] == (
        "draft.toml: reciprocity[1].target: there is no division 500199. Check the code."
    )


async def test_a_draft_that_changes_a_settled_case_shows_before_and_after(chamber: Chamber, ask: Asking) -> None:
    undated = {"draft.toml": a_version(FIRST) + listings(("510300", "500107", FIRST - timedelta(days=3000)))}
    report = (await drafted(ask, chamber, undated))["conformance"]
    assert report["passes"] is False
    changed = {one["caseId"]: one for one in report["changed"]}["C05"]
    assert (changed["before"]["outcome"], changed["after"]["outcome"], changed["why"]) == ("AUTO", "VERIFY", None)
    assert any("settled case C05" in one["en"] for one in report["objections"])


async def test_drafts_are_the_two_authorities_to_read(chamber: Chamber, ask: Asking) -> None:
    release = await drafted(ask, chamber, widened(FIRST))
    for reader in (chamber.sichuan, chamber.chongqing):
        listed = (await ask(reader, "anyone/agreement_releases"))["agreementReleases"]["edges"]
        assert [one["node"]["id"] for one in listed] == [release["id"]]
    for stranger in (ANONYMOUS, chamber.titles.holder, chamber.titles.hr):
        assert (await ask(stranger, "anyone/agreement_releases"))["agreementReleases"]["edges"] == []
        assert (await ask.refused(stranger, "anyone/agreement_release", id=release["id"]))["code"] == "NOT_FOUND"
        assert (await ask(stranger, "anyone/node", id=release["id"]))["node"] is None


async def test_a_list_of_releases_asks_no_statement_per_release(chamber: Chamber, ask: Asking) -> None:
    await drafted(ask, chamber, widened(FIRST))
    await ask(chamber.author, "anyone/agreement_releases")
    with_one = ask.statements
    for number in range(4):
        await drafted(ask, chamber, widened(FIRST, name=f"n{number}"))
    page = (await ask(chamber.author, "anyone/agreement_releases", first=3))["agreementReleases"]
    assert (len(page["edges"]), page["pageInfo"]["hasNextPage"], ask.statements) == (3, True, with_one)
    rest = await ask(chamber.author, "anyone/agreement_releases", after=page["pageInfo"]["endCursor"])
    assert len(rest["agreementReleases"]["edges"]) == 2


async def test_a_repeat_under_the_same_key_gets_the_first_answer(chamber: Chamber, ask: Asking) -> None:
    key = chamber.world.key()
    files = [{"name": name, "text": text} for name, text in widened(FIRST).items()]
    first = await given(ask, chamber, chamber.author, "draft", files=files, idempotencyKey=key)
    again = await given(ask, chamber, chamber.author, "draft", files=files, idempotencyKey=key)
    assert again["release"]["id"] == first["release"]["id"]
    assert (first["command"]["replayed"], again["command"]["replayed"]) == (False, True)
