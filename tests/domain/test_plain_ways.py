"""Plain names and numbers are read a shorter way, which must give what the long one gives."""

from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import normalise_number
from talent_registry.domain.names import normalise_name

# A mark that nobody sees is dropped on the long way, and sends a text there.
UNSEEN = "\u2060"


def read(name: str) -> str:
    try:
        return normalise_name(name)
    except InvalidInput as refusal:
        return refusal.reason


@given(st.text(st.sampled_from("王芳龥AbZ ·.'-1"), max_size=8))
def test_a_plain_name_is_read_as_on_the_long_way(text: str) -> None:
    assert read(text) == read(UNSEEN + text)


@given(st.text(st.sampled_from("0aZ-/._()' 第"), max_size=8))
def test_a_plain_number_is_read_as_on_the_long_way(text: str) -> None:
    assert normalise_number(text) == normalise_number(text + UNSEEN)
