"""How parties, reasons and terms of placements are written on pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import EndReason, Party
from talent_registry.domain.placement_terms import Difference, compared_with, differences
from talent_registry.domain.placements import Terms, TermsRound

PARTIES: Final = {
    Party.HOME_UNIT: Message(zh="人事关系所在单位", en="Home unit"),
    Party.RESEARCHER: Message(zh="本人", en="The person"),
    Party.HOST_UNIT: Message(zh="接收单位", en="Host unit"),
}
REASON_OF: Final = {
    Party.RESEARCHER: EndReason.EARLY_RETURN,
    Party.HOME_UNIT: EndReason.HOME_RECALL,
    Party.HOST_UNIT: EndReason.HOST_RELEASE,
}
ENDS: Final = {
    Party.RESEARCHER: Message(zh="提前返回", en="Return early"),
    Party.HOME_UNIT: Message(zh="召回", en="Recall"),
    Party.HOST_UNIT: Message(zh="解除", en="Release"),
}


def changes_of(rounds: tuple[TermsRound, ...], latest: TermsRound | None) -> Sequence[Difference]:
    """What these terms change against those that they answer or extend."""
    before = None if latest is None else compared_with(rounds, latest.number)
    return () if latest is None or before is None else differences(before, latest)


def terms_of(latest: TermsRound) -> Sequence[Difference]:
    """What the terms state: their difference to terms that are silent."""
    return differences(replace(latest, terms=Terms()), latest)
