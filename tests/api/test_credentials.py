"""Credentials through the documents of graphql/operations."""

from datetime import date
from typing import Any

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.identifiers import public_number
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.storage import accesses
from tests.api.conftest import Asking
from tests.registries import NOON, World
from tests.titles import FILING, ISSUED, NUMBER, Titles, document, open_titles

FACTS = {
    "route": "评审",
    "issuerKind": "省级人社",
    "titleCode": "0102",
    "filingNumber": FILING,
    "approvalDate": ISSUED.isoformat(),
}
WHY = "聘用核验"


@pytest.fixture
async def titles(world: World) -> Titles:
    return await open_titles(world)


def asked(titles: Titles, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": to_node_id("Organisation", titles.sichuan),
        "kind": "职称",
        "number": NUMBER,
        "holder": {"documentNumber": titles.document_number, "publicNumber": titles.public_number},
        "facts": FACTS,
        "idempotencyKey": titles.world.key(),
    } | changes


async def test_an_authority_records_a_credential_and_reads_what_holds_by_default(ask: Asking, titles: Titles) -> None:
    done = (await ask(titles.officer, "authority/record_credential", input=asked(titles)))["recordCredential"]
    made = done["credential"]
    assert made["title"] == {"code": "0102", "name": "副教授", "series": "01", "level": "SENIOR_DEPUTY"}
    assert made["holder"] == {"publicNumber": titles.public_number}
    assert made["validity"] == {"from": ISSUED.isoformat(), "until": None}
    assert (made["standing"], made["isValid"]) == ("VALID", True)
    assert made["source"]["organisation"] == {"nameZh": "四川省人力资源和社会保障厅"}
    assert made["source"]["defaulted"] == [
        "certificate_medium",
        "found_in_lookup",
        "delegated",
        "targeted_area",
        "valid_from",
    ]
    assert made["committee"]["filingNumber"] == FILING


async def test_refusals_are_members_of_the_union(ask: Asking, titles: Titles) -> None:
    document = "authority/record_credential"
    assert (await ask(ANONYMOUS, document, input=asked(titles)))["recordCredential"]["__typename"] == "NotPermitted"
    for actor in (titles.other_officer, titles.hr, titles.holder):
        assert (await ask(actor, document, input=asked(titles)))["recordCredential"]["__typename"] == "NotFound"
    wrong = asked(titles, facts=FACTS | {"titleCode": "0000"})
    refused = (await ask(titles.officer, document, input=wrong))["recordCredential"]
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", ["input", "facts", "titleCode"])
    await titles.record()
    refused = (await ask(titles.officer, document, input=asked(titles)))["recordCredential"]
    assert (refused["__typename"], refused["reason"]) == ("Conflict", "CREDENTIAL_EXISTS")


async def test_a_correction_stays_in_the_history(ask: Asking, titles: Titles) -> None:
    made = to_node_id("Credential", await titles.record())
    titles.world.clock.go_on(days=1)
    facts = FACTS | {"titleCode": "0101", "details": {"issuerCountry": None}, "targetedArea": ["510107"]}
    correction = {"credential": made, "facts": facts, "idempotencyKey": titles.world.key()}
    done = await ask(titles.issuer, "authority/correct_credential", input=correction)
    assert done["correctCredential"]["credential"]["title"]["level"] == "SENIOR_FULL"
    seen = await ask(
        titles.issuer,
        "authority/credential_history",
        id=made,
        purpose=WHY,
        on=ISSUED.isoformat(),
        knownAt=NOON.isoformat(),
    )
    read = seen["credential"]
    assert read["standing"] == "VALID"
    assert [version["title"]["code"] for version in read["history"]["versions"]] == ["0102", "0101"]
    assert [version["source"]["supersededAt"] is None for version in read["history"]["versions"]] == [False, True]
    names = [edge["node"]["name"] for edge in read["ledgerEntries"]["edges"]]
    assert names == ["recordCredential", "correctCredential"]
    before = "2026-11-24T03:59:00+00:00"
    seen = await ask(titles.issuer, "authority/credential_history", id=made, purpose=WHY, knownAt=before)
    assert seen["credential"]["standing"] is None


async def test_a_credential_is_shown_by_relation_and_the_holder_sees_who_looked(ask: Asking, titles: Titles) -> None:
    made = to_node_id("Credential", await titles.record())
    for actor in (titles.hr, titles.issuer, titles.officer, titles.holder):
        seen = await ask(actor, "hr/read_credential", id=made, purpose=WHY)
        assert seen["credential"]["standing"] == "VALID"
        assert (seen["credential"]["history"] is None) == (actor == titles.hr)
        assert (seen["credential"]["ledgerEntries"] is None) == (actor == titles.hr)
    strangers = [
        titles.other_officer,
        Actor(ActorKind.HR, None, titles.chongqing),
        Actor(ActorKind.ISSUER, None, titles.chongqing),
        Actor(ActorKind.AGENCY, None, titles.chongqing, purposes=frozenset({WHY})),
        Actor(ActorKind.RESEARCHER, None, None, titles.chongqing),
    ]
    absent = to_node_id("Credential", titles.home)
    words = [await ask.refused(actor, "hr/read_credential", id=made, purpose=WHY) for actor in strangers]
    words.append(await ask.refused(titles.officer, "hr/read_credential", id=absent, purpose=WHY))
    assert {word["code"] for word in words} == {"NOT_FOUND"}
    assert (await ask.refused(ANONYMOUS, "hr/read_credential", id=made, purpose=WHY))["code"] == "NOT_PERMITTED"
    async with titles.world.registry.reading(titles.holder) as connection:
        looks = (await accesses.list_accesses(connection, titles.person, PageRequest())).items
    noted = [(look.organisation_id, look.basis) for look in looks if look.purpose == WHY]
    assert noted == [(titles.home, "HOME_UNIT"), (titles.sichuan, "ISSUER"), (titles.sichuan, "AUTHORITY")]


async def test_a_list_is_filtered_and_paged(ask: Asking, titles: Titles) -> None:
    for number in ("1", "2", "3"):
        await titles.record(number)
    await titles.record("4", title_code="0101", title_name="教授", level=None, valid_until=ISSUED)

    async def numbers(actor: Actor, **asked: Any) -> list[str]:
        data = await ask(actor, "authority/list_credentials", purpose=WHY, **asked)
        return [edge["node"]["number"] for edge in data["credentials"]["edges"]]

    assert await numbers(titles.officer) == ["1", "2", "3", "4"]
    page = (await ask(titles.officer, "authority/list_credentials", purpose=WHY, first=3))["credentials"]
    assert page["pageInfo"]["hasNextPage"]
    assert await numbers(titles.officer, after=page["pageInfo"]["endCursor"]) == ["4"]
    sichuan = to_node_id("Organisation", titles.sichuan)
    _, other = await titles.enrol(3, "单雄信")
    unknown = public_number(999)
    for narrowed, wanted in (
        ({"holder": titles.public_number, "issuer": sichuan, "series": "01"}, ["1", "2", "3", "4"]),
        ({"number": "２"}, ["2"]),
        ({"level": "SENIOR_FULL"}, ["4"]),
        ({"standing": "EXPIRED"}, ["4"]),
        ({"standing": "VALID", "on": ISSUED.isoformat()}, ["1", "2", "3", "4"]),
        ({"standing": "NOT_YET_ISSUED", "on": "2020-04-16"}, ["1", "2", "3", "4"]),
        ({"standing": "REVOKED"}, []),
        ({"standing": "SUSPENDED"}, []),
        ({"standing": "PENDING"}, []),
        ({"holder": other}, []),
        ({"holder": unknown}, []),
    ):
        assert await numbers(titles.officer, filter=narrowed) == wanted
    assert await numbers(titles.other_officer) == []
    assert await numbers(titles.hr) == ["1", "2", "3", "4"]
    assert (await ask.refused(titles.hr, "authority/list_credentials", purpose=" "))["code"] == "INVALID_INPUT"
    assert (await ask.refused(ANONYMOUS, "authority/list_credentials", purpose=WHY))["code"] == "NOT_PERMITTED"
    malformed = await ask.refused(titles.hr, "authority/list_credentials", purpose=WHY, filter={"holder": "TR-1"})
    assert malformed["code"] == "INVALID_INPUT"


async def test_issuers_holders_committees_and_sources_of_a_list_cost_no_query_for_each_row(
    ask: Asking, titles: Titles
) -> None:
    costs = []
    for serial in range(2, 8):
        await titles.enrol(serial, "单雄信")
        titles.document_number = document(serial)
        await titles.record(str(serial))
        if serial in (3, 7):
            data = await ask(titles.officer, "authority/list_credentials", purpose=WHY)
            assert len(data["credentials"]["edges"]) == serial - 1
            costs.append(ask.statements)
    assert costs[0] == costs[1]


async def test_histories_and_ledger_entries_of_a_list_cost_no_query_for_each_row(
    ask: Asking, titles: Titles, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = """query Q { credentials(purpose: "q") { edges { node {
        standing(knownAt: "2026-11-24T04:00:00+00:00")
        history { versions { level } } ledgerEntries { edges { node { name } } } } } } }"""
    (tmp_path / "nested.graphql").write_text(document)
    monkeypatch.setattr("tests.api.conftest.OPERATIONS", tmp_path)
    costs = []
    for number in range(1, 6):
        await titles.record(str(number))
        if number in (2, 5):
            data = await ask(titles.officer, "nested")
            assert [len(e["node"]["history"]["versions"]) for e in data["credentials"]["edges"]] == [1] * number
            costs.append(ask.statements)
    assert costs[0] == costs[1]


async def test_a_person_sees_the_own_credentials(ask: Asking, titles: Titles) -> None:
    await titles.record()
    await titles.record("2")
    mine = (await ask(titles.holder, "researcher/my_credentials", first=1))["me"]["credentials"]
    assert [edge["node"]["number"] for edge in mine["edges"]] == [NUMBER]
    after = mine["pageInfo"]["endCursor"]
    mine = (await ask(titles.holder, "researcher/my_credentials", after=after))["me"]["credentials"]
    assert [edge["node"]["number"] for edge in mine["edges"]] == ["2"]


async def test_a_consent_opens_credentials_where_it_names_them(ask: Asking, titles: Titles) -> None:
    made = to_node_id("Credential", await titles.record())
    outsider = Actor(ActorKind.HR, None, titles.chongqing)
    for fields, opens in (
        ((PersonField.CONTACT,), False),
        ((PersonField.DECISIONS,), False),
        (tuple(PersonField), True),
    ):
        consent = consents.NewConsent(titles.chongqing, WHY, fields, date(2026, 12, 31))
        await consents.grant(titles.world.registry, titles.holder, consent, titles.world.key())
        data, errors = await ask.with_errors(outsider, "hr/read_credential", id=made, purpose=WHY)
        assert (not errors) is opens, (fields, data)
