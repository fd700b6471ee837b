"""What rests on one credential by the examination's certificate that another one is."""

from datetime import timedelta

import pytest

from talent_registry.domain.credentials import RecordStatus
from talent_registry.services import standing
from talent_registry.services.standing import StatusChange
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.recalled import recalled_by
from tests.registries import World
from tests.services.test_recalls import decide

EXAM = {
    "title_code": "1803",
    "title_name": "统计师",
    "level": "中级",
    "route": "NATIONAL_EXAM",
    "issuer_kind": "NATIONAL_EXAM",
    "filing_number": None,
}


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def test_the_loss_of_an_examination_certificate_recalls_what_rests_on_another_credential_by_it(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    """Into a series of the national examinations a title changes only with the examination of that series."""
    exam = await posts.titles.record("512020000018", **EXAM)
    active = await posts.begin(post_series="18")
    await decide(posts)
    decision = (await posts.get(active)).decision_id
    posts.world.clock.go_on(days=1)
    day = posts.today - timedelta(days=1)
    shown = await standing.preview(posts.registry, posts.titles.issuer, exam, RecordStatus.REVOKED, day)
    assert [(one.placement_id, one.before, one.after) for one in shown.placements] == [(active, "ACTIVE", "SUSPENDED")]
    asked = StatusChange(exam, "核查", day, shown.digest)
    done = await standing.revoke(posts.registry, posts.titles.issuer, asked, posts.world.key())
    lost = ("holder.exam_certificates",)
    assert recalled_by(database_urls, done.command_id).records == {
        ("DECISION", decision, lost),
        ("PLACEMENT", active, lost),
    }
    ((placement, state),) = [(one["placement_id"], one["state"]) for one in done.result["consequences"]]
    assert (placement, state) == (str(active), "SUSPENDED")
    assert (await posts.get(active)).state == "SUSPENDED"


async def test_a_second_certificate_of_the_same_examination_holds_what_rests_on_the_first(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    exam = await posts.titles.record("512020000018", **EXAM)
    await posts.titles.record("512020000019", **EXAM)
    await posts.begin(post_series="18")
    posts.world.clock.go_on(days=1)
    asked = StatusChange(exam, "核查", posts.today - timedelta(days=1))
    done = await standing.revoke(posts.registry, posts.titles.issuer, asked, posts.world.key())
    assert recalled_by(database_urls, done.command_id).records == frozenset()
