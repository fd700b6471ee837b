"""A day as a form sends it."""

from datetime import date

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message


def read_day(text: str, *path: str) -> date | None:
    """The day, None where the field is empty; InvalidInput where it is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            Message(
                zh="日期无法识别。请按 2027-01-01 的样式填写。",
                en="The day cannot be read. Write it like 2027-01-01.",
            ),
            reason="DAY",
            path=path,
        ) from None
