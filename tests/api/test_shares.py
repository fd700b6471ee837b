"""Share codes through the API: made by the person, opened by anybody who holds them, told to the person."""

from typing import Any

from talent_registry.domain.shares import code_of, written
from talent_registry.services.permissions import ANONYMOUS, Actor
from tests.api.conftest import Asking
from tests.api.permission_world import PURPOSE, Cast

ALL = ["NAME", "DOCUMENT", "NUMBER", "TITLE", "LEVEL", "ISSUER", "APPROVAL", "VALIDITY", "RECOGNITION"]


async def made(cast: Cast, ask: Asking, *fields: str, **more: Any) -> dict[str, Any]:
    own = cast.id_of("Credential", cast.posts.person.credential)
    place = {"division": "500000"} if "RECOGNITION" in fields else {}
    asked = {"credentials": [own], "fields": list(fields), "purpose": PURPOSE, "days": 30, **place, **more}
    answer = await ask(cast.person, "researcher/issue_share_code", input={**asked, "idempotencyKey": cast.world.key()})
    found: dict[str, Any] = answer["issueShareCode"]
    return found


async def opened(cast: Cast, ask: Asking, actor: Actor = ANONYMOUS, **asked: Any) -> dict[str, Any]:
    keyed = {"idempotencyKey": cast.world.key(), **asked}
    found: dict[str, Any] = (await ask(actor, "anyone/open_share_code", input=keyed))["openShareCode"]
    return found


async def test_a_code_opens_what_was_chosen_to_anybody_and_its_person_is_told(cast: Cast, ask: Asking) -> None:
    given = await made(cast, ask, *ALL)
    assert given["link"].endswith("/s#" + given["sharedCode"].replace("-", ""))
    all_of_it = await opened(cast, ask, code=given["sharedCode"])
    (credential,) = all_of_it["shown"]["credentials"]
    assert all_of_it["outcome"] == "OPENED"
    assert [name for name, value in credential.items() if value is None] == ["revokedOn"]
    assert credential["recognition"]["outcome"] == "AUTO"
    assert "*" in all_of_it["shown"]["documents"][0]["numberMasked"]
    kind_alone = (await opened(cast, ask, code=(await made(cast, ask))["sharedCode"]))["shown"]
    assert {name for name, value in kind_alone["credentials"][0].items() if value is not None} == {"kind", "standing"}
    assert (kind_alone["name"], kind_alone["documents"]) == (None, [])
    edges = (await ask(cast.person, "researcher/accesses", first=100))["accesses"]["edges"]
    looks = [edge["node"] for edge in edges if edge["node"]["shareCode"]]
    assert [(look["basis"], look["fields"]) for look in looks] == [
        ("SHARE_CODE", ["NAME", "DOCUMENTS", "CREDENTIALS"]),
        ("SHARE_CODE", ["CREDENTIALS"]),
    ]
    assert looks[0]["shareCode"] == {"id": given["shareCode"]["id"], "purpose": PURPOSE}


async def test_revoked_and_unknown_codes_are_answered_alike(cast: Cast, ask: Asking) -> None:
    given = await made(cast, ask, "NAME", pin="4711")
    assert (await opened(cast, ask, code=given["sharedCode"]))["outcome"] == "PIN_NEEDED"
    assert (await opened(cast, ask, code=given["sharedCode"], pin="0000"))["outcome"] == "PIN_WRONG"
    asked = {"shareCode": given["shareCode"]["id"], "idempotencyKey": cast.world.key()}
    gone = (await ask(cast.person, "researcher/revoke_share_code", input=asked))["revokeShareCode"]
    assert gone["shareCode"]["state"] == "REVOKED"
    answers = [await opened(cast, ask, code=one) for one in (given["sharedCode"], written(code_of(bytes(32))))]
    assert answers[0] == answers[1]
    assert (answers[0]["outcome"], answers[0]["shown"]) == ("NOT_VALID", None)
    listed = (await ask(cast.person, "researcher/share_codes"))["shareCodes"]["edges"]
    assert [edge["node"]["state"] for edge in listed] == ["OPEN", "REVOKED"]
    assert listed[1]["node"]["wrongPins"] == 1
    assert len(listed[1]["node"]["credentials"]) == 1
    mistyped = await opened(cast, ask, code="FX")
    assert (mistyped["__typename"], mistyped["reason"]) == ("InvalidInput", "CODE")


async def test_no_document_number_is_chosen_into_an_answer(cast: Cast, ask: Asking) -> None:
    given = await made(cast, ask, *ALL)
    for actor in (ANONYMOUS, cast.host_hr, cast.officer, cast.person):
        answer = await opened(cast, ask, actor, code=given["sharedCode"], purpose="聘任")
        assert cast.posts.titles.document_number not in str(answer)
