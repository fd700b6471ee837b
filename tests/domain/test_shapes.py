"""What is asked of records, and what stands around the records of a list."""

import json

import pytest

from talent_registry.domain.frames import Frame, object_text
from talent_registry.domain.pages import cursor_of
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import Asked, NotPlanned, all_of, disclosed_by, nodes_of, one_of

NODE = Asked("node", "node", (Asked("id", "id"),))
INFO = Asked("pageInfo", "pageInfo", (Asked("end", "endCursor"), Asked("more", "hasNextPage")))
ITEMS = [(("a",), '{"id":1}'), (("b",), '{"id":2}')]


def list_of(*edge: Asked) -> tuple[Asked, ...]:
    return (Asked("edges", "edges", edge), INFO)


def test_the_records_of_a_list_are_found_below_its_edges() -> None:
    assert nodes_of(list_of(NODE)) == NODE.below
    assert nodes_of(list_of(Asked("cursor", "cursor"))) == ()
    assert nodes_of((INFO,)) == ()


def test_what_is_asked_twice_under_two_keys_is_not_planned() -> None:
    with pytest.raises(NotPlanned):
        one_of([NODE, Asked("other", "node")], "node")


def test_every_field_is_found_at_whatever_depth() -> None:
    assert [one.name for one in all_of(list_of(NODE))] == [
        "edges",
        "node",
        "id",
        "pageInfo",
        "endCursor",
        "hasNextPage",
    ]


def test_former_names_disclose_the_name_and_a_number_nothing() -> None:
    assert disclosed_by([Asked("a", "formerNames"), Asked("b", "publicNumber")]) == {PersonField.NAME}


def test_an_argument_that_was_left_out_has_no_value() -> None:
    asked = Asked("a", "standing", given=(("on", "given_0_on"),))
    assert (asked.value("on"), asked.value("first")) == ("given_0_on", None)


@pytest.mark.parametrize(
    ("edge", "edges"),
    [
        ((NODE,), [{"node": {"id": 1}}, {"node": {"id": 2}}]),
        (
            (Asked("at", "cursor"), Asked("kind", "__typename", constant='"Edge"'), NODE),
            [
                {"at": cursor_of(("a",)), "kind": "Edge", "node": {"id": 1}},
                {"at": cursor_of(("b",)), "kind": "Edge", "node": {"id": 2}},
            ],
        ),
        ((), [{}, {}]),
    ],
)
def test_a_page_is_framed_as_it_was_asked(edge: tuple[Asked, ...], edges: list[object]) -> None:
    page = json.loads(Frame.of(list_of(*edge)).filled(ITEMS, has_next=True))
    assert page == {"edges": edges, "pageInfo": {"end": cursor_of(("b",)), "more": True}}


def test_an_empty_page_ends_nowhere_unless_it_was_read_to_somewhere() -> None:
    frame = Frame.of((INFO,))
    assert json.loads(frame.filled([], has_next=False)) == {"pageInfo": {"end": None, "more": False}}
    assert json.loads(frame.filled([], has_next=True, end=("x",)))["pageInfo"]["end"] == cursor_of(("x",))
    assert Frame.of(()).filled(ITEMS, has_next=False) == "{}"


def test_an_object_has_its_members_in_the_order_asked() -> None:
    asked = [Asked("b", "one"), Asked("a", "__typename", constant='"Kind"')]
    assert object_text(asked, lambda one: f'"{one.name}"') == '{"b":"one","a":"Kind"}'
