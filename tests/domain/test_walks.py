"""When a roster counts as walking through numbers."""

from talent_registry.domain.walks import MOST_MISSES, is_walked

WALKED = [f"51{one:04}" for one in range(MOST_MISSES)]


def test_most_of_a_roster_not_found_with_ascending_numbers_is_a_walk() -> None:
    assert is_walked(WALKED, MOST_MISSES)
    assert is_walked(WALKED, 2 * MOST_MISSES - 1)


def test_few_misses_half_a_roster_or_numbers_in_no_order_are_none() -> None:
    assert not is_walked(WALKED[:-1], MOST_MISSES)
    assert not is_walked(WALKED, 2 * MOST_MISSES)
    assert not is_walked(WALKED[::-1], MOST_MISSES)
    assert not is_walked(["7" * (one + 1) for one in range(MOST_MISSES)], MOST_MISSES)


def test_a_few_numbers_out_of_order_hide_no_walk() -> None:
    ten_falls = [f"51{one if one % 5 else one + 7:04}" for one in range(MOST_MISSES + 1)]
    assert is_walked(ten_falls, MOST_MISSES + 1)
    eleven_falls = [f"51{one if one % 4 else one + 7:04}" for one in range(MOST_MISSES)]
    assert not is_walked(eleven_falls, MOST_MISSES)
