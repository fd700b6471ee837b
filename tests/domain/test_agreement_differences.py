"""What a draft changes, entry by entry: nothing is lost, nothing is told that stays."""

from datetime import date

from talent_registry.domain.agreement_differences import EntryChange, KeyDifference, differences_between
from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreement_releases import read_release
from talent_registry.domain.agreements import AgreementVersion
from tests.drafts import whole, widened

DAY = date(2027, 1, 1)
BASE = shipped_agreement().versions[-1]


def drafted(texts: dict[str, str]) -> AgreementVersion:
    return read_release(shipped_agreement(), texts).version


def test_a_listing_that_is_added_in_both_directions_is_two_added_entries_with_all_their_keys() -> None:
    found = differences_between(BASE, drafted(widened(DAY)))
    added = [(one.section, one.name) for one in found if one.change is EntryChange.ADDED]
    assert added == [("reciprocity", "510000 · 500106"), ("reciprocity", "500106 · 510000")]
    # The drafts of the tests name another source for the pair that stood before.
    assert {one.name for one in found if one.change is EntryChange.CHANGED} == {"510100 · 500107", "500107 · 510100"}
    first = next(one for one in found if one.name == "510000 · 500106")
    assert KeyDifference("from", None, "2027-01-01") in first.keys
    assert all(key.before is None for key in first.keys)


def test_what_is_taken_away_reads_the_same_backwards_as_removed() -> None:
    found = {one.name: one.change for one in differences_between(drafted(widened(DAY)), BASE)}
    assert found["510000 · 500106"] is EntryChange.REMOVED


def test_a_changed_clause_names_the_one_key_that_changed_with_both_texts() -> None:
    text = "证书处于暂停状态，恢复之前不能作为依据。请联系发证机关。"
    after = drafted(whole(DAY, {text: "证书已暂停，恢复之前不能作为依据。请联系发证机关。"}))
    (found,) = differences_between(BASE, after)
    assert (found.section, found.name, found.change) == ("clauses", "G8", EntryChange.CHANGED)
    assert found.keys == (KeyDifference("zh", text, "证书已暂停，恢复之前不能作为依据。请联系发证机关。"),)


def test_a_nested_parameter_is_named_by_its_whole_path() -> None:
    before = '[clauses.parameters]\nstatuses = ["SUSPENDED"]'
    (found,) = differences_between(BASE, drafted(whole(DAY, {before: before[:-1] + ', "REVOKED"]'})))
    assert found.keys == (KeyDifference("parameters.statuses", "SUSPENDED", "SUSPENDED, REVOKED"),)


def test_a_version_differs_in_nothing_from_itself_though_entries_share_names() -> None:
    assert differences_between(BASE, BASE) == ()
