"""The page /verify: one certificate, a large verdict, and what the agreement says of it in the chosen province."""

from typing import Any, Final

from starlette.responses import Response

from talent_registry.domain.messages import Message
from talent_registry.domain.questions import Target
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.services import organisations
from talent_registry.services.permissions import ActorKind
from talent_registry.services.verification import Asked, Verification
from talent_registry.services.verification import verify as verify_credential
from talent_registry.services.verified_recognition import recognise_verified
from talent_registry.web.pages import verification_acts, words
from talent_registry.web.pages.visits import Visit

_MUST_STATE_PURPOSE: Final = frozenset({ActorKind.HR})
_ONCE_IN_SECONDS: Final = 60
_FIELDS: Final = ("number", "name", "document", "obtained_on", "level", "purpose", "division", "post_series")
# The field of the page that a reason of the registry speaks of.
_FIELD_OF_REASON: Final = {"obtainedOn": "obtained_on"}


async def show_verify(visit: Visit) -> Response:
    """GET /verify."""
    return _form(visit, dict.fromkeys(_FIELDS, "") | {"division": visit.actor.province or ""})


async def verify(visit: Visit) -> Response:
    """POST /verify."""
    sent = {name: visit.sent(name) for name in _FIELDS}
    typed = Typed(
        sent["number"], sent["name"], sent["document"] or None, sent["obtained_on"] or None, sent["level"] or None
    )
    asked = Asked(typed, sent["purpose"] or None)
    # Pressed twice it is asked once; a page that stayed open asks anew, for a certificate may have been revoked since.
    key = f"{visit.key} {int(visit.registry.clock().timestamp()) // _ONCE_IN_SECONDS}"
    found = await verify_credential(visit.registry, visit.actor, asked, key, visit.origin)
    if found.verdict is Verdict.INVALID_INPUT:
        return _form(visit, sent, fault=found.message, at=_FIELD_OF_REASON.get(found.reason, found.reason), status=400)
    return await _answer(visit, sent, found)


def _form(
    visit: Visit, sent: dict[str, str], *, fault: Message | None = None, at: str = "", status: int = 200
) -> Response:
    return visit.page("verify.html", status=status, sent=sent, fault=fault, at=at, **_choices(visit))


async def _answer(visit: Visit, sent: dict[str, str], found: Verification) -> Response:
    word, look = words.VERDICTS[found.verdict]
    facts: dict[str, Any] = {"found": found, "word": word, "look": look, "sent": sent, "issuer": None}
    recognition = None
    if found.record is not None:
        facts["issuer"] = await organisations.get_organisation(
            visit.registry, visit.actor, found.record.credential.issuer_id
        )
        if sent["division"] in dict(visit.provinces):
            target = Target(division=sent["division"], post_series=sent["post_series"] or None)
            recognition = await recognise_verified(visit.registry, visit.actor, found, target)
    facts["watching"] = found.record is not None and verification_acts.may_watch(visit.actor)
    facts["watch_until"] = verification_acts.usual_until(visit.registry.today())
    return visit.page("verified.html", recognition=recognition, words=words, **_choices(visit), **facts)


def _choices(visit: Visit) -> dict[str, Any]:
    return {
        "provinces": visit.provinces,
        "series": words.series_names(),
        "states_purpose": visit.actor.kind in _MUST_STATE_PURPOSE,
    }
