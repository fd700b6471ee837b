"""Reveals: the number of an identity document in full, for a stated purpose on a stated legal basis."""

from enum import StrEnum
from typing import Final

# What the person reads beside the relation on which a look at the full number rested.
FULL_NUMBER: Final = "FULL_NUMBER"


class LegalBasis(StrEnum):
    """On what provision of the Personal Information Protection Law, art. 13, the number is read."""

    CONSENT = "CONSENT"
    STATUTORY_DUTY = "STATUTORY_DUTY"
