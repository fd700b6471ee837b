"""The page of a person's own record, /me: what is recorded, fact by fact, each with its source."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.correction_cases import OF_CREDENTIAL, DisputedFact
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import OfPerson, Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.reference.catalogue import catalogue
from talent_registry.services import accesses, credential_reads, disputes, organisations
from talent_registry.services.accesses import SeenPerson
from talent_registry.services.permissions import nothing_here, sign_in_first
from talent_registry.web.pages import me_words, words
from talent_registry.web.pages.visits import Visit

# One fact of a credential: which, its name in both languages, its value, whether it holds only by default.
CredentialFact = tuple[DisputedFact, Message, str, bool]
_FACTS: Final = {one.value.lower(): one for one in OF_CREDENTIAL} | {"valid_from": DisputedFact.ISSUE_DATE}
_MOST: Final = 50
_LONGEST_PLACE: Final = 100


def must_be_researcher(visit: Visit) -> UUID:
    """Whose record this visit may open; whoever is not signed in signs in first, anybody else finds nothing."""
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.researcher_id is None:
        raise nothing_here()
    return visit.actor.researcher_id


def page_asked(visit: Visit, first: int = _MOST) -> PageRequest:
    """The page of a list that the address asks for: it names the place after which the page begins."""
    after = tuple(visit.request.query_params.getlist("after"))
    readable = bool(after) and all(part and len(part) <= _LONGEST_PLACE and part.isprintable() for part in after)
    return PageRequest(first, after if readable else None)


def next_address(visit: Visit, page: Page[Any], kept: Sequence[tuple[str, str]] = ()) -> str | None:
    """Where the next page of the list stands, None where nothing follows; what is `kept` asks for the same list."""
    if not page.has_next or page.end is None:
        return None
    return f"{visit.request.url.path}?{urlencode([*kept, *(('after', part) for part in page.end)])}"


async def units_by_id(visit: Visit, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of the organisations that a page speaks of, in the visitor's language, fetched at once."""
    asked = list(dict.fromkeys(one for one in ids if one is not None))
    found = await organisations.list_by_ids(visit.registry, visit.actor, asked) if asked else []
    return {one.id: visit.language.say(one.name_zh, one.name_en or one.name_zh) for one in found if one is not None}


async def show_me(visit: Visit) -> Response:
    """GET /me."""
    person_id = must_be_researcher(visit)
    seen = await accesses.look_at_self(visit.registry, visit.actor, frozenset(PersonField), history=False)
    asked = OfPerson(person_id, page_asked(visit))
    (held,) = await credential_reads.list_of_people(visit.registry, visit.actor, [asked])
    units = await units_by_id(visit, [*_units_of(seen), *_issuers_of(held.items)])
    (disputed,) = await disputes.list_of_people(visit.registry, visit.actor, [person_id])
    return visit.page(
        "me.html",
        seen=seen,
        held=[(record, record.standing(seen.today), credential_facts(visit, record)) for record in held.items],
        more=next_address(visit, held),
        units=units,
        disputed={(one.credential_id, one.fact.value): one.since for one in disputed},
        document_name=document_name,
        as_of=visit.registry.clock(),
        words=words,
        me_words=me_words,
    )


def credential_facts(visit: Visit, record: CredentialRecord) -> list[CredentialFact]:
    """The facts recorded of a credential that are stated, in the visitor's language."""
    version, say = record.version, visit.language
    stated: list[tuple[str, Message, Any]] = [
        ("title_name", Message(zh="名称", en="Title"), version.title_name),
        (
            "series",
            Message(zh="系列", en="Series"),
            version.series and say.message(dict(words.series_names())[version.series]),
        ),
        ("level", Message(zh="层级", en="Level"), version.level and say.message(words.level_name(version.level))),
        ("specialty", Message(zh="专业", en="Speciality"), version.specialty),
        ("filing_number", Message(zh="评委会备案号", en="Filing of the committee"), version.filing_number),
        (
            "approval_date",
            Message(zh="批准日期", en="Approved on"),
            version.approval_date and say.day(version.approval_date),
        ),
        ("valid_from", Message(zh="颁发日期", en="Issued on"), say.day(version.valid_from)),
        ("valid_until", Message(zh="有效期至", en="Valid until"), _until(visit, record)),
    ]
    return [(_FACTS[code], name, str(value), code in version.defaulted) for code, name, value in stated if value]


def _until(visit: Visit, record: CredentialRecord) -> str:
    until = record.version.valid_until
    return visit.language.say("长期有效", "Without end") if until is None else visit.language.day(until)


def _units_of(seen: SeenPerson) -> list[UUID | None]:
    facts = [seen.name, seen.household, seen.relation, *seen.current_documents]
    relation = seen.relation
    own = [relation.home_unit_id, relation.file_unit_id] if relation else []
    return [*(fact.provenance.source_id for fact in facts if fact is not None), *own]


def _issuers_of(records: Iterable[CredentialRecord]) -> list[UUID]:
    return [unit for record in records for unit in (record.credential.issuer_id, record.version.source_id)]


def document_name(code: str) -> Message:
    """The kind of an identity document in both languages."""
    kind = catalogue().document_kinds.get(code)
    return Message(zh=kind.name_zh, en=kind.name_en)
