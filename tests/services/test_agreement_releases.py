"""Releases of the agreement: nobody makes law alone, and what was known at an instant stays what it was."""

from datetime import date
from uuid import UUID

import pytest

from talent_registry.domain.conformance import Reading
from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.release_states import ReleaseState
from talent_registry.services import agreement_releases
from talent_registry.services.agreement_releases import File
from talent_registry.services.permissions import ANONYMOUS, OPERATOR
from tests.chambers import DAY, FIRST, REPEATED, SENTENCE, Chamber, open_chamber
from tests.drafts import MAIN, STANDING, a_case, a_version, cases_file, changed_case, listings, whole, widened
from tests.offices import SICHUAN
from tests.registries import World, authority


@pytest.fixture
async def chamber(world: World) -> Chamber:
    return await open_chamber(world)


async def test_every_step_stands_in_the_ledger(chamber: Chamber) -> None:
    await chamber.enact(widened(FIRST))
    async with chamber.registry.reading(OPERATOR) as connection:
        rows = await connection.exec_driver_sql(
            "SELECT name, body ->> 'version', body ->> 'enacted' FROM ledger_entry WHERE name LIKE '%%Release' "
            "ORDER BY sequence"
        )
        found = [tuple(row) for row in rows]
    version = "SC-CQ/2027-01-01"
    assert found == [
        ("draftRelease", version, None),
        ("proposeRelease", version, None),
        ("approveRelease", version, "false"),
        ("approveRelease", version, "true"),
    ]


async def test_an_approval_of_another_digest_is_refused(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(FIRST))
    other = await chamber.get(await chamber.draft(widened(FIRST, listed=("510300", "500106"))))
    refused = await chamber.refused(chamber.approve(release, chamber.sichuan, digest=other.digest), Conflict)
    assert (refused.reason, refused.path) == ("DIGEST_DIFFERS", ("input", "digest"))
    assert await chamber.state(release) is ReleaseState.PROPOSED


async def test_a_province_does_not_approve_twice(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(FIRST))
    await chamber.approve(release, chamber.chongqing)
    refused = await chamber.refused(chamber.approve(release, chamber.chongqing_too), Conflict)
    assert refused.reason == "ALREADY_APPROVED_BY_PROVINCE"
    assert await chamber.state(release) is ReleaseState.APPROVED_BY_ONE


async def test_the_author_may_not_approve(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(FIRST))
    refused = await chamber.refused(chamber.approve(release, chamber.author), NotPermitted)
    assert refused.reason == "AUTHOR_MAY_NOT_APPROVE"


async def test_nothing_is_approved_after_its_first_day(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(date(2026, 11, 25)))
    await chamber.approve(release, chamber.sichuan)
    chamber.world.clock.go_on(days=2)
    refused = await chamber.refused(chamber.approve(release, chamber.chongqing), NotInForce)
    assert refused.reason == "EFFECTIVE_DATE_PASSED"
    assert await chamber.state(release) is ReleaseState.LAPSED


async def test_a_release_is_approved_on_its_very_first_day(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(date(2026, 11, 25)))
    chamber.world.clock.go_on(days=1)
    await chamber.approve(release, chamber.sichuan)
    assert await chamber.approve(release, chamber.chongqing)
    assert await chamber.state(release) is ReleaseState.IN_FORCE


async def test_nothing_begins_before_today_without_saying_so(chamber: Chamber) -> None:
    refused = await chamber.refused(chamber.draft(widened(date(2026, 11, 23))), NotInForce)
    assert refused.reason == "EFFECTIVE_DATE_PASSED"


@pytest.mark.parametrize("sentence", [None, "同意", REPEATED + ".", *SENTENCE, "\n".join(reversed(SENTENCE))])
async def test_reaching_back_is_approved_by_its_very_sentence(chamber: Chamber, sentence: str | None) -> None:
    release = await chamber.proposed(widened(date(2026, 11, 1), sentence=SENTENCE))
    refused = await chamber.refused(chamber.approve(release, chamber.sichuan, sentence=sentence), Conflict)
    assert (refused.reason, SENTENCE[1] in refused.message.en) == ("RETROACTIVE_NOT_ACCEPTED", True)
    assert not await chamber.approve(release, chamber.sichuan, sentence=REPEATED)
    assert await chamber.approve(release, chamber.chongqing, sentence=REPEATED)


async def test_a_sentence_that_the_release_does_not_say_is_no_approval_of_it(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(FIRST))
    refused = await chamber.refused(chamber.approve(release, chamber.sichuan, sentence=SENTENCE[0]), Conflict)
    assert refused.reason == "RETROACTIVE_NOT_ACCEPTED"


async def test_what_does_not_keep_its_own_cases_is_kept_as_a_draft_but_not_proposed(chamber: Chamber) -> None:
    texts = widened(FIRST) | cases_file(a_case("N1", FIRST, outcome="VERIFY"), a_case("N2", FIRST, outcome="AUTO"))
    done = await chamber.draft_answered(texts)
    assert done.result["passes"] is False
    release = UUID(done.result["release_id"])
    refused = await chamber.refused(chamber.propose(release), Conflict)
    assert (refused.reason, refused.path) == ("CONFORMANCE_FAILED", ("N1",))
    assert "AUTO (R2a, SC_CQ_LOCAL_RECIPROCAL)" in refused.message.en
    assert [(one.case_id, one.agrees) for one in (await chamber.get(release)).report.own] == [
        ("N1", False),
        ("N2", True),
    ]


async def test_a_settled_case_is_not_changed_in_silence(chamber: Chamber) -> None:
    undated = {"draft.toml": a_version(FIRST) + listings(("510300", "500107", date(2021, 3, 29)))}
    refused = await chamber.refused(chamber.propose(await chamber.draft(undated)), Conflict)
    assert (refused.reason, refused.path) == ("SETTLED_CASE_CHANGED", ("C05",))
    assert "from AUTO (R2a, SC_CQ_LOCAL_RECIPROCAL) to VERIFY (R2b, SC_CQ_LOCAL_VERIFY)" in refused.message.en


async def test_a_case_named_as_changed_must_change(chamber: Chamber) -> None:
    text = a_version(FIRST) + listings(*STANDING) + changed_case("C01")
    refused = await chamber.refused(chamber.propose(await chamber.draft({"draft.toml": text})), Conflict)
    assert (refused.reason, refused.path) == ("CASE_NOT_CHANGED", ("C01",))


async def test_the_cases_of_a_release_are_settled_for_the_next(chamber: Chamber) -> None:
    await chamber.enact(widened(FIRST) | cases_file(a_case("N1", FIRST + 10 * DAY, outcome="AUTO", rule="R2a")))
    back = {"draft.toml": a_version(FIRST + 31 * DAY) + listings(*STANDING)}
    refused = await chamber.refused(chamber.propose(await chamber.draft(back)), Conflict)
    assert (refused.reason, refused.path) == ("SETTLED_CASE_CHANGED", ("N1",))
    said = {"draft.toml": back["draft.toml"] + changed_case("N1")}
    await chamber.propose(release := await chamber.draft(said))
    changed = (await chamber.get(release)).report.changed
    assert [(one.case_id, one.reading, one.why and one.why.en) for one in changed] == [
        ("N1", Reading.BY_ITS_RULEBOOK, "the list grew")
    ]


async def test_a_whole_document_copied_before_the_last_release_is_refused(chamber: Chamber) -> None:
    await chamber.enact(widened(FIRST))
    refused = await chamber.refused(chamber.draft(whole(FIRST + 31 * DAY)), InvalidInput)
    assert refused.path == (MAIN, "versions[2022-10-01].id")
    assert "it stands from 2022-10-01 until 2026-12-31" in refused.message.en


async def test_a_draft_is_overtaken_by_another_that_both_approve(chamber: Chamber) -> None:
    slow = await chamber.proposed(widened(FIRST + DAY, listed=("510300", "500106")))
    await chamber.approve(slow, chamber.sichuan)
    unproposed = await chamber.draft(widened(FIRST + DAY))
    await chamber.enact(widened(FIRST))
    for act in (chamber.approve(slow, chamber.chongqing), chamber.propose(unproposed)):
        assert (await chamber.refused(act, Conflict)).reason == "OVERTAKEN"
    assert await chamber.state(slow) is ReleaseState.LAPSED


async def test_only_what_is_proposed_is_approved_and_it_is_proposed_once(chamber: Chamber) -> None:
    release = await chamber.draft(widened(FIRST))
    refused = await chamber.refused(chamber.approve(release, chamber.sichuan), Conflict)
    assert refused.reason == "NOT_PROPOSED"
    await chamber.propose(release)
    assert (await chamber.refused(chamber.propose(release), Conflict)).reason == "ALREADY_PROPOSED"


async def test_the_authors_province_takes_a_release_back_while_not_both_have_approved(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(FIRST))
    await chamber.approve(release, chamber.chongqing)
    withdraw = agreement_releases.withdraw
    await chamber.refused(withdraw(chamber.registry, chamber.chongqing, release, chamber.world.key()), NotFound)
    await withdraw(chamber.registry, chamber.sichuan, release, chamber.world.key())
    assert await chamber.state(release) is ReleaseState.WITHDRAWN
    for act in (
        chamber.approve(release, chamber.sichuan),
        withdraw(chamber.registry, chamber.author, release, chamber.world.key()),
    ):
        assert (await chamber.refused(act, Conflict)).reason == "WITHDRAWN"


async def test_what_both_approved_is_not_moved_any_more(chamber: Chamber) -> None:
    release = await chamber.enact(widened(FIRST))
    for act in (
        agreement_releases.withdraw(chamber.registry, chamber.author, release, chamber.world.key()),
        chamber.propose(release),
        chamber.approve(release, chamber.chongqing_too),
    ):
        assert (await chamber.refused(act, Conflict)).reason == "APPROVED_BY_BOTH"


async def test_only_the_parties_authorities_make_law_and_they_sign_with_an_account(chamber: Chamber) -> None:
    release = await chamber.proposed(widened(FIRST))
    strangers = (chamber.titles.holder, chamber.titles.hr, chamber.titles.issuer, authority("520000"))
    for actor in strangers:
        assert (await chamber.refused(chamber.draft(widened(FIRST), actor), NotPermitted)).reason == "NOT_YOURS"
        await chamber.refused(chamber.propose(release, actor), NotFound)
        await chamber.refused(chamber.approve(release, actor), NotFound)
        await chamber.refused(chamber.get(release, actor), NotFound)
        page = await agreement_releases.list_releases(chamber.registry, actor, PageRequest())
        assert page.items == ()
    for actor in (ANONYMOUS, authority(SICHUAN)):
        refused = await chamber.refused(chamber.draft(widened(FIRST), actor), NotPermitted)
        assert refused.reason == "SIGN_IN_FIRST"
    absent = chamber.titles.home
    await chamber.refused(chamber.propose(absent), NotFound)


async def test_the_law_that_both_approved_is_everybodys_to_read(chamber: Chamber) -> None:
    release = await chamber.enact(widened(FIRST))
    await chamber.draft(widened(FIRST + DAY, name="later"))
    for actor, seen in ((ANONYMOUS, 1), (chamber.titles.holder, 1), (chamber.chongqing, 2)):
        page = await agreement_releases.list_releases(chamber.registry, actor, PageRequest())
        assert len(page.items) == seen
        assert page.items[0].id == release
        assert (await chamber.get(release, actor)).files[0][0] == "draft.toml"


async def test_two_files_of_one_name_are_refused(chamber: Chamber) -> None:
    twice = [File("a.toml", a_version(FIRST)), File("a.toml", "")]
    act = agreement_releases.draft(chamber.registry, chamber.author, twice, chamber.world.key())
    assert (await chamber.refused(act, InvalidInput)).reason == "FILE_TWICE"


async def test_a_faulty_draft_is_refused_with_file_and_key_and_leaves_nothing(chamber: Chamber) -> None:
    refused = await chamber.refused(chamber.draft({"draft.toml": "[[versions]]\nid = 3"}), InvalidInput)
    assert (refused.reason, refused.path) == ("AGREEMENT_FAULT", ("draft.toml", "versions[3].id"))
    page = await agreement_releases.list_releases(chamber.registry, chamber.author, PageRequest())
    assert page.items == ()


async def test_a_draft_that_drops_a_rule_in_silence_is_not_kept(chamber: Chamber) -> None:
    emptied = {"draft.toml": "placement_rules = []\n" + a_version(FIRST)}
    refused = await chamber.refused(chamber.draft(emptied), InvalidInput)
    assert (refused.reason, refused.path) == ("AGREEMENT_FAULT", ("draft.toml", "placement_rules"))
