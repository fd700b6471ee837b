"""Identity numbers have no place in grounds and statements."""

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.free_texts import check_no_identity_number
from talent_registry.domain.placement_checks import check_ground
from talent_registry.domain.proceeding_checks import check_text
from tests.titles import document

NUMBER = document(7)


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        f"本人（{NUMBER}）的材料不实",
        f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        "-".join((NUMBER[:6], NUMBER[6:14], NUMBER[14:])),
        NUMBER.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}),
        f"12{NUMBER}34",
        "11010519491231002x",
    ],
)
def test_an_identity_number_is_refused_however_it_is_written_and_not_repeated(written: str) -> None:
    for check in (check_no_identity_number, check_ground, check_text):
        with pytest.raises(InvalidInput) as refused:
            check(written)
        assert refused.value.reason == "IDENTITY_NUMBER"
        assert NUMBER[-8:] not in str(refused.value) + refused.value.message.zh + refused.value.message.en


@pytest.mark.parametrize(
    "written",
    [
        "证书号 512020000001 与档案不符",
        # A wrong check character, a day that there is not.
        f"{NUMBER[:17]}{'1' if NUMBER[17] != '1' else '2'}",
        "990000198013010017",
        "2021-03-29 至 2024-02-29，工作量 40%",
    ],
)
def test_other_numbers_may_be_named(written: str) -> None:
    assert check_no_identity_number(written) == check_ground(written) == check_text(written) == written
