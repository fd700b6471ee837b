"""A person's own verified facts as a page to print in both languages: /me/cv."""

from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.credentials import CredentialRecord, Standing
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import OfPerson, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.reference.catalogue import catalogue
from talent_registry.services import accesses, credential_reads, disputes, organisations
from talent_registry.web.pages import me_words, words
from talent_registry.web.pages.my_record import must_be_researcher
from talent_registry.web.pages.visits import Visit

_MOST: Final = 100


async def show_cv(visit: Visit) -> Response:
    """GET /me/cv: what sources recorded first, apart from what the person says; identity numbers are left out."""
    person_id = must_be_researcher(visit)
    fields = frozenset(PersonField) - {PersonField.DOCUMENTS, PersonField.HOUSEHOLD}
    seen = await accesses.look_at_self(visit.registry, visit.actor, fields, history=False)
    asked = OfPerson(person_id, PageRequest(_MOST))
    (held,) = await credential_reads.list_of_people(visit.registry, visit.actor, [asked])
    valid = [one for one in held.items if one.standing(seen.today) is Standing.VALID]
    (said,) = await disputes.list_of_people(visit.registry, visit.actor, [person_id])
    return visit.page(
        "me_cv.html",
        seen=seen,
        credentials=[(one, _title(one)) for one in valid],
        more=held.has_next,
        units=await _units(visit, seen.relation.home_unit_id if seen.relation else None, valid),
        disputed={(one.credential_id, one.fact.value) for one in said},
        of_credential={one.credential_id for one in said if one.credential_id is not None},
        as_of=visit.registry.clock(),
        words=words,
        me_words=me_words,
    )


def _title(record: CredentialRecord) -> Message:
    """The title in both languages, as the catalogue translates it; what it does not know stands as recorded."""
    version = record.version
    known = catalogue().titles.get(version.title_code or "")
    name = version.title_name or (known.name_zh if known else "")
    if not name:
        return words.kind_name(record.credential.kind)
    return Message(zh=name, en=known.name_en if known else name)


async def _units(visit: Visit, home: UUID | None, held: list[CredentialRecord]) -> dict[UUID, Message]:
    """The names of the home unit and of the issuers, in both languages."""
    issuers = [one.credential.issuer_id for one in held]
    ids = list(dict.fromkeys(issuers if home is None else [home, *issuers]))
    found = await organisations.list_by_ids(visit.registry, visit.actor, ids) if ids else []
    return {one.id: Message(zh=one.name_zh, en=one.name_en or one.name_zh) for one in found if one is not None}
