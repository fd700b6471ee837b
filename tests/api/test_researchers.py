"""People through the API: registered, read, sought, corrected."""

from collections import Counter
from datetime import date
from typing import Any

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents
from talent_registry.services.permissions import ANONYMOUS, OPERATOR
from tests.api.conftest import Asking
from tests.people import Town, a_town, register_person, sample_number
from tests.registries import World

PURPOSE = "岗位聘任审核"


def new_input(world: World, town: Town, serial: int, **more: Any) -> dict[str, Any]:
    return {
        "name": {"nameZh": "李雷"},
        "document": {"kind": "RESIDENT_ID", "number": sample_number(serial), "since": "2020-01-01"},
        "household": {"division": "510107", "since": "2020-01-01"},
        "personnelRelation": {"homeUnit": to_node_id("Organisation", town.home), "insuranceDivision": "510107"},
        "idempotencyKey": world.key(),
        **more,
    }


async def test_hr_registers_staff_and_sees_them_in_the_answer(world: World, ask: Asking) -> None:
    town = await a_town(world)
    data = await ask(town.home_hr, "hr/register_researcher", input=new_input(world, town, 2))
    result = data["registerResearcher"]
    assert result["__typename"] == "RegisterResearcherSuccess"
    assert result["publicNumber"].startswith("TR-")
    assert result["researcher"]["name"] == {"nameZh": "李雷", "pinyin": "Li Lei"}
    again = await ask(town.home_hr, "hr/register_researcher", input=new_input(world, town, 2))
    assert (again["registerResearcher"]["__typename"], again["registerResearcher"]["reason"]) == (
        "Conflict",
        "DOCUMENT_EXISTS",
    )


async def test_the_operator_registers_people_but_does_not_read_them(world: World, ask: Asking) -> None:
    town = await a_town(world)
    data = await ask(OPERATOR, "authority/register_researcher", input=new_input(world, town, 2))
    assert data["registerResearcher"]["researcher"] is None


async def test_an_unknown_caller_is_asked_to_sign_in(world: World, ask: Asking) -> None:
    town = await a_town(world)
    data = await ask(ANONYMOUS, "hr/register_researcher", input=new_input(world, town, 2))
    assert data["registerResearcher"]["reason"] == "SIGN_IN_FIRST"
    refused = await ask.refused(ANONYMOUS, "anyone/researcher", publicNumber=town.public_number, purpose=PURPOSE)
    assert refused["code"] == "NOT_PERMITTED"


async def test_each_fact_is_shown_with_its_source(world: World, ask: Asking) -> None:
    town = await a_town(world)
    await ask(town.home_hr, "hr/register_researcher", input=new_input(world, town, 2))
    data = await ask(town.home_hr, "anyone/researchers", filter={"name": "lilei"}, purpose=PURPOSE)
    (edge,) = data["researchers"]["edges"]
    assert edge["node"]["household"] == {"division": "510107", "provenance": {"source": {"nameZh": "四川样例大学"}}}


async def test_what_is_withheld_is_named_with_a_reason(world: World, ask: Asking) -> None:
    town = await a_town(world)
    granted = {
        "recipient": to_node_id("Organisation", town.agency),
        "purpose": PURPOSE,
        "fields": ["NAME"],
        "until": "2026-12-31",
        "idempotencyKey": world.key(),
    }
    await ask(town.me, "researcher/grant_consent", input=granted)
    data = await ask(town.agency_client, "anyone/researcher", publicNumber=town.public_number, purpose=PURPOSE)
    person = data["researcher"]
    assert (person["name"]["nameZh"], person["household"], person["documents"]) == ("单雄信", None, None)
    withheld = {one["path"][0]: one["reason"] for one in person["withheld"]}
    asked = ("documents", "household", "personnelRelation", "contact", "discipline", "keywords", "orcid")
    assert withheld == dict.fromkeys(asked, "CONSENT_REQUIRED")


async def test_only_what_the_document_asks_is_noted_as_seen(world: World, ask: Asking) -> None:
    town = await a_town(world)
    await ask(town.sichuan_officer, "authority/researcher_history", publicNumber=town.public_number, purpose=PURPOSE)
    await ask(town.home_hr, "anyone/researchers", purpose=PURPOSE)
    data = await ask(town.me, "researcher/accesses")
    looks = [edge["node"] for edge in data["accesses"]["edges"]]
    facts = ["NAME", "DOCUMENTS", "HOUSEHOLD", "PERSONNEL_RELATION"]
    assert [look["fields"] for look in looks] == [facts, facts]
    assert [(look["organisation"]["nameZh"], look["basis"], look["purpose"]) for look in looks] == [
        ("四川省样例人社厅", "AUTHORITY", PURPOSE),
        ("四川样例大学", "HOME_UNIT", PURPOSE),
    ]


async def test_a_foreign_id_an_absent_id_and_one_of_another_kind_read_the_same(world: World, ask: Asking) -> None:
    town = await a_town(world)
    nodes = [
        to_node_id("Researcher", town.person),
        to_node_id("Researcher", town.home),
        to_node_id("Organisation", town.person),
        "nonsense",
    ]
    said = [await ask.refused(town.host_hr, "anyone/researcher", id=node, purpose=PURPOSE) for node in nodes]
    codes = Counter((one["code"], str(one.get("message"))) for one in said)
    assert len(codes) == 1
    both = await ask.refused(town.host_hr, "anyone/researcher", purpose=PURPOSE)
    assert both["code"] == "INVALID_INPUT"


async def test_a_person_sees_the_own_record_whole(world: World, ask: Asking) -> None:
    town = await a_town(world)
    me = (await ask(town.me, "researcher/me"))["me"]
    assert (me["publicNumber"], me["basis"], me["withheld"]) == (town.public_number, "SELF", [])
    assert me["documents"][0]["numberMasked"] != sample_number(1)
    assert me["history"]["households"] == [{"division": "510107"}]
    assert (await ask.refused(town.home_hr, "researcher/me"))["code"] == "NOT_FOUND"


async def test_a_page_of_people_costs_no_query_per_household_home_unit_document_or_ledger_entry(
    world: World, ask: Asking
) -> None:
    town = await a_town(world)
    counts = []
    for serials in (range(2, 4), range(4, 21)):
        for serial in serials:
            await register_person(world, town.home, serial, f"李{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}", "510107")
        data = await ask(town.sichuan_officer, "anyone/researchers", purpose=PURPOSE, first=20)
        counts.append((len(data["researchers"]["edges"]), ask.statements))
    assert [people for people, _ in counts] == [3, 20]
    assert counts[0][1] == counts[1][1]


async def test_names_households_documents_and_relations_are_corrected(world: World, ask: Asking) -> None:
    town = await a_town(world)
    whom = {"researcher": town.public_number, "how": "CHANGE", "since": "2026-05-01"}
    named = await ask(
        town.sichuan_officer,
        "authority/correct_name",
        input={**whom, "nameZh": "单信", "idempotencyKey": world.key()},
    )
    assert named["correctName"]["researcher"] == {
        "name": {"nameZh": "单信"},
        "formerNames": [{"nameZh": "单雄信", "provenance": {"validUntil": "2026-04-30"}}],
    }
    document = {"kind": "RESIDENT_ID", "number": sample_number(9), "idempotencyKey": world.key()}
    added = await ask(town.sichuan_officer, "authority/correct_document", input={**whom, **document})
    documents = added["correctDocument"]["researcher"]["documents"]
    assert len(documents) == 2
    renewed = {**document, "number": sample_number(8), "idempotencyKey": world.key(), "replaces": documents[1]["id"]}
    replaced = await ask(
        town.sichuan_officer, "authority/correct_document", input={**whom, **renewed, "how": "CORRECTION"}
    )
    assert len(replaced["correctDocument"]["researcher"]["documents"]) == 2
    unit = {"homeUnit": to_node_id("Organisation", town.host), "evidence": "渝2026-1", "idempotencyKey": world.key()}
    given = consents.NewConsent(town.host, "调动", (PersonField.PERSONNEL_RELATION,), date(2027, 1, 1))
    await consents.grant(world.registry, town.me, given, world.key())
    moved = await ask(town.host_hr, "hr/correct_personnel_relation", input={**whom, **unit})
    relation = moved["correctPersonnelRelation"]["researcher"]["personnelRelation"]
    assert relation["homeUnit"] == {"nameZh": "重庆样例研究院"}
    household = {"division": "500106", "idempotencyKey": world.key()}
    refused = await ask(town.chongqing_officer, "authority/correct_household", input={**whom, **household})
    assert refused["correctHousehold"]["__typename"] == "NotFound"
    let_go = await ask(town.sichuan_officer, "authority/correct_household", input={**whom, **household})
    # Whoever let the person go no longer sees them.
    assert let_go["correctHousehold"]["researcher"] is None
    seen = await ask(town.chongqing_officer, "anyone/researcher", publicNumber=town.public_number, purpose=PURPOSE)
    assert seen["researcher"]["household"]["division"] == "500106"
    assert seen["researcher"]["household"]["provenance"]["source"] == {"nameZh": "四川省样例人社厅"}


async def test_a_correction_by_another_province_reads_not_found(world: World, ask: Asking) -> None:
    town = await a_town(world)
    asked = {
        "researcher": to_node_id("Researcher", town.person),
        "how": "CORRECTION",
        "nameZh": "李雷",
        "idempotencyKey": world.key(),
    }
    data = await ask(town.chongqing_officer, "authority/correct_name", input=asked)
    assert data["correctName"]["__typename"] == "NotFound"
