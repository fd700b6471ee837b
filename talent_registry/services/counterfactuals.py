"""What is missing for a better answer, told to whoever was given the answer."""

from talent_registry.domain.agreements import Agreement
from talent_registry.domain.counterfactuals import Missing, what_is_missing
from talent_registry.domain.decisions import RecognitionDecision, question_decided, version_decided_under
from talent_registry.domain.errors import NotInForce
from talent_registry.services.recognition import Computed


def missing_for(computed: Computed) -> Missing:
    """What is missing for a better answer than the computed one."""
    return what_is_missing(computed.agreement, computed.question)


def find_missing_for_kept(agreement: Agreement, kept: RecognitionDecision) -> Missing | None:
    """What was missing for a better decision than the kept one, by the facts that were kept with it.

    `agreement` as known when it was decided. None where it no longer holds the version that decided.
    """
    try:
        version_decided_under(agreement, kept)
    except NotInForce:
        return None
    return what_is_missing(agreement, question_decided(kept))
