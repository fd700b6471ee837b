"""What a person says of themselves: /me/profile, each item with to whom it is shown and what that viewer will see."""

from typing import Any, Final

from starlette.responses import Response

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.profiles import PROFILE_FIELDS, Contact, ProfileItem, Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, profiles
from talent_registry.web.pages import me_words
from talent_registry.web.pages.my_record import must_be_researcher
from talent_registry.web.pages.visits import Visit

_FIELDS: Final = ("email", "phone", "discipline", "keywords", "orcid")
# To whom an item of each visibility is shown, whoever they are, without any consent.
SHOWN_TO: Final = {
    Visibility.PUBLIC: (True, True),
    Visibility.RECOGNISED_PARTIES: (False, True),
    Visibility.PRIVATE: (False, False),
}
_SEPARATORS: Final = ("；", "、", "，", ";", ",", "\n")


async def show_profile(visit: Visit) -> Response:
    """GET /me/profile."""
    kept = await _kept(visit)
    return _page(visit, kept, _written(kept), {one: item.visibility for one, item in kept.items()})


async def edit_profile(visit: Visit) -> Response:
    """POST /me/profile: every item as a whole; an empty one is cleared."""
    must_be_researcher(visit)
    sent = {name: visit.sent(name) for name in _FIELDS}
    shown = {one: _visibility(visit.sent(f"shown_{one.value}")) for one in PROFILE_FIELDS}
    edit = profiles.ProfileEdit(
        contact=profiles.ContactEdit(sent["email"] or None, sent["phone"] or None, shown[PersonField.CONTACT]),
        discipline=profiles.TextEdit(sent["discipline"] or None, shown[PersonField.DISCIPLINE]),
        keywords=profiles.WordsEdit(_words(sent["keywords"]), shown[PersonField.KEYWORDS]),
        orcid=profiles.TextEdit(sent["orcid"] or None, shown[PersonField.ORCID]),
    )
    try:
        await profiles.edit(visit.registry, visit.actor, edit, visit.key)
    except InvalidInput as error:
        return _page(visit, await _kept(visit), sent, shown, fault=error.message, at=error.path)
    return visit.go("/me/profile?done=saved")


def _page(
    visit: Visit,
    kept: dict[PersonField, ProfileItem],
    sent: dict[str, str],
    shown: dict[PersonField, Visibility],
    *,
    fault: Message | None = None,
    at: tuple[str, ...] = (),
) -> Response:
    return visit.page(
        "me_profile.html",
        status=400 if fault else 200,
        kept=kept,
        items=[(one, shown.get(one, Visibility.PRIVATE)) for one in PROFILE_FIELDS],
        sent=sent,
        fault=fault,
        at=at,
        done=visit.asked("done"),
        visibilities=list(Visibility),
        shown_to=SHOWN_TO,
        as_of=visit.registry.clock(),
        me_words=me_words,
    )


async def _kept(visit: Visit) -> dict[PersonField, ProfileItem]:
    must_be_researcher(visit)
    seen = await accesses.look_at_self(visit.registry, visit.actor, frozenset(PROFILE_FIELDS), history=False)
    return seen.profile


def _written(kept: dict[PersonField, ProfileItem]) -> dict[str, str]:
    """The items as the form writes them."""
    values: dict[PersonField, Any] = {one: item.value for one, item in kept.items()}
    contact = values.get(PersonField.CONTACT, Contact(None, None))
    return {
        "email": contact.email or "",
        "phone": contact.phone or "",
        "discipline": values.get(PersonField.DISCIPLINE, ""),
        "keywords": "；".join(values.get(PersonField.KEYWORDS, ())),
        "orcid": values.get(PersonField.ORCID, ""),
    }


def _words(text: str) -> tuple[str, ...]:
    for separator in _SEPARATORS:
        text = text.replace(separator, "\n")
    return tuple(word for word in (part.strip() for part in text.split("\n")) if word)


def _visibility(text: str) -> Visibility:
    """What the form says; whoever says nothing shows nothing."""
    known = {one.value: one for one in Visibility}
    return known.get(text, Visibility.PRIVATE)
