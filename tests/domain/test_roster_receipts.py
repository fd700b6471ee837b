"""The sum of a roster as it is attested, and texts that are long only together."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from talent_registry.domain.receipts import ReceiptKind, of_roster
from talent_registry.domain.verification import LONGEST_TEXT, Sought, Typed, Unreadable, read_typed

AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_the_sum_of_a_roster_says_nothing_of_a_row() -> None:
    one: Any = SimpleNamespace(id=UUID(int=7), file_digest="d", rows=3, requested_at=AT)
    attested = of_roster(one, {"VALID": 2, "NOT_FOUND": 1}, "样例大学")
    assert attested.kind is ReceiptKind.ROSTER
    assert attested.says["counts"] == {"NOT_FOUND": 1, "VALID": 2}
    assert set(attested.says) == {"roster", "office", "file_digest", "rows", "counts", "requested_at"}


def test_texts_that_are_long_only_together_are_not_refused_as_too_long() -> None:
    typed = Typed(number="SC-1", name="王芳", level="X" * (LONGEST_TEXT - 1))
    found = read_typed(typed, date(2026, 11, 24), allow_test_identities=True)
    assert isinstance(found, Sought | Unreadable)
    assert not (isinstance(found, Unreadable) and found.reason == "LENGTH")
