"""Share codes: how they are written and read, what may be opened, and what a try at one comes to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talent_registry.domain.check_characters import USCC_ALPHABET
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shares import (
    MOST_WRONG_PINS,
    Share,
    ShareField,
    ShareOutcome,
    ShareState,
    ShareTerms,
    Try,
    check_credentials,
    check_days,
    check_opened,
    code_of,
    judge_try,
    looked_at,
    outcome_text,
    read_code,
    read_pin,
    tried_pin,
    written,
)

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
SECRET = bytes(range(32))


def a_share(**more: object) -> Share:
    terms = ShareTerms("应聘", (UUID(int=1),), (ShareField.LEVEL,))
    stated = {"has_pin": False, "issued_at": NOON, "expires_at": NOON + timedelta(days=1)} | more
    return Share(UUID(int=2), UUID(int=3), terms, **stated)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_read_as_it_was_written_in_any_case_width_and_grouping(secret: bytes) -> None:
    code = code_of(secret)
    full_width = "".join(chr(ord(one) + 0xFEE0) for one in code)
    for typed in (code, written(code), written(code).lower(), f" {full_width} ", code.replace("FX", "fx — ")):
        assert read_code(typed) == code


def test_one_wrong_or_exchanged_character_is_found_out() -> None:
    code = code_of(SECRET)
    wrong = [
        code[:place] + other + code[place + 1 :]
        for place in range(2, len(code))
        for other in USCC_ALPHABET
        if other != code[place]
    ]
    wrong += [
        code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        for place in range(2, len(code) - 1)
        if code[place] != code[place + 1]
    ]
    for typed in (*wrong, "", code[:-1], code + "A", "GX" + code[2:], code[:5] + "O" + code[6:]):
        with pytest.raises(InvalidInput) as refusal:
            read_code(typed)
        assert refusal.value.reason == "CODE"
        assert typed == "" or typed not in str(refusal.value.message)


@pytest.mark.parametrize(("typed", "pin"), [("1234", "1234"), (" 12345678 ", "12345678"), ("１２３４", "1234")])
def test_a_pin_has_four_to_eight_digits_of_any_width(typed: str, pin: str) -> None:
    assert read_pin(typed) == tried_pin(typed) == pin


@pytest.mark.parametrize("typed", ["123", "123456789", "12a4", "", "१२३४"])
def test_anything_else_is_no_pin(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_pin(typed)
    assert refusal.value.reason == "PIN"


def test_a_code_opens_for_one_to_180_days() -> None:
    assert [check_days(days) for days in (1, 180)] == [timedelta(days=1), timedelta(days=180)]
    for days in (-1, 0, 181):
        with pytest.raises(InvalidInput):
            check_days(days)


def test_recognition_is_opened_with_its_place_and_neither_without_the_other() -> None:
    chosen = [ShareField.RECOGNITION, ShareField.NAME, ShareField.NAME]
    assert check_opened(chosen, "500000") == (ShareField.NAME, ShareField.RECOGNITION)
    assert check_opened([], None) == ()
    for fields, division in (([ShareField.RECOGNITION], None), ([ShareField.NAME], "500000")):
        with pytest.raises(InvalidInput) as refusal:
            check_opened(fields, division)
        assert refusal.value.reason == "DIVISION"


def test_one_to_twenty_credentials_are_shared_each_once() -> None:
    one, two = uuid4(), uuid4()
    assert check_credentials([two, one, two]) == (two, one)
    for chosen in ([], [uuid4() for _ in range(21)]):
        with pytest.raises(InvalidInput):
            check_credentials(chosen)


def test_the_record_of_looks_names_what_an_opening_shows() -> None:
    assert looked_at(()) == (PersonField.CREDENTIALS,)
    assert looked_at(tuple(ShareField)) == (PersonField.NAME, PersonField.DOCUMENTS, PersonField.CREDENTIALS)


def test_a_code_is_open_until_before_its_end_and_never_once_closed_or_revoked() -> None:
    end = NOON + timedelta(days=1)
    assert a_share().state(end - timedelta(microseconds=1)) is ShareState.OPEN
    assert a_share().state(end) is ShareState.EXPIRED
    assert a_share(closed_at=NOON).state(NOON) is ShareState.CLOSED
    assert a_share(closed_at=NOON, revoked_at=NOON).state(end) is ShareState.REVOKED


@pytest.mark.parametrize(
    ("share", "pin_fits", "outcome"),
    [
        (None, None, ShareOutcome.NOT_VALID),
        (a_share(revoked_at=NOON), None, ShareOutcome.NOT_VALID),
        (a_share(closed_at=NOON, has_pin=True), True, ShareOutcome.NOT_VALID),
        (a_share(expires_at=NOON), None, ShareOutcome.NOT_VALID),
        (a_share(), None, ShareOutcome.OPENED),
        (a_share(has_pin=True), None, ShareOutcome.PIN_NEEDED),
        (a_share(has_pin=True), True, ShareOutcome.OPENED),
        (a_share(has_pin=True), False, ShareOutcome.PIN_WRONG),
    ],
)
def test_a_try_comes_to_one_outcome(share: Share | None, *, pin_fits: bool | None, outcome: ShareOutcome) -> None:
    came = judge_try(share, NOON, pin_fits=pin_fits)
    assert (came.outcome, came.closes) == (outcome, False)
    assert came.wrong_pins == (1 if outcome is ShareOutcome.PIN_WRONG else 0)


def test_the_last_wrong_pin_that_is_allowed_closes_the_code() -> None:
    share = a_share(has_pin=True, wrong_pins=MOST_WRONG_PINS - 1)
    assert judge_try(share, NOON, pin_fits=False) == Try(ShareOutcome.NOT_VALID, MOST_WRONG_PINS, closes=True)
    assert judge_try(share, NOON, pin_fits=True).outcome is ShareOutcome.OPENED


def test_what_is_no_longer_valid_is_said_in_both_languages() -> None:
    said = outcome_text(ShareOutcome.NOT_VALID)
    assert "此分享码已失效" in said.zh
    assert "Code no longer valid" in said.en
