"""How far a release has come: derived from recorded facts and a day, and each refusal with its own reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.conformance import ConformanceReport
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.release_states import (
    AgreementRelease,
    Approval,
    ReleaseState,
    check_approvable,
    check_open,
    check_proposable,
    check_withdrawable,
)

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
FIRST = date(2027, 1, 1)
DAY = timedelta(days=1)
AUTHOR, COLLEAGUE, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
SENTENCE = Message(zh="溯及既往。", en="It reaches back.")
RELEASE = AgreementRelease(
    id=UUID(int=9),
    version_id="SC-CQ/2027-01-01",
    title=Message(zh="新版", en="new"),
    since=FIRST,
    digest="d",
    base_digest="b",
    retroactive=None,
    files=(),
    report=ConformanceReport((), 0, (), ()),
    author_id=AUTHOR,
    author_province="510000",
    drafted_at=AT,
    proposed_at=None,
    withdrawn_at=None,
    approvals=(),
    enacted_at=None,
    superseded_from=None,
    base_stands=True,
)
BOTH = f"{SENTENCE.zh}\n{SENTENCE.en}"
BY_CHONGQING = Approval(province="500000", digest="d", sentence=None, account_id=OTHER, approved_at=AT)
BY_SICHUAN = replace(BY_CHONGQING, province="510000", account_id=COLLEAGUE)
PROPOSED = replace(RELEASE, proposed_at=AT)
ENACTED = replace(PROPOSED, approvals=(BY_CHONGQING, BY_SICHUAN), enacted_at=AT)


@pytest.mark.parametrize(
    ("changes", "on", "state"),
    [
        ({}, FIRST, ReleaseState.DRAFT),
        ({}, FIRST + DAY, ReleaseState.LAPSED),
        ({"retroactive": SENTENCE}, FIRST + DAY, ReleaseState.DRAFT),
        ({"base_stands": False}, FIRST, ReleaseState.LAPSED),
        ({"proposed_at": AT}, FIRST, ReleaseState.PROPOSED),
        ({"proposed_at": AT, "approvals": (BY_CHONGQING,)}, FIRST, ReleaseState.APPROVED_BY_ONE),
        ({"proposed_at": AT, "approvals": (BY_CHONGQING,)}, FIRST + DAY, ReleaseState.LAPSED),
        ({"withdrawn_at": AT}, FIRST + DAY, ReleaseState.WITHDRAWN),
        ({"enacted_at": AT}, FIRST - DAY, ReleaseState.APPROVED),
        ({"enacted_at": AT}, FIRST, ReleaseState.IN_FORCE),
        ({"enacted_at": AT, "superseded_from": FIRST + 9 * DAY}, FIRST + 8 * DAY, ReleaseState.IN_FORCE),
        ({"enacted_at": AT, "superseded_from": FIRST + 9 * DAY}, FIRST + 9 * DAY, ReleaseState.SUPERSEDED),
    ],
)
def test_the_state_follows_from_what_is_recorded_and_the_day(
    changes: dict[str, Any], on: date, state: ReleaseState
) -> None:
    assert replace(RELEASE, **changes).state(on) is state


@pytest.mark.parametrize(
    ("release", "approval", "on", "reason"),
    [
        (PROPOSED, replace(BY_CHONGQING, digest="x"), FIRST, "DIGEST_DIFFERS"),
        (replace(PROPOSED, approvals=(BY_CHONGQING,)), BY_CHONGQING, FIRST, "ALREADY_APPROVED_BY_PROVINCE"),
        (PROPOSED, replace(BY_SICHUAN, account_id=AUTHOR), FIRST, "AUTHOR_MAY_NOT_APPROVE"),
        (PROPOSED, BY_CHONGQING, FIRST + DAY, "EFFECTIVE_DATE_PASSED"),
        (RELEASE, BY_CHONGQING, FIRST, "NOT_PROPOSED"),
        (replace(PROPOSED, withdrawn_at=AT), BY_CHONGQING, FIRST, "WITHDRAWN"),
        (replace(PROPOSED, base_stands=False), BY_CHONGQING, FIRST, "OVERTAKEN"),
        (ENACTED, BY_CHONGQING, FIRST, "APPROVED_BY_BOTH"),
        (replace(PROPOSED, retroactive=SENTENCE), BY_CHONGQING, FIRST, "RETROACTIVE_NOT_ACCEPTED"),
        (PROPOSED, replace(BY_CHONGQING, sentence=BOTH), FIRST, "RETROACTIVE_NOT_ACCEPTED"),
        *(
            (
                replace(PROPOSED, retroactive=SENTENCE),
                replace(BY_CHONGQING, sentence=one),
                FIRST,
                "RETROACTIVE_NOT_ACCEPTED",
            )
            for one in (SENTENCE.zh, SENTENCE.en, f"{SENTENCE.en}\n{SENTENCE.zh}")
        ),
    ],
)
def test_an_approval_that_must_not_be_given_is_refused_for_its_own_reason(
    release: AgreementRelease, approval: Approval, on: date, reason: str
) -> None:
    with pytest.raises(RegistryError) as refused:
        check_approvable(release, approval, on)
    assert refused.value.reason == reason
    assert refused.value.message.zh
    assert refused.value.message.en


def test_a_sound_approval_passes_on_the_first_day_and_with_the_sentence_in_both_languages() -> None:
    check_approvable(PROPOSED, BY_SICHUAN, FIRST)
    back = replace(PROPOSED, retroactive=SENTENCE)
    check_approvable(back, replace(BY_CHONGQING, sentence=BOTH), FIRST + 99 * DAY)


def test_a_draft_is_proposed_once_and_taken_back_until_both_approved() -> None:
    check_open(RELEASE, FIRST)
    check_proposable(RELEASE, FIRST)
    check_withdrawable(PROPOSED)
    refusals: list[tuple[Callable[[], None], str]] = [
        (lambda: check_proposable(PROPOSED, FIRST), "ALREADY_PROPOSED"),
        (lambda: check_withdrawable(ENACTED), "APPROVED_BY_BOTH"),
        (lambda: check_withdrawable(replace(RELEASE, withdrawn_at=AT)), "WITHDRAWN"),
    ]
    for check, reason in refusals:
        with pytest.raises(RegistryError) as refused:
            check()
        assert refused.value.reason == reason
