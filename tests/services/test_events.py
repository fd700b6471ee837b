"""Events: each change in which somebody else has a part is told to exactly those, in order, with ids and codes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.errors import Conflict, NotFound, NotPermitted
from talent_registry.domain.events import Event, as_cloud_event
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.verification import Typed
from talent_registry.services import consents, events, placement_life, recognition, standing, verification
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.registry import caller_of
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from talent_registry.storage.ids import new_id
from tests.postings import Postings, open_postings
from tests.registries import World, authority
from tests.rolls import deliver, recorded, row
from tests.titles import NAME, NUMBER, PROFESSOR


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def told(posts: Postings, actor: Actor, after: int = 0) -> list[Event]:
    return await events.list_events(posts.registry, actor, after)


def types(found: list[Event]) -> list[str]:
    return [one.type for one in found]


async def newest(posts: Postings, actor: Actor) -> int:
    return await events.position_after(posts.registry, actor, None)


async def test_each_step_of_a_placement_is_told_to_its_parties_and_authorities_in_order(posts: Postings) -> None:
    start = {id(actor): await newest(posts, actor) for actor in (posts.person.me, posts.home_hr, posts.host_hr)}
    placement_id = await posts.begin()
    expected = [
        "placement.proposed",
        "placement.signed",
        "placement.signed",
        "placement.signed",
        "placement.agreed",
        "placement.activated",
    ]
    for actor in (posts.person.me, posts.home_hr, posts.host_hr):
        steps = [one for one in await told(posts, actor, start[id(actor)]) if one.type.startswith("placement")]
        assert types(steps) == expected
        assert {one.subject for one in steps} == {str(to_node_id("Placement", placement_id))}
        assert steps[-1].data == {"state": "ACTIVE", "on": str(posts.today), "by": "RESEARCHER"}
    for province in ("500000", "510000"):
        seen = types(await told(posts, authority(province)))
        assert [one for one in seen if one.startswith("placement")] == expected
    assert await told(posts, posts.other_host_hr) == []
    assert await told(posts, authority("520000")) == []


async def test_a_revocation_is_told_to_whoever_rests_on_the_credential_and_to_nobody_else(posts: Postings) -> None:
    await posts.begin()
    before = await newest(posts, posts.host_hr)
    asked = StatusChange(posts.person.credential, "核查", posts.today)
    await standing.revoke(posts.registry, posts.titles.issuer, asked, posts.world.key())
    found = await told(posts, posts.host_hr, before)
    revoked = next(one for one in found if one.type == "credential.revoked")
    assert revoked.subject == str(to_node_id("Credential", posts.person.credential))
    assert revoked.data == {"status": "REVOKED", "from": str(posts.today)}
    ended = next(one for one in found if one.type == "placement.ended")
    assert ended.data["endReason"] == "RECOGNITION_LOST"
    assert await told(posts, posts.other_host_hr) == []


async def test_an_issuer_is_not_told_of_placements_and_decisions(posts: Postings) -> None:
    await posts.begin()
    seen = types(await told(posts, posts.titles.issuer))
    assert seen
    assert {one.split(".")[0] for one in seen} == {"credential"}


async def test_records_corrections_and_statuses_of_a_credential_have_their_types(posts: Postings) -> None:
    correct = Correction(posts.person.credential, replace(PROFESSOR, approval_date=date(2020, 4, 16)))
    changed = StatusChange(posts.person.credential, "核查", posts.today)
    issuer = posts.titles.issuer
    posts.world.clock.go_on(seconds=1)
    await standing.correct(posts.registry, issuer, correct, posts.world.key())
    posts.world.clock.go_on(seconds=1)
    await standing.suspend(posts.registry, issuer, changed, posts.world.key())
    posts.world.clock.go_on(seconds=1)
    await standing.reinstate(posts.registry, issuer, changed, posts.world.key())
    seen = types([one for one in await told(posts, posts.person.me) if one.type.startswith("credential")])
    assert seen == ["credential.recorded", "credential.corrected", "credential.suspended", "credential.reinstated"]


async def test_a_decision_says_its_outcome_and_a_look_is_no_event(posts: Postings) -> None:
    before = await newest(posts, posts.titles.other_officer)
    decide = AskedRecognition(posts.person.credential, Target(division="500106"))
    done = await recognition.decide_recognition(posts.registry, posts.person.me, decide, posts.world.key())
    (decided,) = await told(posts, posts.titles.other_officer, before)
    assert decided.type == "recognition.decided"
    assert decided.data["outcome"] == done.result["outcome"]
    await verification.verify(posts.registry, posts.host_hr, Asked(Typed(NUMBER, NAME), "核验"), None, "192.0.2.1")
    assert await told(posts, posts.titles.other_officer, decided.position) == []


async def test_a_consent_is_told_to_its_recipient_and_opens_the_events_of_what_it_names(posts: Postings) -> None:
    given = consents.NewConsent(posts.other_host, "聘用", (PersonField.CREDENTIALS,), posts.today + timedelta(days=30))
    await consents.grant(posts.registry, posts.person.me, given, posts.world.key())
    suspend = StatusChange(posts.person.credential, "核查", posts.today)
    await standing.suspend(posts.registry, posts.titles.issuer, suspend, posts.world.key())
    seen = types(await told(posts, posts.other_host_hr))
    assert seen == ["consent.granted", "credential.suspended"]


async def test_what_was_undone_or_repeated_tells_nothing(posts: Postings) -> None:
    placement_id = await posts.propose()
    before = await newest(posts, posts.home_hr)
    key = posts.world.key()
    await placement_life.decline(posts.registry, posts.home_hr, placement_id, key)
    await placement_life.decline(posts.registry, posts.home_hr, placement_id, key)
    with pytest.raises(Conflict):
        await placement_life.activate(posts.registry, posts.person.me, placement_id, posts.world.key())
    assert types(await told(posts, posts.home_hr, before)) == ["placement.declined"]


async def test_reading_goes_on_from_an_event_of_ones_own_alone(posts: Postings) -> None:
    await posts.begin()
    all_of_them = await told(posts, posts.host_hr)
    assert len(all_of_them) > 3
    page = await events.page_events(posts.registry, posts.host_hr, PageRequest(first=3))
    assert list(page.items) == all_of_them[:3]
    position = await events.position_after(posts.registry, posts.host_hr, all_of_them[2].id)
    assert await told(posts, posts.host_hr, position) == all_of_them[3:]
    for actor, event_id in ((posts.other_host_hr, all_of_them[2].id), (posts.host_hr, new_id())):
        with pytest.raises(NotFound):
            await events.position_after(posts.registry, actor, event_id)
    with pytest.raises(NotPermitted):
        await told(posts, ANONYMOUS)
    for nobody in (OPERATOR, Actor(ActorKind.RESEARCHER)):
        assert await told(posts, nobody) == []
        assert (await events.page_events(posts.registry, nobody, PageRequest())).items == ()
        assert await newest(posts, nobody) == 0


async def test_the_application_can_forge_no_event_by_sql(posts: Postings) -> None:
    await posts.propose()
    for statement in (
        "INSERT INTO event (id, type, subject, at, data, command_id) SELECT id, 'x', '', now(), '{}', id FROM command",
        "UPDATE event SET type = 'x'",
        "DELETE FROM event_receiver",
        "SELECT announce((SELECT id FROM command LIMIT 1))",
    ):
        with pytest.raises(DBAPIError):
            async with posts.registry.database.writing(caller_of(posts.host_hr), posts.today, "x") as connection:
                await connection.execute(text(statement))


async def test_a_cloud_event_names_no_person(posts: Postings) -> None:
    await posts.begin()
    (*_, last) = await told(posts, posts.host_hr)
    body = as_cloud_event(last)
    assert {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"} == set(body)
    assert body["specversion"] == "1.0"
    assert body["type"] == "talent-registry.placement.activated"
    for word in (NAME, NUMBER, posts.person.public_number, str(posts.person.id)):
        assert word not in str(body)


async def test_a_status_that_a_roll_reports_is_told_like_one_that_the_issuer_gives(world: World) -> None:
    await deliver(world, row(1), row(2))
    await deliver(world, row(1, 状态="撤销"), row(2))
    record = await recorded(world, row(1)["证书编号"])
    holder = Actor(ActorKind.RESEARCHER, None, None, record.credential.researcher_id)
    (found,) = await events.list_events(world.registry, holder, 0)
    assert (found.type, found.data["status"]) == ("credential.revoked", "REVOKED")


async def test_a_corrected_day_that_moves_the_status_is_a_correction_alone(posts: Postings) -> None:
    before = await newest(posts, posts.person.me)
    moved = Correction(posts.person.credential, replace(PROFESSOR, issued_on=date(2020, 6, 1)))
    await standing.correct(posts.registry, posts.titles.issuer, moved, posts.world.key())
    assert types(await told(posts, posts.person.me, before)) == ["credential.corrected"]
