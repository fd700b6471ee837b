"""What the database refuses of a placement's life by itself: states, versions, signatures, notices and drafts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.placements import Terms
from talent_registry.services import placement_counters, placement_drafts, placement_life
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.placement_life import Ending
from talent_registry.services.registry import caller_of
from talent_registry.storage.session import duty
from tests.postings import Postings
from tests.storage.test_placements import ACTIVATE, decision_of, posts, refused

__all__ = ["posts"]


@pytest.mark.parametrize("state", ["ACTIVE", "SUSPENDED", "ENDED", "LAPSED"])
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


async def test_what_waits_is_told_to_who_keeps_the_time_alone_and_lapses_by_them(posts: Postings) -> None:
    placement_id = await posts.propose()
    waits = text("SELECT placements_waiting(:day, :after, 10)")
    # Proposed today, it is looked at from tomorrow on.
    today, tomorrow = posts.today, posts.today + timedelta(days=1)
    for actor, duty_name, day, after, found in (
        (OPERATOR, "clock", tomorrow, None, [placement_id]),
        (OPERATOR, "clock", tomorrow, placement_id, []),
        (OPERATOR, "clock", today, None, []),
        (OPERATOR, "", tomorrow, None, []),
        (posts.person.me, "clock", tomorrow, None, []),
    ):
        async with posts.registry.reading(actor) as connection, duty(connection, duty_name):
            assert list((await connection.execute(waits, {"day": day, "after": after})).scalars()) == found
    lapse = "UPDATE placement SET state = 'LAPSED', open_round = NULL WHERE id = :id"
    for party in (posts.person.me, posts.home_hr, posts.host_hr):
        assert (await refused(posts, lapse, party, id=placement_id)).sqlstate == "TR005"


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
