"""What identifiers are accepted, in which form, and why others are refused."""

import csv
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.check_characters import USCC_ALPHABET, iso7064_mod_11_2, uscc_check_character
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import (
    CheckedDocument,
    check_document,
    check_orcid,
    check_public_number,
    check_ror,
    check_uscc,
    guess_kind,
    mask,
    normalise_certificate_number,
    public_number,
)
from talent_registry.domain.names import normalise_name
from talent_registry.reference.catalogue import catalogue

DATA = Path(__file__).parent.parent / "data"
SAMPLE = "990000196306110007"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def reason_of(kind: str, text: str, *, allow: bool = True) -> str:
    with pytest.raises(InvalidInput) as refusal:
        check_document(kind, text, allow_test_identities=allow)
    assert not text.strip() or text.strip() not in refusal.value.message.zh + refusal.value.message.en
    return refusal.value.reason


@pytest.mark.parametrize("row", rows("identity_test_vectors.csv"), ids=lambda row: row["why"])
def test_every_identity_vector_is_judged_as_expected(row: dict[str, str]) -> None:
    if row["expected"] == "invalid":
        reason_of(row["kind"], row["number"], allow=False)
        return
    checked = check_document(row["kind"], row["number"], allow_test_identities=False)
    assert checked == CheckedDocument(row["kind"], row["number"].upper())
    assert guess_kind(row["number"]) == row["kind"]


@pytest.mark.parametrize("row", rows("uscc_test_vectors.csv"), ids=lambda row: row["number"])
def test_every_social_credit_vector_is_judged_as_expected(row: dict[str, str]) -> None:
    if row["expected"] == "invalid":
        with pytest.raises(InvalidInput):
            check_uscc(row["number"])
    else:
        assert check_uscc(f" {row['number'].lower()}　") == row["number"]


REASONS = {
    "check character": "CHECKSUM",
    "digits lost by a spreadsheet": "DIGITS_LOST",
    "name missing": "MISSING",
    "formula in a name": "FORMULA",
    "date": None,
}


def test_the_sample_roster_is_accepted_or_refused_row_by_row() -> None:
    expected = [json.loads(line) for line in (DATA / "roster_verify_expected.jsonl").read_text("utf-8").splitlines()]
    for row, verdict in zip(rows("roster_verify_utf8.csv"), expected, strict=True):
        reason: str | None = None
        try:
            normalise_name(row["姓名"])
            check_document("RESIDENT_ID", row["证件号码"], allow_test_identities=True)
            normalise_certificate_number(row["证书编号"])
        except InvalidInput as refusal:
            reason = refusal.reason
        wanted = REASONS[verdict["reason"]] if verdict["verdict"] == "INVALID_INPUT" else None
        assert reason == wanted, verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "MISSING"),
        ("　 ", "MISSING"),
        ("5.10107E+17", "DIGITS_LOST"),
        ("5.1010720990101e17", "DIGITS_LOST"),
        ("510107209901010000.0", "DIGITS_LOST"),
        ("510107209901010000", "DIGITS_LOST"),
        ("510107209901010002", "CHECKSUM"),
        ("510107209902300000", "DATE"),
        ("51010720990101000", "LENGTH"),
        ("510107990101001", "LENGTH"),
        ("51010720990101X001", "PATTERN"),
        ("٥10107209901010001", "PATTERN"),
        ("170107209901010001", "REGION"),
    ],
)
def test_a_resident_number_that_cannot_be_right_is_refused_with_its_reason(text: str, reason: str) -> None:
    assert reason_of("RESIDENT_ID", text) == reason


def test_spaces_width_case_and_the_apostrophe_of_spreadsheets_do_not_matter() -> None:
    written = "'５１0107 2099\u00a00108\u200b 000ｘ　"
    assert check_document("RESIDENT_ID", written, allow_test_identities=False).number == "51010720990108000X"


def test_a_sample_number_is_accepted_only_where_samples_are_allowed() -> None:
    assert check_document("居民身份证", SAMPLE, allow_test_identities=True).kind == "TEST_RESIDENT_ID"
    assert reason_of("RESIDENT_ID", SAMPLE, allow=False) == "TEST_IDENTITY_NOT_ALLOWED"
    assert reason_of("TEST_RESIDENT_ID", SAMPLE, allow=False) == "TEST_IDENTITY_NOT_ALLOWED"
    assert reason_of("FOREIGN_PR_2023", SAMPLE, allow=True) == "PATTERN"
    assert guess_kind(SAMPLE) == "TEST_RESIDENT_ID"


def test_an_unknown_kind_of_document_is_refused() -> None:
    assert reason_of("LIBRARY_CARD", "12345678") == "KIND"


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("FOREIGN_PR_2017", "usa310059010203", "USA310059010203"),
        ("HKM_TRAVEL", "H12345678", "H12345678"),
        ("TW_TRAVEL", "12345678", "12345678"),
        ("CN_PASSPORT", "e1234 5678", "E12345678"),
        ("FOREIGN_PASSPORT", "AB12345", "AB12345"),
        ("MILITARY_OFFICER", "军字第 1234567 号", "军字第1234567号"),
        ("WORK_PERMIT", "cn-123", "CN-123"),
    ],
)
def test_other_documents_are_checked_by_the_pattern_of_their_kind(kind: str, text: str, number: str) -> None:
    assert check_document(kind, text, allow_test_identities=False).number == number


def test_other_documents_that_do_not_fit_are_refused() -> None:
    assert reason_of("CN_PASSPORT", "12345678") == "PATTERN"
    assert reason_of("TW_TRAVEL", "1.23457E+7") == "DIGITS_LOST"
    assert reason_of("WORK_PERMIT", "=1+1") == "PATTERN"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("H12345678", "HKM_TRAVEL"),
        ("E12345678", "CN_PASSPORT"),
        ("12345678", "TW_TRAVEL"),
        ("USA310059010203", "FOREIGN_PR_2017"),
        ("AB12345", None),
        ("?", None),
    ],
)
def test_a_kind_is_guessed_only_where_the_number_is_plain(text: str, kind: str | None) -> None:
    assert guess_kind(text) == kind


def test_a_checked_document_does_not_show_its_number() -> None:
    assert SAMPLE not in repr(check_document("RESIDENT_ID", SAMPLE, allow_test_identities=True))


@pytest.mark.parametrize(
    ("number", "shown"),
    [("510107209901010001", "510***********0001"), ("H12345678", "H******78"), ("AB12", "***2"), ("A", "*"), ("", "")],
)
def test_a_masked_number_shows_at_most_three_leading_and_four_trailing_characters(number: str, shown: str) -> None:
    assert mask(number) == shown


@given(st.integers(min_value=1, max_value=10**15 - 1))
def test_a_public_number_reads_back_and_any_wrong_digit_is_noticed(sequence: int) -> None:
    number = public_number(sequence)
    assert check_public_number(number.lower().replace("-", " ")) == number
    place = random.Random(sequence).choice([n for n, c in enumerate(number) if c.isdigit()])  # noqa: S311
    wrong = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
    with pytest.raises(InvalidInput):
        check_public_number(wrong)


@given(st.text(alphabet="0123456789", min_size=17, max_size=17), st.integers(0, 15))
def test_the_resident_check_character_notices_swapped_neighbours(body: str, place: int) -> None:
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert (iso7064_mod_11_2(swapped) == iso7064_mod_11_2(body)) == (swapped == body)


@given(
    st.text(alphabet=USCC_ALPHABET, min_size=2, max_size=2),
    st.text(alphabet="0123456789", min_size=6, max_size=6),
    st.text(alphabet=USCC_ALPHABET, min_size=9, max_size=9),
    st.integers(0, 16),
)
def test_the_social_credit_check_character_notices_one_wrong_character(a: str, b: str, c: str, place: int) -> None:
    body = a + b + c
    code = body + uscc_check_character(body)
    assert check_uscc(code) == code
    other = USCC_ALPHABET[(USCC_ALPHABET.index(body[place]) + 1) % 31]
    with pytest.raises(InvalidInput):
        check_uscc(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("sequence", [0, -1, 10**15])
def test_a_sequence_outside_fifteen_digits_makes_no_public_number(sequence: int) -> None:
    with pytest.raises(ValueError, match="sequence"):
        public_number(sequence)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("TR-0000-0000-0000-0001", "PATTERN"), ("TR-1", "PATTERN"), ("TR-0000-0000-0000-0012", "CHECKSUM")],
)
def test_a_public_number_that_was_never_given_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_public_number(text)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1694-233X",
        "https://orcid.org/0000-0002-1694-233x/",
        "000000021694233x",
        "orcid.org/0000-0002-1694-233X",
    ],
)
def test_an_orcid_is_read_in_every_usual_form(text: str) -> None:
    assert check_orcid(text) == "0000-0002-1694-233X"


@pytest.mark.parametrize(
    ("text", "reason"), [("0000-0002-1694-2339", "CHECKSUM"), ("0000-0002", "PATTERN"), ("", "PATTERN")]
)
def test_a_wrong_orcid_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_orcid(text)
    assert refusal.value.reason == reason


def test_every_listed_ror_id_passes_its_check() -> None:
    ids = [place.ror_id for place in catalogue().institutions.values() if place.ror_id]
    assert ids
    for ror_id in ids:
        assert check_ror(ror_id) == check_ror(ror_id.removeprefix("https://ror.org/").upper()) == ror_id


@pytest.mark.parametrize(
    ("text", "reason"), [("011ashp18", "CHECKSUM"), ("111ashp19", "PATTERN"), ("01uashp19", "PATTERN")]
)
def test_a_wrong_ror_id_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_ror(text)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "MISSING"), ("9.11E+17", "DIGITS_LOST"), ("123", "LENGTH"), ("91ABCDEF600037341L", "PATTERN")],
)
def test_a_social_credit_code_of_the_wrong_form_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_uscc(text)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("５１２００９０００００６", "512009000006"),
        (" 0502009 000003　", "0502009000003"),
        ("hn—2021–0042", "HN-2021-0042"),
        ("川职称[2020]第12号", "川职称[2020]第12号"),
    ],
)
def test_a_certificate_number_has_one_form(text: str, number: str) -> None:
    assert normalise_certificate_number(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", "MISSING"),
        ("1" * 65, "LENGTH"),
        ("5.1201E+11", "DIGITS_LOST"),
        ("=1+1", "PATTERN"),
        ("-12", "PATTERN"),
        ("12;DROP", "PATTERN"),
        ("12\ue000", "PATTERN"),
    ],
)
def test_a_certificate_number_that_cannot_be_one_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        normalise_certificate_number(text)
    assert refusal.value.reason == reason
