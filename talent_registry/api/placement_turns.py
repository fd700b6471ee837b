"""Whose turn it is in a placement, and the ends of which notice was given, as the API gives them."""

from datetime import date, datetime

import strawberry

from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.domain import placement_ends, placement_states, placement_turns

described(
    placement_states.PlacementAct,
    "What can be done with a placement.",
    {
        "SIGN": "Sign the terms that wait; or answer with others, or decline.",
        "COUNTER": "Answer the terms that wait with others.",
        "ACTIVATE": "Let it begin.",
        "SUSPEND": "Suspend it (an authority).",
        "RESUME": "Let it go on (an authority).",
        "EXTEND": "Propose a later last day.",
        "END": "End it, or give notice of its end.",
        "WITHDRAW_END": "Take back the notice of its end.",
        "DECLINE": "Decline what was proposed.",
        "WITHDRAW": "Withdraw what was proposed, or an agreement not yet begun.",
    },
)


@strawberry.type(description="Whose turn it is, to do what, by when.")
class PlacementTurn:
    parties: list[placement_states.Party] = strawberry.field(description="Each of whom may do it next.")
    act: placement_states.PlacementAct = strawberry.field(description="What is to be done.")
    by: date | None = strawberry.field(description="Until when, this day included; null: nothing says so.")
    provisional: bool = strawberry.field(
        description="Whether a year was counted whose holidays are not announced yet, so that the day may move."
    )
    overdue: bool = strawberry.field(description="Whether that day is past.")
    lapses: bool = strawberry.field(
        description="Whether what waits lapses with that day, once its holidays are announced; else silence changes "
        "nothing. It is never consent."
    )
    message: LocalisedText = strawberry.field(description="What is to be done, in a sentence.")

    @classmethod
    def of(cls, turn: placement_turns.Turn) -> "PlacementTurn":
        """The turn as GraphQL gives it."""
        return cls(
            parties=list(turn.parties),
            act=turn.act,
            by=turn.by,
            provisional=turn.provisional,
            overdue=turn.overdue,
            lapses=turn.lapses,
            message=LocalisedText.of(turn.message),
        )


@strawberry.type(description="An end of which a party gave notice.")
class DeclaredEnd:
    by: placement_states.Party = strawberry.field(description="Who gave notice.")
    reason: placement_states.EndReason = strawberry.field(description="Why.")
    on: date = strawberry.field(description="The last day of work, inclusive.")
    declared_at: datetime = strawberry.field(description="When the notice was given.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken back; null: it stands.")

    @classmethod
    def of(cls, end: placement_ends.DeclaredEnd) -> "DeclaredEnd":
        """The end as GraphQL gives it."""
        return cls(
            by=end.party, reason=end.reason, on=end.on, declared_at=end.declared_at, withdrawn_at=end.withdrawn_at
        )
