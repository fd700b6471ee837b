"""Identity numbers of sample people: prefix 990000, each given once over all samples of a registry."""

from dataclasses import dataclass, field
from datetime import date
from math import gcd
from typing import Final

from talent_registry.domain.check_characters import iso7064_mod_11_2
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.generation_draws import Draws
from talent_registry.domain.identifiers import TEST_PREFIX
from talent_registry.domain.messages import Message

FIRST_BIRTHDAY: Final = date(1955, 1, 1)
_LAST_BIRTHDAY: Final = date(2003, 12, 31)
# Numbers made by hand, as in the samples that ship, keep to the lower half of a day's numbers.
_FIRST_OF_DAY: Final = 500
_OF_A_DAY: Final = 500
ROOM: Final = ((_LAST_BIRTHDAY - FIRST_BIRTHDAY).days + 1) * _OF_A_DAY
# Coprime to the room and near its golden section: neighbours lie far apart, and no two places meet.
_STRIDE: Final = 5_530_177
_WOMEN_ARE_EVEN: Final = 2


@dataclass(frozen=True, slots=True)
class SampleNumber:
    """A sample identity number, with what it says: the day of birth, and the sex by the parity of its 17th place."""

    text: str = field(repr=False)
    born: date
    woman: bool


def number_at(place: int) -> SampleNumber:
    """The number of a place (from 0) among all that there are; two places never have the same."""
    days, of_day = divmod(place * _STRIDE % ROOM, _OF_A_DAY)
    born = date.fromordinal(FIRST_BIRTHDAY.toordinal() + days)
    code = _FIRST_OF_DAY + of_day
    digits = f"{TEST_PREFIX}{born:%Y%m%d}{code:03d}"
    return SampleNumber(digits + iso7064_mod_11_2(digits), born, code % _WOMEN_ARE_EVEN == 0)


def check_room(people: int, first: int) -> None:
    """InvalidInput unless `people` numbers are left after the `first` that earlier samples took."""
    if people < 1 or first + people > ROOM:
        raise InvalidInput(
            Message(
                zh=f"人数须在 1 至 {ROOM - first} 之间（尚未使用的样例号码数）。请另填人数。",
                en=f"The number of people is from 1 to {ROOM - first}: so many sample numbers are left. Give another.",
            ),
            reason="PEOPLE",
            path=("people",),
        )


class Places:
    """In which order a sample takes its places: every one once, differently for each seed."""

    __slots__ = ("_first", "_people", "_shift", "_stride")

    def __init__(self, draws: Draws, people: int, first: int) -> None:
        self._people, self._first = people, first
        self._shift = draws.number(0, people - 1)
        stride = draws.number(1, people)
        while gcd(stride, people) != 1:
            stride = draws.number(1, people)
        self._stride = stride

    def at(self, place: int) -> int:
        """The place among all numbers of the person that is `place`-th (from 0) in the sample."""
        return self._first + (place * self._stride + self._shift) % self._people
