"""What a sandbox documents: certificates that a roll can record, numbers that no real person has, mail addresses."""

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import (
    RESIDENT_ID,
    CheckedDocument,
    check_document,
    normalise_certificate_number,
)
from talent_registry.domain.sandbox import (
    OFFICES,
    check_invented,
    check_mail,
    documented,
    drawn_number,
    is_always_limited,
    is_always_slow,
    own_statement,
    roll_rows,
)
from talent_registry.domain.verification import Verdict


def test_every_documented_certificate_has_a_number_and_a_person_of_its_own() -> None:
    every = list(documented())
    assert len({one.number for one in every}) == len({one.document for one in every}) == len(every)
    for one in every:
        assert normalise_certificate_number(one.number) == one.number
        assert one.number.endswith(one.fate.ending)
        assert (
            check_invented(check_document(RESIDENT_ID, one.document, allow_test_identities=True)).number == one.document
        )
    # In each direction every verdict there is, and recognised as of right, after confirmation, and not at all.
    for office in OFFICES:
        here = [one.fate for one in every if one.office is office]
        assert {fate.verdict for fate in here} == {*Verdict} - {Verdict.INVALID_INPUT} | {"LIMITED"}
        assert {fate.outcome for fate in here} >= {"AUTO", "CONFIRM", "NOT_RECOGNISED"}
        assert len(roll_rows(office)) == sum(fate.recorded_name is not None for fate in here)
        for has_a_way in (is_always_limited, is_always_slow):
            assert sum(has_a_way(one.number) for one in every if one.office is office) == 1
    assert own_statement().filing_number in {row["评委会备案号"] for row in roll_rows(OFFICES[0])}


@pytest.mark.parametrize("draw", [0, 1, 498, 499, 8_732_499, 8_732_500, 2**128])
def test_a_drawn_number_is_a_sample_and_nobody_elses(draw: int) -> None:
    number = drawn_number(draw)
    assert check_document(RESIDENT_ID, number, allow_test_identities=True).number == number
    assert number not in {one.document for one in documented()}


def test_a_real_document_is_none_of_a_sandbox() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_invented(CheckedDocument("FOREIGN_PASSPORT", "E12345678"))
    assert refused.value.reason == "SANDBOX_SAMPLES_ONLY"


@pytest.mark.parametrize(
    ("typed", "read"),
    [("Dev@Example.ORG ", "dev@example.org"), ("a.b+c@x-y.example.cn", "a.b+c@x-y.example.cn")],
)
def test_a_mail_address_is_read_in_one_spelling(typed: str, read: str) -> None:
    assert check_mail(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "a", "a@b", "@b.cn", "a@-b.cn", "a@b..cn", "a b@c.cn", "a@b.1c", "x" * 300 + "@b.cn"]
)
def test_what_is_no_mail_address_is_refused_without_being_quoted(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_mail(typed)
    assert refused.value.reason == "MAIL_MALFORMED"
