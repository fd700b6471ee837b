"""Pages: converted and narrowed, each record keeps its place."""

from talent_registry.domain.pages import Page

PAGE = Page((1, 2, 3), (("a",), ("b",), ("c",)), has_next=True)


def test_a_converted_page_keeps_places_and_end() -> None:
    assert PAGE.of(str) == Page(("1", "2", "3"), PAGE.places, has_next=True)


def test_a_record_that_is_not_kept_takes_its_place_with_it() -> None:
    assert PAGE.only(lambda one: one != 2) == Page((1, 3), (("a",), ("c",)), has_next=True, left_off=("c",))


def test_the_next_page_begins_where_this_one_stopped_looking_even_if_nothing_of_it_was_kept() -> None:
    nothing = PAGE.only(lambda _: False)
    assert (nothing.items, nothing.end) == ((), ("c",))
    assert nothing.of(str).only(lambda _: True).end == ("c",)
    assert PAGE.only(lambda one: one == 1).end == ("c",)
    assert PAGE.end == ("c",)


def test_the_last_page_tells_no_place_of_what_was_not_kept() -> None:
    last = Page((1, 2), (("a",), ("b",)), has_next=False)
    assert last.only(lambda one: one == 1).end == ("a",)
    assert last.only(lambda _: False).end is None
