"""Cases through the documents of graphql/operations: applied for, seen to, recomputed by the applicant, compared."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.api.nodes import kind_and_id, to_node_id
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services import proceeding_acts
from talent_registry.services.permissions import ANONYMOUS, Actor
from tests.api.conftest import Asking
from tests.proceedings import LOCAL, PREFECTURE, PURPOSE, UNFILED, Desks, open_desks
from tests.registries import World, authority

POST = {"division": "500106", "employerKind": "INSTITUTE", "postSeries": "01"}


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def apply(ask: Asking, desks: Desks, credential: UUID) -> dict[str, Any]:
    asked = {
        "credential": to_node_id("Credential", credential),
        "target": POST,
        "idempotencyKey": desks.world.key(),
    }
    answer: dict[str, Any] = (await ask(desks.me, "researcher/decide_recognition", input=asked))["decideRecognition"]
    return answer


async def act(ask: Asking, desks: Desks, actor: Actor, document: str, case: str, **more: Any) -> dict[str, Any]:
    asked = {"case": case, "text": "材料已核对。", "idempotencyKey": desks.world.key()} | more
    (answer,) = (await ask(actor, document, input=asked)).values()
    assert "case" in answer, answer
    found: dict[str, Any] = answer["case"]
    return found


def recomputed(clock: dict[str, Any]) -> date:
    """The deadline as an applicant works it out from the answer alone, with a calendar on paper."""
    listed = {one["day"]: one["kind"] == "MAKE_UP_WORKDAY" for one in clock["exceptions"]}
    stopped = [(one["from"], one["until"]) for one in clock["spans"] if not one["runs"]]
    day, left = date.fromisoformat(clock["startedOn"]), clock["termWorkingDays"]
    while left:
        day += timedelta(days=1)
        works = listed.get(day.isoformat(), day.isoweekday() <= 5)
        still = any(first <= day.isoformat() <= last for first, last in stopped)
        left -= works and not still
    return day


def record_of(node_id: str) -> UUID:
    found = kind_and_id(node_id)
    assert found is not None
    return found[1]


async def test_a_case_lives_through_the_documents(ask: Asking, desks: Desks) -> None:
    applied = await apply(ask, desks, await desks.title("1", **PREFECTURE))
    decision, opened = applied["decision"], applied["recognitionCase"]
    assert (decision["outcome"], decision["isRecognised"], decision["confirmedBy"]) == ("CONFIRM", False, None)
    assert (opened["kind"], opened["state"], opened["dueOn"]) == ("CONFIRMATION", "OPEN", "2026-12-22")
    queue = (await ask(desks.chongqing, "authority/work_queue", purpose=PURPOSE))["recognitionCases"]["edges"]
    assert [edge["node"]["id"] for edge in queue] == [opened["id"]]
    assert queue[0]["node"]["researcher"] is None, "the post alone shows its authority no person"
    case = opened["id"]
    asked = await act(ask, desks, desks.chongqing, "authority/request_case_evidence", case, text="请补充原件。")
    assert asked["state"] == "EVIDENCE_REQUESTED"
    desks.go_to("2026-11-27")
    answered = await act(ask, desks, desks.me, "researcher/answer_case_evidence", case)
    assert (answered["state"], answered["dueOn"]) == ("OPEN", "2026-12-25")
    refused = await act(ask, desks, desks.chongqing, "authority/decide_case", case, outcome="REFUSED")
    assert (refused["state"], refused["outcome"], refused["decidedOn"]) == ("DECIDED", "REFUSED", "2026-11-27")
    appealed = await act(ask, desks, desks.me, "researcher/appeal_case", case)
    assert appealed["state"] == "APPEALED"
    settled = await act(ask, desks, desks.chongqing_too, "authority/decide_appeal", case, outcome="CONFIRMED")
    assert (settled["state"], settled["outcome"], settled["tacit"]) == ("APPEAL_DECIDED", "CONFIRMED", False)
    assert [one["event"] for one in settled["events"]] == [
        "OPENED",
        "EVIDENCE_REQUESTED",
        "EVIDENCE_GIVEN",
        "DECIDED",
        "APPEALED",
        "APPEAL_DECIDED",
    ]
    assert settled["events"][1]["office"]["nameZh"] == "重庆市人力资源和社会保障局"
    read = await ask(desks.me, "anyone/recognition_decision", id=decision["id"])
    kept = read["recognitionDecision"]
    assert (kept["isRecognised"], kept["confirmedBy"]["id"], kept["recognitionCase"]["id"]) == (True, case, case)
    computed = await ask(
        desks.me, "researcher/recognition", credential=kept["credential"]["id"], target=POST, purpose=PURPOSE
    )
    assert computed["recognition"]["confirmedBy"]["outcome"] == "CONFIRMED"
    assert computed["recognition"]["isRecognised"] is True


async def test_an_applicant_recomputes_every_clock_from_the_answer_alone(ask: Asking, desks: Desks) -> None:
    desks.go_to("2026-11-25")
    case = (await apply(ask, desks, await desks.title("1", **PREFECTURE)))["recognitionCase"]["id"]
    for asked_on, answered_on in (("2026-11-30", "2026-12-04"), ("2026-12-11", "2026-12-31")):
        desks.go_to(asked_on)
        await act(ask, desks, desks.chongqing, "authority/request_case_evidence", case)
        desks.go_to(answered_on)
        await act(ask, desks, desks.me, "researcher/answer_case_evidence", case)
    await act(ask, desks, desks.chongqing, "authority/decide_case", case, outcome="REFUSED")
    desks.go_to("2027-01-04")
    await act(ask, desks, desks.me, "researcher/appeal_case", case)
    shown = (await ask(desks.me, "anyone/recognition_case", id=case))["recognitionCase"]
    purposes = [one["purpose"] for one in shown["clocks"]]
    assert purposes == ["DECISION", "EVIDENCE", "EVIDENCE", "APPEAL", "APPEAL_DECISION"]
    for clock in shown["clocks"]:
        assert recomputed(clock).isoformat() == clock["deadline"], clock["purpose"]
        ran = sum(one["workingDays"] for one in clock["spans"] if one["runs"])
        assert (ran, clock["usedWorkingDays"] + clock["leftWorkingDays"]) == (clock["termWorkingDays"],) * 2
        assert clock["method"]["zh"]
        assert clock["method"]["en"]
    first = shown["clocks"][0]
    # The second answer came on the thirty-first; the clock had gone on after ten working days, on the twenty-fifth.
    stopped = [(one["from"], one["until"], one["workingDays"]) for one in first["spans"] if not one["runs"]]
    assert stopped == [("2026-11-30", "2026-12-04", 5), ("2026-12-11", "2026-12-25", 11)]
    assert (first["provisional"], first["yearsWithoutNotice"]) == (True, [2027])
    assert "2027" in first["warning"]["zh"]
    assert "provisional" in first["warning"]["en"]
    assert first["endedOn"] == "2026-12-31"


async def test_the_make_up_saturday_and_the_spring_festival_stand_in_the_answer(ask: Asking, world: World) -> None:
    world.clock.now = world.clock.now.replace(month=2, day=10)
    desks = await open_desks(world)
    case = (await apply(ask, desks, await desks.title("1", **LOCAL)))["recognitionCase"]["id"]
    shown = (await ask(desks.me, "anyone/recognition_case", id=case))["recognitionCase"]
    (clock,) = shown["clocks"]
    kinds = {one["day"]: one["kind"] for one in clock["exceptions"]}
    assert kinds["2026-02-14"] == kinds["2026-02-28"] == "MAKE_UP_WORKDAY"
    assert kinds["2026-02-17"] == "HOLIDAY"
    assert clock["deadline"] == recomputed(clock).isoformat() == "2026-03-09"
    assert all("official notice" in one["source"] for one in clock["exceptions"])
    assert (clock["provisional"], clock["warning"]) == (False, None)


async def test_an_override_lives_through_the_documents(ask: Asking, desks: Desks) -> None:
    applied = await apply(ask, desks, await desks.title("1", **UNFILED))
    assert applied["recognitionCase"] is None
    asked = {"decision": applied["decision"]["id"], "text": "登记遗漏。", "idempotencyKey": desks.world.key()}
    data = await ask(desks.chongqing, "authority/propose_override", input=asked)
    case = data["proposeOverride"]["case"]
    assert (case["state"], case["machineOutcome"], case["rule"]) == ("OVERRIDE_PROPOSED", "NOT_RECOGNISED", "G3a")
    assert (case["bodyProvince"], case["approvingProvince"]) == ("500000", "510000")
    queue = (await ask(desks.sichuan, "authority/work_queue", purpose=PURPOSE))["recognitionCases"]["edges"]
    assert [edge["node"]["id"] for edge in queue] == [case["id"]]
    done = await act(ask, desks, desks.sichuan, "authority/approve_override", case["id"])
    assert (done["state"], done["outcome"]) == ("OVERRIDE_APPROVED", "CONFIRMED")
    second = await apply(ask, desks, await desks.title("2", **UNFILED))
    again = asked | {"decision": second["decision"]["id"], "idempotencyKey": desks.world.key()}
    other = (await ask(desks.chongqing, "authority/propose_override", input=again))["proposeOverride"]["case"]
    declined = await act(ask, desks, desks.sichuan, "authority/decline_override", other["id"])
    assert (declined["state"], declined["outcome"]) == ("OVERRIDE_DECLINED", "REFUSED")


async def test_the_applicant_withdraws_and_lists_the_own_cases(ask: Asking, desks: Desks) -> None:
    case = (await apply(ask, desks, await desks.title("1", **PREFECTURE)))["recognitionCase"]["id"]
    asked = {"case": case, "idempotencyKey": desks.world.key()}
    withdrawn = (await ask(desks.me, "researcher/withdraw_case", input=asked))["withdrawCase"]["case"]
    assert (withdrawn["state"], withdrawn["dueOn"]) == ("WITHDRAWN", None)
    credential = to_node_id("Credential", (await desks.see(record_of(case))).case.credential_id)
    for narrowed, count in (
        (None, 1),
        ({"credential": credential, "researcher": to_node_id("Researcher", desks.posts.person.id)}, 1),
        ({"pending": True}, 0),
        ({"state": "WITHDRAWN"}, 1),
    ):
        mine = (await ask(desks.me, "researcher/my_cases", filter=narrowed))["recognitionCases"]["edges"]
        assert len(mine) == count


async def test_who_pages_through_cases_gets_on_also_where_nothing_of_a_page_fits(ask: Asking, desks: Desks) -> None:
    for number in range(4):
        await desks.open(str(number), **PREFECTURE)
    last = await desks.open("4", **PREFECTURE)
    await proceeding_acts.withdraw(desks.posts.registry, desks.me, last, desks.world.key())
    found, after, pages = [], None, 0
    while pages == 0 or after is not None:
        asked = {"filter": {"state": "WITHDRAWN"}, "first": 2, "after": after}
        page = (await ask(desks.me, "researcher/my_cases", **asked))["recognitionCases"]
        found += [record_of(edge["node"]["id"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
        pages += 1
    assert (found, pages) == ([last], 3)


async def test_a_page_of_cases_costs_no_query_per_case(ask: Asking, desks: Desks) -> None:
    counts = []
    for number in range(6):
        await desks.open(str(number), **PREFECTURE)
        if number in (1, 5):
            page = (await ask(desks.me, "researcher/my_cases"))["recognitionCases"]["edges"]
            counts.append((len(page), ask.statements))
    assert [number for number, _ in counts] == [2, 6]
    assert counts[0][1] == counts[1][1]


async def test_a_page_of_decisions_costs_no_query_per_decisions_case(ask: Asking, desks: Desks) -> None:
    counts = []
    for number in range(5):
        await desks.settle(await desks.open(str(number), **PREFECTURE), ProceedingOutcome.CONFIRMED)
        if number in (1, 4):
            data = await ask(desks.me, "anyone/recognition_decisions")
            nodes = [edge["node"] for edge in data["recognitionDecisions"]["edges"]]
            assert all(
                node["isRecognised"] and node["confirmedBy"]["id"] == node["recognitionCase"]["id"] for node in nodes
            )
            counts.append((len(nodes), ask.statements))
    assert [number for number, _ in counts] == [2, 5]
    assert counts[0][1] == counts[1][1]


async def test_inconsistencies_name_no_person_and_are_for_authorities_alone(ask: Asking, desks: Desks) -> None:
    statements = []
    for number, outcomes in enumerate((("CONFIRMED", "REFUSED"), ("CONFIRMED", "REFUSED"))):
        for outcome in outcomes:
            case = await desks.open(f"{number}{outcome}", **PREFECTURE)
            await desks.settle(case, ProceedingOutcome(outcome))
        data = await ask(desks.chongqing, "authority/inconsistencies")
        statements.append(ask.statements)
    (one,) = [edge["node"] for edge in data["inconsistencies"]["edges"]]
    assert [(office["outcome"], office["count"]) for office in one["offices"]] == [("CONFIRMED", 2), ("REFUSED", 2)]
    assert {office["office"]["nameZh"] for office in one["offices"]} == {"重庆市人力资源和社会保障局"}
    assert len(one["cases"]) == 4
    assert statements[0] == statements[1]
    other = (await ask(desks.sichuan, "authority/inconsistencies"))["inconsistencies"]["edges"][0]["node"]
    assert other["cases"] == []
    assert [office["office"] for office in other["offices"]] == [None, None]
    said = str(data) + str(other)
    assert not any(word in said for word in ("旦增", desks.posts.person.public_number, "材料"))
    for actor in (desks.me, desks.issuer, desks.posts.host_hr, authority("520000"), ANONYMOUS):
        refused = await ask.refused(actor, "authority/inconsistencies")
        assert refused["code"] == "NOT_PERMITTED"
