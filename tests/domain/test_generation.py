"""Samples: the same for the same seed, with numbers and names of their own."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.generation import Sample, SamplePlan
from talent_registry.domain.generation_draws import Draws, Weighted
from talent_registry.domain.generation_numbers import ROOM, Places, number_at
from talent_registry.domain.identifiers import check_document
from talent_registry.domain.names import SEPARATOR, normalise_name
from talent_registry.domain.organisations import Organisation
from talent_registry.reference.catalogue import catalogue
from tests.samples import AT, MANY, TODAY, digest, drawn


def test_the_same_number_seed_and_day_give_the_same_rows_to_the_last_byte() -> None:
    plan = SamplePlan(200, 5, TODAY)
    assert digest(plan) == digest(plan)
    others = [replace(plan, seed=6), replace(plan, people=201), replace(plan, today=TODAY + timedelta(days=1))]
    assert len({digest(one) for one in [plan, *others, replace(plan, first=200)]}) == 5


def test_neither_hash_seed_nor_time_zone_nor_clock_has_a_say() -> None:
    program = (
        "from datetime import UTC, date, datetime\n"
        "from talent_registry.domain.agreement_loading import shipped_agreement\n"
        "from talent_registry.domain.generation import Sample, SamplePlan\n"
        "sample = Sample(SamplePlan(300, 9, date(2026, 11, 1)), datetime.now(UTC))\n"
        "for _ in sample.people(sample.know_units({}), shipped_agreement()):\n    pass\n"
        "print(sample.tally.digest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "Pacific/Auckland"), ("4242", "America/Los_Angeles"))
    }
    assert digests == {digest(SamplePlan(300, 9, TODAY))}


def test_organisations_that_the_registry_knows_do_not_change_what_is_drawn() -> None:
    plan = SamplePlan(100, 5, TODAY)
    sample = Sample(plan, AT)
    known = Organisation(uuid4(), "四川大学", "SCU", "UNIVERSITY", "510107", None, None)
    filings = sample.know_units({("四川大学", "510107"): known})
    assert known.id in {filing.authority_id for filing in filings}
    assert list(sample.people(filings, shipped_agreement()))
    assert sample.tally.digest() == digest(plan)


def test_ids_are_of_version_7_and_rise_in_the_order_of_drawing() -> None:
    draws = Draws("any", TODAY)
    ids = [draws.new_id() for _ in range(9_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    people = [person.career.id for person in drawn().people]
    assert people == sorted(people)
    assert len(set(people)) == MANY


def test_a_weight_of_nothing_is_never_drawn_and_the_last_thing_takes_the_last_chance() -> None:
    weighted = Weighted({"never": 0.0, "often": 3.0, "seldom": 1.0})
    assert [weighted.at(chance) for chance in (0.0, 0.749, 0.75, 1.0)] == ["often", "often", "seldom", "seldom"]


def test_every_number_is_a_sample_number_with_its_check_character_and_given_once() -> None:
    numbers = [person.career.number for person in drawn().people]
    assert len({number.text for number in numbers}) == MANY
    for number in numbers:
        checked = check_document("RESIDENT_ID", number.text, allow_test_identities=True)
        assert (checked.kind, checked.number) == ("TEST_RESIDENT_ID", number.text)
        assert number.text[6:14] == f"{number.born:%Y%m%d}"
        assert number.woman is (int(number.text[16]) % 2 == 0)


def test_places_of_a_sample_are_all_its_own() -> None:
    places = Places(Draws("any", TODAY), 1_000, 500)
    taken = [places.at(place) for place in range(1_000)]
    assert sorted(taken) == list(range(500, 1_500))
    assert taken != sorted(taken)
    spread = {number_at(place).text for place in (*range(2_000), *range(ROOM - 2_000, ROOM))}
    assert len(spread) == 4_000


def test_a_second_sample_takes_numbers_that_the_first_left() -> None:
    first, second = drawn(300, 1, 0), drawn(300, 2, 300)
    numbers = [person.career.number.text for one in (first, second) for person in one.people]
    certificates = [
        (one.credential.kind, one.credential.number)
        for sample in (first, second)
        for person in sample.people
        for one in person.credentials
    ]
    assert len(set(numbers)) == 600
    assert len(set(certificates)) == len(certificates)


@pytest.mark.parametrize(("people", "first"), [(0, 0), (-1, 0), (ROOM + 1, 0), (2, ROOM - 1)])
def test_more_people_than_there_are_numbers_is_refused(people: int, first: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        Sample(SamplePlan(people, 1, TODAY, first), AT)
    assert (refused.value.reason, refused.value.path) == ("PEOPLE", ("people",))
    assert str(ROOM - first) in refused.value.message.zh


def test_the_whole_of_the_professionals_has_room() -> None:
    assert Sample(SamplePlan(7_000_000, 1, TODAY), AT).plan.people == 7_000_000


def test_names_are_in_normal_form_and_of_every_sort() -> None:
    names = [person.career.name for person in drawn().people]
    assert [normalise_name(name) for name in names] == names
    surnames = Counter(name[0] for name in names)
    assert 550 < surnames["王"] < 900
    assert surnames["王"] > surnames["刘"] > surnames["郭"] > 0
    compound = {one.surname for one in catalogue().surnames.values() if one.compound}
    assert sum(name[:2] in compound for name in names) > 10
    assert 50 < sum(SEPARATOR in name for name in names) < 250
    assert sum(any(ord(character) > 0xFFFF for character in name) for name in names) > 5
    assert sum(name.isascii() for name in names) > 50
