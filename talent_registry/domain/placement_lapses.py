"""What becomes of terms to which not all parties replied in time: what the agreement says of silence, and only that."""

from datetime import date
from typing import Final

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.errors import NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.placement_periods import REPLY, reply_by
from talent_registry.domain.placement_states import PlacementAct
from talent_registry.domain.placements import Placement, TermsRound, possible_acts

LAPSES: Final = "LAPSES"
# The reason by which a lapse is known, in the history and wherever it refuses an act.
NO_REPLY: Final = "NO_REPLY"


def silence_lapses(version: AgreementVersion) -> bool:
    """Whether a proposal lapses by silence, as this version of the agreement has it."""
    period = version.find_placement_period(REPLY)
    return period is not None and period.silence == LAPSES


def lapsed_on(record: Placement, waiting: TermsRound, version: AgreementVersion, on: date) -> date | None:
    """The last day for the reply, where it is over on a day and the terms that wait lapsed with it; None: they did not.

    `version`: the agreement's on the day on which they were proposed. While the holidays of a year that was counted are
    not announced, the day may still move, and nothing lapses; nor does it while an authority keeps the parties from
    signing.
    """
    due = reply_by(version, waiting.terms, shanghai_today(waiting.proposed_at))
    if due is None or due.provisional or on <= due.day or not silence_lapses(version):
        return None
    return due.day if PlacementAct.SIGN in possible_acts(record) else None


def check_reply(record: Placement, waiting: TermsRound, version: AgreementVersion, on: date) -> None:
    """NotInForce (NO_REPLY) where the terms lapsed, whether or not that is recorded yet."""
    last = lapsed_on(record, waiting, version, on)
    if last is None:
        return
    raise NotInForce(
        Message(
            zh=f"答复期限已于 {last} 届满，所提条款已失效。如仍需要，请重新提出。",
            en=f"The term to reply was over on {last}, and these terms lapsed. Propose them anew if still wanted.",
        ),
        reason=NO_REPLY,
    )
