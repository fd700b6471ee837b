"""What the database refuses of placements by itself, when the program's own checks are gone round."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.placements import EndReason, Terms
from talent_registry.services import placement_counters, placement_drafts, placement_life
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.services.placement_life import Ending
from talent_registry.services.registry import Work, caller_of, perform
from talent_registry.storage import credentials
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.registries import open_world

ACTIVATE = "UPDATE placement SET state = 'ACTIVE', activated_on = legal_today(){more} WHERE id = :id"


@pytest.fixture
async def posts(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Postings]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield await open_postings(world)
    await world.registry.database.close()


async def refused(
    posts: Postings, statement: str, actor: Actor, command: str = "activatePlacement", **values: Any
) -> Any:
    """What the database says to one statement of an actor's transaction."""
    with pytest.raises(DBAPIError) as failure:
        async with posts.registry.database.writing(caller_of(actor), posts.today, command) as connection:
            await connection.execute(text(statement), values)
    return failure.value.orig


async def decision_of(posts: Postings, placement_id: UUID) -> UUID | None:
    return (await posts.get(placement_id)).decision_id


async def test_a_day_over_a_full_post_is_refused(posts: Postings) -> None:
    decision = await decision_of(posts, await posts.begin(workload_percent=60))
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=41)
    statement = ACTIVATE.format(more=", decision_id = :decision")
    said = await refused(posts, statement, posts.person.me, id=second, decision=decision)
    assert said.diag.constraint_name == "workload_within_a_full_post"


async def test_two_placements_that_begin_on_one_day_are_counted_once_each(posts: Postings) -> None:
    decision = await decision_of(posts, await posts.begin(workload_percent=40))
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=60)
    caller = caller_of(posts.person.me)
    async with posts.registry.database.writing(caller, posts.today, "activatePlacement") as connection:
        statement = text(ACTIVATE.format(more=", decision_id = :decision"))
        assert (await connection.execute(statement, {"id": second, "decision": decision})).rowcount == 1


async def test_two_signatures_are_not_enough(posts: Postings) -> None:
    proposed = await posts.propose(workload_percent=10)
    await posts.sign(proposed, posts.home_hr, posts.host_hr)
    statement = "UPDATE placement SET state = 'AGREED', open_round = NULL WHERE id = :id"
    said = await refused(posts, statement, posts.person.me, "signPlacement", id=proposed)
    assert said.diag.constraint_name == "three_signatures"


async def test_other_terms_than_those_signed_are_refused(posts: Postings) -> None:
    active = await posts.begin(workload_percent=10)
    said = await refused(posts, "UPDATE placement SET workload_percent = 20 WHERE id = :id", posts.person.me, id=active)
    assert said.diag.constraint_name == "three_signatures"


async def test_no_placement_is_active_without_a_decision(posts: Postings) -> None:
    agreed = await posts.agree()
    said = await refused(posts, ACTIVATE.format(more=""), posts.home_hr, id=agreed)
    assert said.diag.constraint_name == "recognition_in_force"


async def test_nobody_signs_for_another_side(posts: Postings) -> None:
    placement_id = await posts.propose()
    statement = (
        "INSERT INTO placement_signature"
        " (id, placement_id, round, party, terms_digest, account_id, signed_at, command_id)"
        " SELECT gen_random_uuid(), :id, 1, 'HOME_UNIT', 'x', :account, now(), command_id FROM placement WHERE id = :id"
    )
    said = await refused(
        posts, statement, posts.host_hr, "signPlacement", id=placement_id, account=posts.host_hr.account_id
    )
    assert said.sqlstate == "42501"


async def test_a_revocation_that_leaves_a_placement_active_is_not_committed(posts: Postings) -> None:
    await posts.begin()

    async def act(work: Work) -> dict[str, Any]:
        await work.connection.execute(
            text("UPDATE credential_status SET superseded_at = :now WHERE credential_id = :id"),
            {"now": work.now, "id": posts.person.credential},
        )
        return {}

    with pytest.raises(DBAPIError) as failure:
        await perform(posts.registry, posts.titles.officer, "revokeCredential", posts.world.key(), {}, act)
    assert getattr(failure.value.orig, "sqlstate", "") == "TR004"


def expire(posts: Postings, until: date) -> Callable[[Work], Awaitable[dict[str, Any]]]:
    """A command that gives the title another last day and sees to nothing that rests on it."""

    async def act(work: Work) -> dict[str, Any]:
        record = await credentials.find_credential(work.connection, posts.person.credential)
        assert record is not None
        corrected = replace(record.version, id=new_id(), valid_until=until, recorded_at=work.now)
        await credentials.add_version(work.connection, corrected, work.command_id)
        return {}

    return act


async def test_a_correction_that_leaves_a_placement_active_on_an_expired_credential_is_not_committed(
    posts: Postings,
) -> None:
    await posts.begin()
    over = expire(posts, posts.today - timedelta(days=1))
    with pytest.raises(DBAPIError) as failure:
        await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, over)
    assert getattr(failure.value.orig, "sqlstate", "") == "TR004"
    last = expire(posts, posts.today)
    await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, last)


async def test_no_placement_becomes_active_on_an_expired_credential_whatever_was_decided_before(
    posts: Postings,
) -> None:
    decision = await decision_of(posts, await posts.begin(workload_percent=10))
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    active = await posts.begin(workload_percent=10)
    last = expire(posts, posts.today)
    await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, last)
    posts.world.clock.go_on(days=1)
    statement = ACTIVATE.format(more=", decision_id = :decision")
    said = await refused(posts, statement, posts.person.me, id=second, decision=decision)
    assert said.diag.constraint_name == "recognition_in_force"
    # Nor is one that is active written again without saying that it rests.
    said = await refused(posts, "UPDATE placement SET round = round WHERE id = :id", posts.person.me, id=active)
    assert said.diag.constraint_name == "recognition_in_force"


async def test_a_status_written_over_an_expired_credential_is_not_committed_while_a_placement_is_active(
    posts: Postings,
) -> None:
    await posts.begin()
    last = expire(posts, posts.today)
    await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, last)
    posts.world.clock.go_on(days=1)

    async def act(work: Work) -> dict[str, Any]:
        values = {"id": posts.person.credential, "now": work.now, "command": work.command_id}
        again = (
            "WITH closed AS (UPDATE credential_status SET superseded_at = :now WHERE credential_id = :id RETURNING *) "
            "INSERT INTO credential_status (id, credential_id, status, valid_from, recorded_at, command_id) "
            "SELECT gen_random_uuid(), credential_id, status, valid_from, :now, :command FROM closed"
        )
        await work.connection.execute(text(again), values)
        return {}

    with pytest.raises(DBAPIError) as failure:
        await perform(posts.registry, posts.titles.officer, "reinstateCredential", posts.world.key(), {}, act)
    assert getattr(failure.value.orig, "sqlstate", "") == "TR004"


HOUSEHOLD = (
    "INSERT INTO household_registration (id, researcher_id, division, valid_from, recorded_at, command_id)"
    " VALUES (:id, :person, '500106', :day, :now, :command)"
)


@pytest.mark.parametrize("order", ["household first", "placement first"])
async def test_a_placement_and_a_household_are_never_written_in_one_transaction(posts: Postings, order: str) -> None:
    placement_id = await posts.propose()

    async def act(work: Work) -> dict[str, Any]:
        stranger = new_id()
        await work.connection.execute(
            text("INSERT INTO researcher (id, public_number, registered_at, command_id) VALUES (:id, :n, :now, :c)"),
            {"id": stranger, "n": str(stranger), "now": work.now, "c": work.command_id},
        )
        household: tuple[str, dict[str, Any]] = (
            HOUSEHOLD,
            {"id": new_id(), "person": stranger, "day": date(2026, 1, 1), "now": work.now, "command": work.command_id},
        )
        placement: tuple[str, dict[str, Any]] = (
            "UPDATE placement SET workload_percent = 10 WHERE id = :id",
            {"id": placement_id},
        )
        both = [household, placement] if order == "household first" else [placement, household]
        async with duty(work.connection, "account"):
            for statement, values in both:
                await work.connection.execute(text(statement), values)
        return {}

    officer = posts.titles.other_officer
    with pytest.raises(Exception, match="placement") as failure:
        await perform(posts.registry, officer, "correctHousehold", posts.world.key(), {}, act)
    assert getattr(failure.value, "reason", "") == "HOUSEHOLD_IS_NOT_MOVED"


@pytest.mark.parametrize("state", ["ACTIVE", "SUSPENDED", "ENDED"])
async def test_a_placement_keeps_to_its_states(posts: Postings, state: str) -> None:
    proposed = await posts.propose()
    over = await posts.propose(host_unit_id=posts.other_host)
    await placement_life.withdraw(posts.registry, posts.person.me, over, posts.world.key())
    ended = ", ended_on = legal_today(), end_reason = 'TERM'" if state == "ENDED" else ""
    statement = f"UPDATE placement SET state = '{state}'{ended} WHERE id = :id"
    for placement_id in (proposed, over):
        said = await refused(posts, statement, posts.person.me, id=placement_id)
        assert said.sqlstate == "TR005"


async def test_what_is_over_is_never_changed(posts: Postings) -> None:
    over = await posts.propose()
    await placement_life.withdraw(posts.registry, posts.person.me, over, posts.world.key())
    said = await refused(posts, "UPDATE placement SET workload_percent = 9 WHERE id = :id", posts.person.me, id=over)
    assert said.sqlstate == "TR005"


async def test_nobody_signs_terms_that_were_answered_with_others(posts: Postings) -> None:
    placement_id = await posts.propose()
    asked = placement_counters.CounterProposal(placement_id, workload_percent=9)
    await placement_counters.counter(posts.registry, posts.home_hr, asked, posts.world.key())
    statement = (
        "INSERT INTO placement_signature"
        " (id, placement_id, round, party, terms_digest, account_id, signed_at, command_id)"
        " SELECT gen_random_uuid(), :id, 1, 'HOST_UNIT', 'x', :account, now(), command_id FROM placement WHERE id = :id"
    )
    values = {"id": placement_id, "account": posts.host_hr.account_id}
    said = await refused(posts, statement, posts.host_hr, "signPlacement", **values)
    assert said.sqlstate == "TR005"
    # Nor does a version follow another than the last.
    statement = (
        "INSERT INTO placement_round (placement_id, round, term_from, term_until, workload_percent, terms,"
        " terms_digest, proposed_by, proposed_at, answers, command_id)"
        " SELECT id, :round, term_from, term_until, 5, '{}', 'x', 'HOST_UNIT', now(), :answers, command_id"
        " FROM placement WHERE id = :id"
    )
    for number, answers in ((4, 2), (3, 3)):
        told: dict[str, Any] = {"id": placement_id, "round": number, "answers": answers}
        said = await refused(posts, statement, posts.host_hr, "counterPlacement", **told)
        assert said.sqlstate == "TR005"


DECLARE = (
    "INSERT INTO placement_end (id, placement_id, reason, on_day, declared_at, command_id)"
    " SELECT gen_random_uuid(), id, :reason, legal_today() + 30, now(), command_id FROM placement WHERE id = :id"
)


async def test_each_party_gives_its_own_notice_and_takes_back_no_other(posts: Postings) -> None:
    placement_id = await posts.begin(terms=Terms())
    for reason, others in (
        ("EARLY_RETURN", (posts.home_hr, posts.host_hr, posts.titles.officer)),
        ("HOME_RECALL", (posts.person.me, posts.host_hr)),
        ("HOST_RELEASE", (posts.person.me, posts.home_hr)),
        ("TERM", (posts.person.me, posts.home_hr, posts.host_hr)),
    ):
        for other in others:
            said = await refused(posts, DECLARE, other, "endPlacement", id=placement_id, reason=reason)
            assert said.sqlstate == "42501"
    ending = Ending(placement_id, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, ending, posts.world.key())
    take_back = text("UPDATE placement_end SET withdrawn_at = now() WHERE placement_id = :id")
    for other, taken in ((posts.home_hr, 0), (posts.host_hr, 0), (posts.titles.officer, 0)):
        async with posts.registry.database.writing(caller_of(other), posts.today, "withdrawPlacementEnd") as connection:
            assert (await connection.execute(take_back, {"id": placement_id})).rowcount == taken
    said = await refused(
        posts,
        "UPDATE placement_end SET on_day = on_day + 1 WHERE placement_id = :id",
        posts.person.me,
        "withdrawPlacementEnd",
        id=placement_id,
    )
    assert said.sqlstate == "42501"


async def test_a_placement_ends_on_the_first_day_of_which_notice_stands_and_not_before_it(posts: Postings) -> None:
    placement_id = await posts.begin(terms=Terms())
    person = posts.person.me
    declared = "UPDATE placement SET ends_on = legal_today(), ends_reason = 'EARLY_RETURN' WHERE id = :id"
    said = await refused(posts, declared, person, "endPlacement", id=placement_id)
    assert said.sqlstate == "TR005"
    ending = Ending(placement_id, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, person, ending, posts.world.key())
    for statement in (
        "UPDATE placement SET ends_on = NULL, ends_reason = NULL WHERE id = :id",
        "UPDATE placement SET ends_on = ends_on - 1 WHERE id = :id",
        "UPDATE placement SET state = 'ENDED', ended_on = legal_today(), end_reason = 'EARLY_RETURN' WHERE id = :id",
        "UPDATE placement SET state = 'ENDED', ended_on = ends_on, end_reason = 'EARLY_RETURN' WHERE id = :id",
        "UPDATE placement SET state = 'ENDED', ended_on = ends_on, end_reason = 'HOME_RECALL' WHERE id = :id",
    ):
        said = await refused(posts, statement, person, "endPlacement", id=placement_id)
        assert said.sqlstate == "TR005", statement


async def test_a_day_before_the_notice_has_run_is_still_full(posts: Postings) -> None:
    first = await posts.begin(workload_percent=60, terms=Terms())
    decision = await decision_of(posts, first)
    ending = Ending(first, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, ending, posts.world.key())
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=41)
    statement = ACTIVATE.format(more=", decision_id = :decision")
    said = await refused(posts, statement, posts.person.me, id=second, decision=decision)
    assert said.diag.constraint_name == "workload_within_a_full_post"
    posts.world.clock.go_on(days=31)
    caller = caller_of(posts.person.me)
    async with posts.registry.database.writing(caller, posts.today, "activatePlacement") as connection:
        assert (await connection.execute(text(statement), {"id": second, "decision": decision})).rowcount == 1


async def test_a_draft_is_seen_and_changed_by_its_author_alone_and_never_erased(posts: Postings) -> None:
    asked = placement_drafts.NewDraft(researcher=posts.person.id, host_unit_id=posts.host)
    await placement_drafts.draft(posts.registry, posts.home_hr, asked, posts.world.key())
    for actor, seen in (
        (posts.home_hr, 1),
        (posts.person.me, 0),
        (posts.host_hr, 0),
        (posts.titles.officer, 0),
        (OPERATOR, 0),
    ):
        async with posts.registry.database.writing(caller_of(actor), posts.today, "editPlacementDraft") as connection:
            assert len((await connection.execute(text("SELECT id FROM placement_draft"))).all()) == seen
            changed = await connection.execute(text("UPDATE placement_draft SET changed_at = changed_at"))
            assert changed.rowcount == seen
    said = await refused(posts, "DELETE FROM placement_draft", posts.home_hr, "discardPlacementDraft")
    assert said.sqlstate == "42501"
    async with posts.registry.database.writing(caller_of(posts.home_hr), posts.today, "x") as connection:
        await connection.execute(text("UPDATE placement_draft SET state = 'DISCARDED'"))
    again = "UPDATE placement_draft SET state = 'DRAFT'"
    said = await refused(posts, again, posts.home_hr, "editPlacementDraft")
    assert said.sqlstate == "TR005"
    forged = (
        "INSERT INTO placement_draft (id, researcher_id, host_unit_id, party, unit_id, content, state, made_at,"
        " changed_at, command_id) SELECT gen_random_uuid(), :person, :host, 'HOME_UNIT', :home, '{}', 'DRAFT', now(),"
        " now(), id FROM command LIMIT 1"
    )
    values = {"person": posts.person.id, "host": posts.host, "home": posts.titles.home}
    said = await refused(posts, forged, posts.host_hr, "draftPlacement", **values)
    assert said.sqlstate == "42501"


async def test_what_is_due_is_told_to_who_keeps_the_time_alone(posts: Postings) -> None:
    placement_id = await posts.begin(term_until=posts.today)
    tomorrow = posts.today + timedelta(days=1)
    due = text("SELECT placements_due(:day, NULL, 10)")
    for actor, duty_name, found in (
        (OPERATOR, "clock", [placement_id]),
        (OPERATOR, "", []),
        (posts.person.me, "clock", []),
        (posts.titles.officer, "clock", []),
    ):
        async with posts.registry.reading(actor) as connection, duty(connection, duty_name):
            assert list((await connection.execute(due, {"day": tomorrow})).scalars()) == found


async def test_a_placement_begins_as_a_proposal(posts: Postings) -> None:
    placement_id = await posts.propose()
    statement = (
        "INSERT INTO placement (id, researcher_id, home_unit_id, host_unit_id, kind, post, term_from, term_until,"
        " workload_percent, state, round, proposed_at, credential_id, command_id)"
        " SELECT gen_random_uuid(), researcher_id, home_unit_id, host_unit_id, kind, post, term_from, term_until, 1,"
        " 'AGREED', 1, now(), credential_id, command_id FROM placement WHERE id = :id"
    )
    said = await refused(posts, statement, posts.person.me, "proposePlacement", id=placement_id)
    assert said.sqlstate == "TR005"
