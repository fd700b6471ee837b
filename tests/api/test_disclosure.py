"""What a consent opens and closes: the named fields, to one organisation, each look shown to the person."""

from typing import Any
from uuid import UUID

import pytest

from talent_registry.api.context import Context
from talent_registry.api.schema import schema
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services import profiles
from talent_registry.services.permissions import Actor
from tests.api.conftest import Asking
from tests.api.permission_world import PURPOSE, Cast
from tests.api.probing import as_text
from tests.registries import World

WHOLE = """
query Whole($number: String!, $purpose: String!) {
  researcher(publicNumber: $number, purpose: $purpose) {
    publicNumber basis withheld { path reason }
    name { nameZh pinyin } formerNames { nameZh } documents { id numberMasked } household { division }
    personnelRelation { homeUnit { nameZh } insuranceDivision } contact { email phone } discipline { value }
    keywords { words } orcid { value } history { names { nameZh } }
    ledgerEntries { edges { node { name } } }
    credentials { edges { node { number holder { publicNumber } history { versions { level } } } } }
    decisions { edges { node { outcome } } } placements { edges { node { state } } }
  }
}
"""
SHOWN_BY = {
    PersonField.NAME: {"name", "formerNames"},
    PersonField.DOCUMENTS: {"documents"},
    PersonField.HOUSEHOLD: {"household"},
    PersonField.PERSONNEL_RELATION: {"personnelRelation"},
    PersonField.CONTACT: {"contact"},
    PersonField.DISCIPLINE: {"discipline"},
    PersonField.KEYWORDS: {"keywords"},
    PersonField.ORCID: {"orcid"},
    PersonField.CREDENTIALS: {"credentials"},
    PersonField.DECISIONS: {"decisions"},
    PersonField.PLACEMENTS: {"placements"},
}
FIELDS = {name for names in SHOWN_BY.values() for name in names}
RECIPIENTS = ("agency without consent", "unrelated HR")


@pytest.fixture
async def cast(cast: Cast, world: World) -> Cast:
    known = Visibility.RECOGNISED_PARTIES
    edit = profiles.ProfileEdit(
        profiles.ContactEdit("jade@example.cn", "+86 13800138000", known),
        profiles.TextEdit("教育学", known),
        profiles.WordsEdit(("方言",), Visibility.PRIVATE),
        profiles.TextEdit("0000-0002-1825-0097", known),
    )
    await profiles.edit(cast.posts.registry, cast.person, edit, world.key())
    return cast


async def whole(cast: Cast, actor: Actor) -> dict[str, Any] | None:
    """The person with everything one can ask for in one document; None where nobody is shown."""
    context = Context(cast.posts.registry, actor, request_id="t")
    variables = {"number": cast.number, "purpose": PURPOSE}
    result = await schema.execute(WHOLE, variable_values=variables, context_value=context)
    if result.errors:
        assert [(one.extensions or {})["code"] for one in result.errors] == ["NOT_FOUND"]
    found: dict[str, Any] | None = (result.data or {}).get("researcher")
    return found


async def consent(cast: Cast, ask: Asking, to: Actor, *fields: PersonField, until: str = "2027-01-01") -> str:
    """Granted by the person: the consent's id."""
    asked = {
        "recipient": cast.unit(to.organisation_id or UUID(int=0)),
        "purpose": "招聘",
        "fields": [one.value for one in fields],
        "until": until,
        "idempotencyKey": cast.world.key(),
    }
    answer = (await ask(cast.person, "researcher/grant_consent", input=asked))["grantConsent"]
    return str(answer["consent"]["id"])


async def withdraw(cast: Cast, ask: Asking, given: str) -> None:
    asked = {"consent": given, "idempotencyKey": cast.world.key()}
    answer = (await ask(cast.person, "researcher/withdraw_consent", input=asked))["withdrawConsent"]
    assert answer["__typename"] == "WithdrawConsentSuccess"


async def lists(cast: Cast, ask: Asking, actor: Actor) -> dict[str, bool]:
    """Which lists tell the actor anything of the person, be it by their end alone."""
    who = {"researcher": cast.id_of("Researcher", cast.posts.person.id)}
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "CREDENTIALS": ("authority/list_credentials", {"filter": {"holder": cast.number}, "purpose": PURPOSE}),
        "DECISIONS": ("anyone/recognition_decisions", {"filter": who, "purpose": PURPOSE}),
        "PLACEMENTS": ("anyone/placements", {"filter": who, "purpose": PURPOSE}),
        "NAME": ("anyone/researchers", {"filter": {"name": "旦增"}, "purpose": PURPOSE}),
    }
    found = {}
    for field, (document, variables) in asked.items():
        (page,) = (await ask(actor, document, first=1, **variables)).values()
        found[field] = bool(page["edges"] or page["pageInfo"]["endCursor"] or page["pageInfo"]["hasNextPage"])
    return found


@pytest.mark.parametrize("recipient", RECIPIENTS)
async def test_a_consent_opens_the_fields_it_names_and_no_other_until_it_is_withdrawn(
    cast: Cast, ask: Asking, recipient: str
) -> None:
    actor = cast.outsiders[recipient]
    others = [one for who, one in cast.outsiders.items() if who in RECIPIENTS and one is not actor]
    faults: list[str] = []
    for field in PersonField:
        assert await whole(cast, actor) is None
        given = await consent(cast, ask, actor, field)
        person = await whole(cast, actor)
        assert person is not None, field
        shown = {name for name in FIELDS if person[name] is not None}
        withheld = {one["path"][0] for one in person["withheld"]}
        if shown != SHOWN_BY[field]:
            faults.append(f"{field} opens {sorted(shown)}")
        if {one for one in FIELDS - shown if one != "formerNames"} - withheld:
            faults.append(f"{field}: not named as withheld: {sorted(FIELDS - shown - withheld)}")
        if person["history"] is not None or person["ledgerEntries"] is not None or "history" not in withheld:
            faults.append(f"{field} opens the history: {as_text(person)}")
        told = {name for name, opened in (await lists(cast, ask, actor)).items() if opened}
        if told != {field.value} & {"CREDENTIALS", "DECISIONS", "PLACEMENTS", "NAME"}:
            faults.append(f"{field}: lists tell of {sorted(told)}")
        assert [await whole(cast, other) for other in others] == [None]
        await withdraw(cast, ask, given)
        if await whole(cast, actor) is not None or any((await lists(cast, ask, actor)).values()):
            faults.append(f"{field} stays open after it was withdrawn")
    assert faults == []


async def test_the_person_sees_each_look_with_exactly_the_fields_shown(cast: Cast, ask: Asking) -> None:
    agency = cast.outsiders["agency without consent"]
    await consent(cast, ask, agency, PersonField.NAME, PersonField.ORCID)
    before = len((await ask(cast.person, "researcher/accesses", first=100))["accesses"]["edges"])
    assert await whole(cast, agency) is not None
    edges = (await ask(cast.person, "researcher/accesses", first=100))["accesses"]["edges"][before:]
    (look,) = [edge["node"] for edge in edges]
    assert (look["fields"], look["purpose"], look["basis"]) == (["NAME", "ORCID"], PURPOSE, "CONSENTED")
    assert look["organisation"]["nameZh"] == "重庆样例人才服务中心"


async def test_a_private_item_is_opened_by_a_consent_that_names_it_alone(cast: Cast, ask: Asking) -> None:
    agency = cast.outsiders["agency without consent"]
    await consent(cast, ask, agency, PersonField.NAME)
    person = await whole(cast, agency)
    assert person is not None
    reasons = {one["path"][0]: one["reason"] for one in person["withheld"]}
    assert (reasons["keywords"], reasons["orcid"]) == ("PRIVATE", "CONSENT_REQUIRED")
    home = await whole(cast, cast.home_hr)
    assert home is not None
    assert (home["keywords"], home["orcid"]) == (None, {"value": "0000-0002-1825-0097"})


async def test_a_consent_ends_after_its_last_day(cast: Cast, ask: Asking) -> None:
    agency = cast.outsiders["agency without consent"]
    await consent(cast, ask, agency, PersonField.NAME, until="2026-11-25")
    cast.world.clock.go_on(days=1)
    assert await whole(cast, agency) is not None
    cast.world.clock.go_on(days=1)
    assert await whole(cast, agency) is None
