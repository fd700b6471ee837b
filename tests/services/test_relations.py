"""How actors stand to people, and what that opens."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.profiles import PROFILE_FIELDS, Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind, Subject
from talent_registry.services.relation_kinds import Relation
from talent_registry.services.relations import disclose, subject_of_person, subjects_of_people
from tests.people import CHONGQING, SICHUAN, a_town
from tests.registries import World

ALL = frozenset(PersonField)
PERSON, HOME, HOST, ISSUER = uuid4(), uuid4(), uuid4(), uuid4()
SUBJECT = Subject(PERSON, HOME, frozenset({HOST}), frozenset({ISSUER}), frozenset({SICHUAN}))
ITEMS = {
    PersonField.CONTACT: Visibility.PRIVATE,
    PersonField.DISCIPLINE: Visibility.RECOGNISED_PARTIES,
    PersonField.KEYWORDS: Visibility.PUBLIC,
}
SELF = Actor(ActorKind.RESEARCHER, researcher_id=PERSON)
FACTS = ALL - set(PROFILE_FIELDS)


@pytest.mark.parametrize(
    ("actor", "basis", "shown"),
    [
        (SELF, "SELF", ALL),
        (Actor(ActorKind.HR, None, HOME), "HOME_UNIT", ALL - {PersonField.CONTACT}),
        (Actor(ActorKind.AUTHORITY, None, uuid4(), None, SICHUAN), "AUTHORITY", ALL - {PersonField.CONTACT}),
        (
            Actor(ActorKind.HR, None, HOST),
            "HOST_UNIT",
            ALL - {PersonField.CONTACT, PersonField.DOCUMENTS, PersonField.HOUSEHOLD},
        ),
        (
            Actor(ActorKind.ISSUER, None, ISSUER),
            "ISSUER",
            {PersonField.NAME, PersonField.DOCUMENTS, PersonField.CREDENTIALS, PersonField.KEYWORDS},
        ),
        (Actor(ActorKind.RESEARCHER, researcher_id=uuid4()), "ANYONE", {PersonField.KEYWORDS}),
        (Actor(ActorKind.HR, None, uuid4()), "ANYONE", {PersonField.KEYWORDS}),
    ],
)
def test_each_relation_opens_what_it_opens(actor: Actor, basis: str, shown: set[PersonField]) -> None:
    disclosure = disclose(actor, SUBJECT, ALL, ITEMS)
    assert disclosure is not None
    assert (disclosure.basis, set(disclosure.shown)) == (basis, shown)
    assert {one.field for one in disclosure.withheld} == ALL - shown


@pytest.mark.parametrize(
    "actor",
    [
        ANONYMOUS,
        Actor(ActorKind.OPERATOR),
        Actor(ActorKind.CLOCK),
        Actor(ActorKind.AGENCY, None, HOME),
        Actor(ActorKind.AUTHORITY, None, uuid4(), None, CHONGQING),
        Actor(ActorKind.HR, None, ISSUER),
    ],
)
def test_nobody_else_learns_that_the_person_is_there(actor: Actor) -> None:
    assert disclose(actor, SUBJECT, ALL, {}) is None


def test_an_unknown_caller_sees_not_even_public_items() -> None:
    assert disclose(ANONYMOUS, SUBJECT, ALL, ITEMS) is None


def test_a_consent_opens_exactly_its_fields_even_private_ones() -> None:
    opened = {PersonField.CONTACT, PersonField.HOUSEHOLD}
    subject = Subject(PERSON, consented=True, consented_fields=frozenset(one.value for one in opened))
    disclosure = disclose(Actor(ActorKind.AGENCY, None, HOME), subject, ALL - {PersonField.KEYWORDS}, ITEMS)
    assert disclosure is not None
    assert (disclosure.basis, set(disclosure.shown)) == ("CONSENTED", opened)
    assert {one.reason for one in disclosure.withheld} == {"CONSENT_REQUIRED"}


def test_a_consent_adds_to_what_a_host_unit_sees() -> None:
    subject = Subject(
        PERSON, HOME, frozenset({HOST}), consented=True, consented_fields=frozenset({PersonField.HOUSEHOLD.value})
    )
    asked = frozenset({PersonField.NAME, PersonField.HOUSEHOLD})
    disclosure = disclose(Actor(ActorKind.HR, None, HOST), subject, asked, {})
    assert disclosure is not None
    assert (disclosure.basis, disclosure.shown) == ("HOST_UNIT+CONSENTED", asked)


def test_what_is_withheld_says_why_and_how_to_obtain_it() -> None:
    asked = frozenset({PersonField.CONTACT, PersonField.HOUSEHOLD})
    for actor, reasons in (
        (Actor(ActorKind.HR, None, HOST), {"PRIVATE", "CONSENT_REQUIRED"}),
        (Actor(ActorKind.ISSUER, None, ISSUER), {"PRIVATE", "NOT_YOURS"}),
    ):
        disclosure = disclose(actor, SUBJECT, asked, ITEMS)
        assert disclosure is not None
        assert {one.reason for one in disclosure.withheld} == reasons
        assert all(one.message.zh and one.message.en for one in disclosure.withheld)


async def test_a_person_is_known_by_home_unit_household_and_consent(world: World) -> None:
    town, today = await a_town(world), world.registry.today()
    asked = consents.NewConsent(town.host, "招聘", (PersonField.NAME,), date(2026, 12, 1))
    await consents.grant(world.registry, town.me, asked, world.key())
    async with world.registry.reading(town.home_hr) as connection:
        subject = await subject_of_person(connection, town.person, today, town.home_hr)
    assert (subject.home_unit_id, set(subject.provinces), subject.consented) == (town.home, {SICHUAN}, False)
    async with world.registry.reading(town.host_hr) as connection:
        subject = await subject_of_person(connection, town.person, today, town.host_hr)
    assert (subject.consented, set(subject.consented_fields)) == (True, {"NAME"})
    assert town.host_hr.relations(subject) == {Relation.ANYONE, Relation.CONSENTED}


async def test_a_person_unknown_to_the_actor_has_no_relation_to_them(world: World) -> None:
    town, today = await a_town(world), world.registry.today()
    async with world.registry.reading(town.host_hr) as connection:
        subjects = await subjects_of_people(connection, [town.person, UUID(int=9)], today, town.host_hr)
        assert await subjects_of_people(connection, [], today, town.host_hr) == {}
    assert [town.host_hr.relations(one) for one in subjects.values()] == [{Relation.ANYONE}] * 2
