"""What the database lets nobody do in a case, whatever the program asks of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services import proceeding_overrides
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.proceeding_overrides import NewOverride
from talent_registry.services.registry import caller_of
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.proceedings import CENTRAL, LOCAL, PREFECTURE, UNFILED, Desks, open_desks
from tests.registries import World, authority
from tests.storage.test_guards import begin, finish, insert


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def state_of(desks: Desks, actor: Actor, duty_name: str = "", **event: Any) -> str | None:
    """The database's refusal of an event written by SQL; None where it stands."""
    registry = desks.posts.registry
    who = {
        "actor_kind": actor.kind.value,
        "account_id": actor.account_id,
        "organisation_id": actor.organisation_id,
        "province": actor.province if actor.kind is ActorKind.AUTHORITY else None,
    }
    try:
        async with (
            registry.database.writing(caller_of(actor), registry.today(), "x") as connection,
            duty(connection, duty_name),
        ):
            command = await begin(connection, "x")
            at = {"at": registry.clock(), "on_day": registry.today(), "command_id": command}
            await insert(connection, "proceeding_event", **(who | at | event))
            await finish(connection, command, "x")
    except DBAPIError as failure:
        return getattr(failure.orig, "sqlstate", None)
    return None


@pytest.mark.parametrize("event", ["DECIDED", "EVIDENCE_REQUESTED", "APPEAL_DECIDED"])
async def test_only_the_body_decides_by_sql(desks: Desks, event: str) -> None:
    case_id = await desks.open("1", **PREFECTURE)
    outcome = "CONFIRMED" if event == "DECIDED" else None
    for actor in (desks.me, desks.sichuan, desks.issuer, desks.posts.host_hr, authority("520000"), OPERATOR, ANONYMOUS):
        for duty_name in ("", "recognise", "clock", "compare"):
            refusal = await state_of(desks, actor, duty_name, proceeding_id=case_id, event=event, outcome=outcome)
            # APPEAL_DECIDED meets the guard first: there is no decision that an appeal could be about.
            assert refusal == ("TR001" if event == "APPEAL_DECIDED" else "42501"), (actor.kind, duty_name)


async def test_only_the_applicant_withdraws_answers_and_appeals_by_sql(desks: Desks) -> None:
    case_id = await desks.open("1", **PREFECTURE)
    stranger, _ = await desks.posts.titles.enrol(9, "单雄信")
    for event in ("WITHDRAWN", "EVIDENCE_GIVEN", "APPEALED"):
        for actor in (desks.chongqing, desks.sichuan, Actor(ActorKind.RESEARCHER, None, None, stranger)):
            assert await state_of(desks, actor, "recognise", proceeding_id=case_id, event=event) == "42501"
    assert await state_of(desks, desks.me, proceeding_id=case_id, event="WITHDRAWN") is None


async def test_an_act_is_recorded_for_the_province_that_acts_and_a_case_is_decided_once(desks: Desks) -> None:
    case_id = await desks.open("1", **PREFECTURE)
    decided: dict[str, Any] = {"proceeding_id": case_id, "event": "DECIDED", "outcome": "CONFIRMED"}
    assert await state_of(desks, desks.chongqing, **decided, province="510000") == "TR001"
    assert await state_of(desks, desks.chongqing, **decided) is None
    assert await state_of(desks, desks.chongqing_too, **decided) == "TR001"


async def test_nobody_acts_under_the_name_of_a_colleague(desks: Desks) -> None:
    act: dict[str, Any] = {
        "proceeding_id": await desks.open("1", **PREFECTURE),
        "event": "DECIDED",
        "outcome": "CONFIRMED",
    }
    lent: dict[str, Any]
    for lent in ({"account_id": desks.posts.host_hr.account_id}, {"account_id": None}, {"organisation_id": None}):
        refused = await state_of(desks, desks.chongqing, **(act | lent))
        assert refused in {"42501", "TR001"}
    assert await state_of(desks, desks.chongqing, **act) is None


async def test_an_override_is_approved_by_the_other_province_and_another_account_alone(desks: Desks) -> None:
    credential = await desks.title("1", **UNFILED)
    decision = UUID((await desks.decide(credential))["decision_id"])
    done = await proceeding_overrides.propose_override(
        desks.posts.registry, desks.chongqing, NewOverride(decision, "登记遗漏。"), desks.world.key()
    )
    case_id = UUID(done.result["case_id"])
    approved: dict[str, Any] = {"proceeding_id": case_id, "event": "OVERRIDE_APPROVED", "outcome": "CONFIRMED"}
    assert await state_of(desks, desks.chongqing_too, **approved) == "TR001"
    assert await state_of(desks, desks.sichuan, **approved, account_id=desks.chongqing.account_id) == "TR001"
    assert await state_of(desks, desks.sichuan, **approved, account_id=None) == "TR001"
    assert await state_of(desks, authority("520000"), **approved, account_id=desks.sichuan.account_id) == "42501"
    assert await state_of(desks, desks.sichuan, **approved) is None


async def test_silence_grants_nothing_before_its_term_nor_where_the_agreement_grants_nothing(desks: Desks) -> None:
    tacit, never = await desks.open("1", **LOCAL), await desks.open("2", **PREFECTURE)
    lapsed: dict[str, Any] = {"event": "LAPSED", "outcome": "VERIFIED"}
    assert await state_of(desks, OPERATOR, "clock", proceeding_id=tacit, **lapsed) == "TR001"
    desks.go_to("2026-12-31")
    assert await state_of(desks, OPERATOR, "clock", proceeding_id=never, **lapsed) == "TR001"
    assert await state_of(desks, desks.chongqing, proceeding_id=tacit, **lapsed) == "42501"
    assert await state_of(desks, OPERATOR, "clock", proceeding_id=tacit, **lapsed) is None


async def test_a_case_keeps_the_answer_of_its_decision_and_nobody_opens_one_for_somebody_else(desks: Desks) -> None:
    case_id = await desks.open("1", **PREFECTURE)
    registry = desks.posts.registry
    copied = (
        "INSERT INTO proceeding (id, kind, decision_id, credential_id, researcher_id, issuer_id, target_division, "
        "employer_kind, post_series, outcome, rule, reason_code, procedure, terms, body, body_province, facts, "
        "facts_digest, told, opened_on, command_id) SELECT :new, kind, decision_id, credential_id, researcher_id, "
        "issuer_id, target_division, employer_kind, post_series, {outcome}, rule, reason_code, procedure, terms, body, "
        "body_province, facts, facts_digest, {told}, opened_on, command_id FROM proceeding WHERE id = :case"
    )
    for actor, outcome, told, state in (
        (desks.me, "'AUTO'", "told", "TR001"),
        (desks.me, "outcome", "told - 0", "TR001"),
        (desks.me, "outcome", "told || '[[\"holder.retired\", true]]'", "TR001"),
        (desks.chongqing, "outcome", "told", "42501"),
        (desks.me, "outcome", "told", None),
    ):
        found = None
        try:
            async with registry.noting(actor) as connection:
                values = {"new": new_id(), "case": case_id}
                await connection.execute(text(copied.format(outcome=outcome, told=told)), values)
        except DBAPIError as failure:
            found = getattr(failure.orig, "sqlstate", None)
        assert found == state


async def test_cases_and_events_are_final(desks: Desks, database_urls: DatabaseUrls) -> None:
    await desks.open("1", **PREFECTURE)
    with as_superuser(database_urls) as connection:
        for statement in (
            "UPDATE proceeding SET rule = 'R1'",
            "DELETE FROM proceeding_event",
            "UPDATE proceeding_event SET text = 'x'",
            "TRUNCATE proceeding, proceeding_event",
        ):
            with pytest.raises(Exception, match="are final"):
                connection.execute(statement)


async def test_who_sees_a_case_by_sql(desks: Desks) -> None:
    cases = [await desks.open("1", **PREFECTURE), await desks.open("2", **CENTRAL), await desks.open("3", **LOCAL)]
    await desks.settle(cases[0], ProceedingOutcome.REFUSED)
    for actor, duty_name, seen in (
        (desks.me, "", 3),
        (desks.chongqing, "", 3),
        (desks.sichuan, "", 1),
        (desks.issuer, "", 1),
        (authority("520000"), "", 0),
        (desks.posts.home_hr, "", 0),
        (desks.posts.host_hr, "compare", 0),
        (desks.posts.host_hr, "clock", 0),
        (desks.posts.host_hr, "recognise", 3),
        (desks.sichuan, "compare", 3),
        (OPERATOR, "", 0),
        (OPERATOR, "clock", 3),
        (ANONYMOUS, "compare", 0),
    ):
        async with desks.posts.registry.reading(actor) as connection, duty(connection, duty_name):
            rows = (await connection.execute(text("SELECT 1 FROM proceeding"))).all()
            events = (await connection.execute(text("SELECT DISTINCT proceeding_id FROM proceeding_event"))).all()
        assert (len(rows), len(events)) == (seen, seen), (actor.kind, actor.province, duty_name)


async def test_nothing_happens_twice_or_after_the_end_or_before_what_happened_by_sql(desks: Desks) -> None:
    case_id = await desks.open("1", **PREFECTURE)
    today = desks.posts.today
    asked: dict[str, Any] = {"proceeding_id": case_id, "event": "EVIDENCE_REQUESTED"}
    assert await state_of(desks, desks.chongqing, **asked, on_day=today - timedelta(days=1)) == "TR001"
    await desks.settle(case_id, ProceedingOutcome.REFUSED)
    assert await state_of(desks, desks.chongqing, **asked) == "TR001"
    assert await state_of(desks, desks.me, proceeding_id=case_id, event="EVIDENCE_GIVEN") == "TR001"
    for who, event in ((desks.me, "APPEALED"), (desks.chongqing_too, "APPEAL_DECIDED")):
        outcome = "CONFIRMED" if event == "APPEAL_DECIDED" else None
        said: dict[str, Any] = {"proceeding_id": case_id, "event": event, "outcome": outcome}
        assert [await state_of(desks, who, **said) for _ in range(2)] == [None, "23505"], event
