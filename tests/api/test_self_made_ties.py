"""Nobody ties themselves to a person by an act of their own in order to look: what an act opens, another must grant."""

from typing import Any

import pytest

from tests.api.conftest import Asking
from tests.api.permission_cases import CQ
from tests.api.permission_world import HERMIT_SERIAL, PURPOSE, Cast
from tests.api.probing import as_text
from tests.titles import document


def amendment(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"researcher": cast.hermit.public_number, "idempotencyKey": cast.world.key()} | more


@pytest.mark.parametrize("how", [{"how": "CORRECTION"}, {"how": "CHANGE", "since": "2026-11-25"}])
async def test_a_province_does_not_take_a_household_over_on_its_own_word(
    cast: Cast, ask: Asking, how: dict[str, str]
) -> None:
    cast.world.clock.go_on(days=1)
    taken = amendment(cast, division="500106", **how)
    answer = (await ask(cast.outsiders[CQ], "authority/correct_household", input=taken))["correctHousehold"]
    assert answer["__typename"] == "NotFound"


@pytest.mark.parametrize("how", [{"how": "CORRECTION"}, {"how": "CHANGE", "since": "2026-11-25"}])
async def test_a_province_does_not_take_a_personnel_relation_over_without_evidence(
    cast: Cast, ask: Asking, how: dict[str, str]
) -> None:
    cast.world.clock.go_on(days=1)
    taken = amendment(cast, homeUnit=cast.unit(cast.posts.host), **how)
    answer = await ask(cast.outsiders[CQ], "hr/correct_personnel_relation", input=taken)
    assert answer["correctPersonnelRelation"]["__typename"] in ("NotFound", "InvalidInput")


async def test_recording_a_credential_opens_neither_household_nor_contact_nor_history(cast: Cast, ask: Asking) -> None:
    """The authority of an issuer's province has to do with the credential, as the issuer has, and with no more."""
    officer = cast.outsiders[CQ]
    asked = {
        "issuer": cast.unit(cast.posts.titles.chongqing),
        "kind": "TITLE",
        "number": "500020200001",
        "holder": {"documentNumber": document(HERMIT_SERIAL)},
        "facts": {
            "titleCode": "0102",
            "level": "副高级",
            "route": "评审",
            "issuerKind": "省级人社",
            "approvalDate": "2020-04-17",
        },
        "idempotencyKey": cast.world.key(),
    }
    answer = (await ask(officer, "authority/record_credential", input=asked))["recordCredential"]
    assert answer["__typename"] == "RecordCredentialSuccess"
    who = {"publicNumber": cast.hermit.public_number, "purpose": PURPOSE}
    seen = [await ask(officer, f"{one}", **who) for one in ("anyone/researcher", "authority/researcher_history")]
    assert "510107" not in as_text(seen)
    assert "jade.canary" not in as_text(seen)


async def test_a_host_unit_that_was_shown_one_field_does_not_open_the_rest_by_a_proposal(
    cast: Cast, ask: Asking
) -> None:
    """Neither the person nor the home unit agreed to anything, and the consent is withdrawn afterwards."""
    host = cast.outsiders["unrelated HR across the border"]
    granted = {
        "recipient": cast.unit(cast.posts.other_host),
        "purpose": PURPOSE,
        "fields": ["ORCID"],
        "until": "2027-01-01",
        "idempotencyKey": cast.world.key(),
    }
    consent = (await ask(cast.person, "researcher/grant_consent", input=granted))["grantConsent"]["consent"]
    asked = {
        "researcher": cast.number,
        "hostUnit": cast.unit(cast.posts.other_host),
        "credential": cast.id_of("Credential", cast.posts.person.credential),
        "kind": "PART_TIME",
        "post": "讲座教授",
        "from": cast.posts.today.isoformat(),
        "until": "2027-11-23",
        "workloadPercent": 5,
        "idempotencyKey": cast.world.key(),
    }
    await ask(host, "hr/propose_placement", input=asked)
    closed = {"consent": consent["id"], "idempotencyKey": cast.world.key()}
    await ask(cast.person, "researcher/withdraw_consent", input=closed)
    data, _ = await ask.with_errors(host, "anyone/researcher", publicNumber=cast.number, purpose=PURPOSE)
    assert data == {"researcher": None}
