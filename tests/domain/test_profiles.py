"""What people may say of themselves."""

from datetime import UTC, datetime

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.profiles import (
    Contact,
    ProfileItem,
    Visibility,
    check_contact,
    check_discipline,
    check_keywords,
    check_orcid,
)
from talent_registry.domain.researchers import PersonField


def test_contact_data_is_trimmed_and_empty_contact_data_is_none() -> None:
    assert check_contact(" li@example.org ", "+86 28 8540 0000") == Contact("li@example.org", "+86 28 8540 0000")
    assert check_contact("li@example.org", None) == Contact("li@example.org", None)
    assert check_contact(None, "(028) 8540-0000") == Contact(None, "(028) 8540-0000")
    assert check_contact(" ", "") is None


@pytest.mark.parametrize(
    "email",
    ["li", "li@", "li@example", "a b@example.org", "li@example.org\x00", "a" * 250 + "@b.cn"],
)
def test_a_malformed_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_contact(email, None)
    assert (refusal.value.reason, refusal.value.path) == ("EMAIL", ("input", "contact", "email"))


@pytest.mark.parametrize("phone", ["12", "phone", "1" * 30, "138\x0000001234", "１３８００１３８０００"])
def test_a_malformed_telephone_number_is_refused(phone: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_contact(None, phone)
    assert (refusal.value.reason, refusal.value.path) == ("PHONE", ("input", "contact", "phone"))


def test_a_discipline_has_at_most_a_hundred_printable_characters() -> None:
    assert check_discipline(" 桥梁工程 ") == "桥梁工程"
    assert check_discipline(None) is None
    for text in ("学" * 101, "桥\u0007梁"):
        with pytest.raises(InvalidInput) as refusal:
            check_discipline(text)
        assert refusal.value.reason == "DISCIPLINE"


def test_keywords_are_kept_once_each() -> None:
    assert check_keywords(["桥梁", " 桥梁 ", "抗震"]) == ("桥梁", "抗震")
    assert check_keywords([]) is None
    assert check_keywords(None) is None


@pytest.mark.parametrize("words", [[str(n) for n in range(21)], ["k" * 51], [" "], ["a\tb"]])
def test_keywords_are_bounded(words: list[str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_keywords(words)
    assert refusal.value.reason == "KEYWORDS"


def test_an_orcid_is_checked_by_its_check_character() -> None:
    assert check_orcid("https://orcid.org/0000-0002-1825-0097") == "0000-0002-1825-0097"
    assert check_orcid(" ") is None
    with pytest.raises(InvalidInput) as refusal:
        check_orcid("0000-0002-1825-0098")
    assert (refusal.value.reason, refusal.value.path) == ("CHECKSUM", ("input", "orcid", "value"))


def test_no_repr_shows_what_a_person_stated() -> None:
    item = ProfileItem(PersonField.CONTACT, Contact("li@example.org", None), Visibility.PRIVATE, datetime.now(UTC))
    assert "li@example.org" not in repr(item)
