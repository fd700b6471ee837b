"""What is missing, through the documents of graphql/operations."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, filings, organisations, recognition, standing
from talent_registry.services.permissions import Actor, ActorKind
from tests.api.conftest import Asking
from tests.registries import World
from tests.titles import FILING, ISSUED, Titles, open_titles

POST = {"division": "500106", "postSeries": "01"}
WHY = "岗位聘用核验"
LATE = ISSUED + timedelta(days=1000)


@pytest.fixture
async def titles(world: World) -> Titles:
    return await open_titles(world)


async def late_title(titles: Titles) -> str:
    """A title that was approved after its committee's filing had ended."""
    return to_node_id("Credential", await titles.record(approval_date=LATE, issued_on=LATE))


async def test_the_holder_learns_what_is_missing_who_supplies_it_and_where_it_leads(
    ask: Asking, titles: Titles
) -> None:
    credential = await late_title(titles)

    data = await ask(titles.holder, "researcher/what_is_missing", credential=credential, target=POST)

    answer = data["recognition"]
    assert (answer["outcome"], answer["rule"]) == ("NOT_RECOGNISED", "G3a")
    (remedy,) = answer["whatIsMissing"]["remedies"]
    assert (remedy["outcome"], remedy["rule"], remedy["reasonCode"]) == ("AUTO", "R1", "SC_CQ_SENIOR")
    assert remedy["target"]["division"] == POST["division"]
    (change,) = remedy["changes"]
    assert (change["kind"], change["fact"], change["supplier"]) == ("FACT", "credential.committee", "ISSUER")
    assert change["before"]["filed_to"] == "2021-12-31"
    assert change["after"]["filed_from"] == LATE.isoformat()
    assert change["document"]["zh"] == "评审委员会核准备案文件"
    assert LATE.isoformat() in change["message"]["en"]
    assert {one["fact"] for one in answer["whatIsMissing"]["fixed"]} >= {"credential.approval_date"}


async def test_what_was_said_to_be_missing_is_enough_once_it_is_supplied(ask: Asking, titles: Titles) -> None:
    credential = await late_title(titles)
    asked = {"credential": credential, "target": POST}
    (remedy,) = (await ask(titles.holder, "researcher/what_is_missing", **asked))["recognition"]["whatIsMissing"][
        "remedies"
    ]
    titles.world.clock.go_on(days=1)
    after = remedy["changes"][0]["after"]
    filing = organisations.NewFiling(
        FILING,
        titles.sichuan,
        "高等学校教师评审委员会",
        date.fromisoformat(after["filed_from"]),
        date.fromisoformat(after["filed_to"]),
        "正高级",
        tuple(after["series"]),
    )
    await filings.file_committee(titles.world.registry, titles.officer, filing, titles.world.key())

    answer = (await ask(titles.holder, "researcher/what_is_missing", **asked))["recognition"]

    assert (answer["outcome"], answer["rule"]) == (remedy["outcome"], remedy["rule"])
    assert answer["whatIsMissing"] == {"remedies": [], "fixed": []}


@pytest.mark.parametrize("audience", ["hr", "agency", "authority"])
async def test_whoever_may_ask_for_the_answer_may_ask_what_is_missing_and_nobody_else(
    ask: Asking, titles: Titles, audience: str
) -> None:
    credential, world = await late_title(titles), titles.world
    agency = await world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
    until = world.registry.today() + timedelta(days=30)
    actors = {
        "hr": titles.hr,
        "agency": Actor(ActorKind.AGENCY, None, agency, purposes=frozenset({WHY})),
        "authority": titles.other_officer,
    }
    variables: dict[str, Any] = {"credential": credential, "target": POST, "purpose": WHY}
    document = f"{audience}/what_is_missing"
    if audience != "authority":
        assert (await ask.refused(actors[audience], document, **variables))["code"] == "NOT_FOUND"
        for recipient in (titles.home, agency):
            fields = (PersonField.CREDENTIALS, PersonField.DECISIONS)
            opened = consents.NewConsent(recipient, WHY, fields, until)
            await consents.grant(world.registry, titles.holder, opened, world.key())
    else:
        assert (await ask.refused(titles.officer, document, **variables))["code"] == "NOT_FOUND"

    data = await ask(actors[audience], document, **variables)

    assert [one["rule"] for one in data["recognition"]["whatIsMissing"]["remedies"]] == ["R1"]


async def test_a_kept_decision_tells_what_was_missing_by_its_own_facts_and_law(ask: Asking, titles: Titles) -> None:
    registry = titles.world.registry
    credential = await titles.record(approval_date=LATE, issued_on=LATE)
    asked = recognition.AskedRecognition(credential, Target(division="500106", post_series="01"))
    done = await recognition.decide_recognition(registry, titles.holder, asked, titles.world.key())
    decision = to_node_id("RecognitionDecision", UUID(done.result["decision_id"]))
    computed = await ask(
        titles.holder, "researcher/what_is_missing", credential=to_node_id("Credential", credential), target=POST
    )
    titles.world.clock.go_on(days=1)
    await standing.revoke(registry, titles.officer, standing.StatusChange(credential, "造假"), titles.world.key())

    kept = (await ask(titles.holder, "anyone/what_was_missing", id=decision))["recognitionDecision"]

    assert kept["whatIsMissing"] == computed["recognition"]["whatIsMissing"]
    ask.registry = replace(registry, agreement=replace(registry.agreement, versions=()))
    gone = (await ask(titles.holder, "anyone/what_was_missing", id=decision))["recognitionDecision"]
    assert gone["whatIsMissing"] is None


async def test_another_post_and_a_later_day_need_no_document(ask: Asking, titles: Titles) -> None:
    credential = to_node_id("Credential", await titles.record())
    elsewhere = {"division": "500106", "postSeries": "02"}

    data = await ask(
        titles.holder, "researcher/what_is_missing", credential=credential, target=elsewhere, on="2021-03-28"
    )

    remedies = data["recognition"]["whatIsMissing"]["remedies"]
    assert [one["outcome"] for one in remedies] == ["AUTO", "CONFIRM"]
    both = {change["kind"]: change for change in remedies[0]["changes"]}
    assert set(both) == {"ANOTHER_POST", "LATER_DAY"}
    assert remedies[0]["on"] == both["LATER_DAY"]["after"] == "2021-03-29"
    assert remedies[0]["target"]["postSeries"] == both["ANOTHER_POST"]["after"] == "01"
    assert both["ANOTHER_POST"]["document"] is None
