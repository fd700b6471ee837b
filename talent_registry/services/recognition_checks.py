"""What must be readable in a question about recognition before it is asked."""

from datetime import date, datetime

from talent_registry.domain.divisions import is_in_force
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import Target
from talent_registry.reference.catalogue import catalogue


def check_instant(known_at: datetime) -> datetime:
    """An instant with its time zone; InvalidInput without."""
    if known_at.tzinfo is None:
        raise InvalidInput(
            Message(zh="knownAt 须带时区。", en="knownAt needs a time zone, such as Z."), path=("knownAt",)
        )
    return known_at


def check_target(target: Target, on: date) -> Target:
    """The post, its codes all in the catalogue on the day; InvalidInput by field otherwise."""
    lists = catalogue()
    faults = {
        "division": not is_in_force(target.division, on),
        "postSeries": target.post_series is not None and target.post_series not in lists.series,
        "employerKind": target.employer_kind is not None and target.employer_kind not in lists.organisation_kinds,
    }
    for field, wrong in faults.items():
        if wrong:
            raise InvalidInput(
                Message(
                    zh=f"目标岗位的 {field} 不在代码表内。请使用目录中的代码。",
                    en=f"The target's {field} is not in the catalogue on this day. Use one of its codes.",
                ),
                path=("input", "target", field),
            )
    return target
