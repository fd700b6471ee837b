"""Reading the periods of placements from an agreement's files: how long a reply may take and a notice must run."""

from talent_registry.domain.agreement_tables import TableReader
from talent_registry.domain.agreements import PlacementPeriod
from talent_registry.domain.messages import Message

PERIODS = ("REPLY", "EARLY_RETURN", "HOME_RECALL", "HOST_RELEASE")
# A reply takes a working day at least; a notice may be none at all.
LEAST = {"REPLY": 1}
MOST = 366


def read_placement_period(table: TableReader) -> PlacementPeriod:
    """One period with its bounds; InvalidInput at a fault."""
    period = PlacementPeriod(
        id=table.one_of("id", PERIODS),
        days=table.number("days"),
        at_least=table.number("at_least"),
        at_most=table.number("at_most"),
        source=table.text("source"),
        status=table.status(),
        message=table.message(),
    )
    table.done()
    least = LEAST.get(period.id, 0)
    if least <= period.at_least <= period.days <= period.at_most <= MOST:
        return period
    raise table.fault(
        "days",
        Message(zh="天数不在上下限之间，或上下限不合理", en="the days do not lie within bounds that can be meant"),
        Message(
            zh=f"应为 {least} ≤ at_least ≤ days ≤ at_most ≤ {MOST}",
            en=f"Let {least} <= at_least <= days <= at_most <= {MOST}",
        ),
    )
