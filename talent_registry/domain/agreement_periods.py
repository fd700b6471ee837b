"""Reading the periods of placements from an agreement's files: how long a reply may take and a notice must run."""

from talent_registry.domain.agreement_tables import TableReader
from talent_registry.domain.agreements import PlacementPeriod
from talent_registry.domain.messages import Message

PERIODS = ("REPLY", "EARLY_RETURN", "HOME_RECALL", "HOST_RELEASE")
# What silence may mean. That it is consent no source grants, so no agreement can say it here.
SILENCES = ("LAPSES", "WAITS")
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
        silence=table.one_of("silence", SILENCES) if table.has("silence") else None,
    )
    table.done()
    if period.silence is not None and period.id != "REPLY":
        raise table.fault(
            "silence",
            Message(zh="只有答复期限才有逾期的后果", en="only a term to reply has something follow from silence"),
            Message(zh="请删去该项，或写在 REPLY 中", en="Strike it, or write it under REPLY"),
        )
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
