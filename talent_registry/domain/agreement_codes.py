"""Which codes the parameters of a clause may name: those of the catalogue and of worked cases."""

from collections.abc import Callable, Collection

from talent_registry.domain.cases import LETTER_LEVELS, MILITARY_STATUSES, PERMIT_CLASSES
from talent_registry.reference.catalogue import catalogue

# What a holder may ask for beyond recognition.
REQUESTS = ("CONFIRMATION", "NEW_TITLE")


def list_known_codes(parameter: str) -> Collection[str] | None:
    """The codes that a parameter of this name may hold; None: an open set, which the agreement itself defines."""
    return None if parameter in OPEN else _LISTS[parameter]()


def _issuer_kinds() -> Collection[str]:
    return [kind.code for kind in catalogue().issuer_kinds]


def _levels() -> Collection[str]:
    return [level.code for level in catalogue().levels]


# Qualifications and families of cards are named by the agreement alone, as are the zones of both provinces.
OPEN = frozenset({"qualifications", "card_families", "zones", "except_zones"})
_LISTS: dict[str, Callable[[], Collection[str]]] = {
    "statuses": lambda: [status.code for status in catalogue().record_statuses],
    "routes": lambda: [route.code for route in catalogue().review_routes],
    "issuer_kinds": _issuer_kinds,
    "except_issuer_kinds": _issuer_kinds,
    "central_units": _issuer_kinds,
    "levels": _levels,
    "senior_levels": _levels,
    "senior_letters": lambda: LETTER_LEVELS,
    "lower_letters": lambda: LETTER_LEVELS,
    "central_letters": lambda: LETTER_LEVELS,
    "exam_series": lambda: list(catalogue().series),
    "to_verify": lambda: MILITARY_STATUSES,
    "requests": lambda: REQUESTS,
    "classes": lambda: PERMIT_CLASSES,
    "zone_classes": lambda: PERMIT_CLASSES,
}
PARAMETERS = OPEN | set(_LISTS)
