"""The page /verify: one box for whatever is at hand; of a certificate a large verdict and its recognition."""

from typing import Any, Final

from starlette.responses import Response

from talent_registry.domain.messages import Message
from talent_registry.domain.pasted import Pasted, PastedKind, recognise
from talent_registry.domain.questions import Target
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.services import disputes, organisations
from talent_registry.services.permissions import ActorKind
from talent_registry.services.verification import Asked, Verification
from talent_registry.services.verification import verify as verify_credential
from talent_registry.services.verified_recognition import recognise_verified
from talent_registry.web.pages import correction_words, issuer_questions, proofs, sharing, verification_acts, words
from talent_registry.web.pages.visits import Visit

_MUST_STATE_PURPOSE: Final = frozenset({ActorKind.HR})
_ONCE_IN_SECONDS: Final = 60
_FIELDS: Final = ("number", "name", "document", "obtained_on", "level", "purpose", "division", "post_series")
# The field of the page that a reason of the registry speaks of.
_FIELD_OF_REASON: Final = {
    "obtainedOn": "obtained_on",
    **dict.fromkeys(("name missing", "formula in a name", "name unreadable"), "name"),
    **dict.fromkeys(("number missing", "number unreadable"), "number"),
}

_OTHERS: Final = frozenset({PastedKind.SHARE_CODE, PastedKind.RECEIPT, PastedKind.LETTER})
_DOCUMENT_NUMBER: Final = Message(
    zh="这是身份证件号码。登记库不凭证件号码单独查询：请填写证书编号和姓名；单位经办人请登录后在“名册核验”中提交，"
    "写明用途和依据；也可请本人提供分享码。",
    en="This is the number of an identity document. Nobody is looked up by it alone: enter the certificate number and "
    "the name; offices sign in and use Rosters, stating purpose and legal basis; or ask the person for a share code.",
)


async def show_verify(visit: Visit) -> Response:
    """GET /verify."""
    return _form(visit, dict.fromkeys(_FIELDS, "") | {"division": visit.actor.province or ""})


async def verify(visit: Visit) -> Response:
    """POST /verify."""
    sent = {name: visit.sent(name) for name in _FIELDS}
    pasted = recognise(sent["number"])
    # With a name beside it, it is the number of a certificate, whatever it looks like.
    if pasted.kind in _OTHERS or (pasted.kind is PastedKind.DOCUMENT and not sent["name"]):
        return await _answer_other(visit, sent, pasted)
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


async def _answer_other(visit: Visit, sent: dict[str, str], pasted: Pasted) -> Response:
    """What is no certificate number goes where it belongs."""
    match pasted.kind:
        case PastedKind.SHARE_CODE:
            return await sharing.open_code(visit, pasted.value)
        case PastedKind.RECEIPT:
            return await proofs.answer_document(visit, pasted.value.encode("ascii"))
        case PastedKind.LETTER:
            return visit.go(f"/l/{pasted.value}" + (f"#{pasted.check}" if pasted.check else ""))
        case _:
            # Nobody is found by such a number alone; it is not even written back.
            return _form(visit, sent | {"number": ""}, fault=_DOCUMENT_NUMBER, at="number", status=400)


def _form(
    visit: Visit, sent: dict[str, str], *, fault: Message | None = None, at: str = "", status: int = 200
) -> Response:
    return visit.page("verify.html", status=status, sent=sent, fault=fault, at=at, **_choices(visit))


async def _answer(visit: Visit, sent: dict[str, str], found: Verification) -> Response:
    word, look = words.VERDICTS[found.verdict]
    facts: dict[str, Any] = {"found": found, "word": word, "look": look, "sent": sent, "issuer": None, "disputed": []}
    recognition = None
    if found.record is not None:
        credential = found.record.credential
        (said,) = await disputes.list_of_people(visit.registry, visit.actor, [credential.researcher_id])
        facts["disputed"] = [one for one in said if one.credential_id == credential.id]
        facts["issuer"] = await organisations.get_organisation(
            visit.registry, visit.actor, found.record.credential.issuer_id
        )
        if sent["division"] in dict(visit.provinces):
            target = Target(division=sent["division"], post_series=sent["post_series"] or None)
            recognition = await recognise_verified(visit.registry, visit.actor, found, target)
    facts["watching"] = found.record is not None and verification_acts.may_watch(visit.actor)
    facts["watch_until"] = verification_acts.usual_until(visit.registry.today())
    return visit.page(
        "verified.html",
        recognition=recognition,
        words=words,
        correction_words=correction_words,
        **_choices(visit),
        **await issuer_questions.asking(visit, facts["issuer"]),
        **facts,
    )


def _choices(visit: Visit) -> dict[str, Any]:
    return {
        "provinces": visit.provinces,
        "series": words.series_names(),
        "states_purpose": visit.actor.kind in _MUST_STATE_PURPOSE,
    }
