"""When a roster counts as walking through numbers."""

from talent_registry.domain.walks import MOST_MISSES, is_walked

WALKED = [f"51{one:04}" for one in range(MOST_MISSES)]


def test_most_of_a_roster_not_found_with_ascending_numbers_is_a_walk() -> None:
    assert is_walked(WALKED, MOST_MISSES)
    assert is_walked(WALKED, 2 * MOST_MISSES - 1)


def test_few_misses_half_a_roster_or_numbers_in_no_order_are_none() -> None:
    assert not is_walked(WALKED[:-1], MOST_MISSES)
    assert not is_walked(WALKED, 2 * MOST_MISSES)
    falling = [f"51{97 * one:06}" for one in range(MOST_MISSES)][::-1]
    assert not is_walked(falling, MOST_MISSES)
    assert not is_walked(["7" * (one + 1) for one in range(MOST_MISSES)], MOST_MISSES)
    assert not is_walked([f"证{'甲' * one}" for one in range(MOST_MISSES)], MOST_MISSES)


def test_numbers_close_together_are_a_walk_in_whatever_order_they_are_put() -> None:
    assert is_walked(WALKED[::-1], MOST_MISSES)
    assert is_walked(WALKED[::2] + WALKED[1::2], MOST_MISSES)
    assert is_walked([f"SC-2020-0123456789{one:03}" for one in range(3 * MOST_MISSES, 0, -3)], MOST_MISSES)


def test_a_few_numbers_out_of_order_hide_no_walk() -> None:
    ten_falls = [f"51{97 * (one if one % 5 else one + 7):06}" for one in range(MOST_MISSES + 1)]
    assert is_walked(ten_falls, MOST_MISSES + 1)
    eleven_falls = [f"51{97 * (one if one % 4 else one + 7):06}" for one in range(MOST_MISSES)]
    assert not is_walked(eleven_falls, MOST_MISSES)
