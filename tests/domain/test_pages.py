"""Pages: converted and narrowed, each record keeps its place."""

from talent_registry.domain.pages import Page

PAGE = Page((1, 2, 3), (("a",), ("b",), ("c",)), has_next=True)


def test_a_converted_page_keeps_places_and_end() -> None:
    assert PAGE.of(str) == Page(("1", "2", "3"), PAGE.places, has_next=True)


def test_a_record_that_is_not_kept_takes_its_place_with_it() -> None:
    assert PAGE.only(lambda one: one != 2) == Page((1, 3), (("a",), ("c",)), has_next=True)
