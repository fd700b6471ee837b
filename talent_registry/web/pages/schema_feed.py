"""What changed in the GraphQL schema as an Atom feed (RFC 4287): one entry for each day that changed it."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from talent_registry.domain.messages import Message
from talent_registry.reference.schema_changes import SchemaChange, schema_changes
from talent_registry.web.pages.languages import EN, ZH, Language
from talent_registry.web.pages.visits import Visit

_SPACE: Final = "http://www.w3.org/2005/Atom"
_PAGE: Final = "/developers/changes"
_REGISTRY: Final = Message(zh="川渝人才互认登记库", en="Sichuan–Chongqing Talent Registry")
_TITLE: Final = Message(zh=f"{_REGISTRY.zh}：接口变更", en=f"{_REGISTRY.en}: changes of the schema")
_WHOLE: Final = Message(
    zh="接口首次公布，全文见 /schema.graphql。", en="The schema is published; it stands at /schema.graphql."
)
_KINDS: Final = (
    ("removed", Message(zh="移除", en="Removed")),
    ("deprecated", Message(zh="弃用", en="Deprecated")),
    ("added", Message(zh="增加", en="Added")),
)


async def take_feed(visit: Visit) -> Response:
    """GET /developers/changes.atom, English with `?lang=en`: whoever reads feeds keeps no cookie."""
    body = feed(visit.settings.public_url, EN if visit.asked("lang") == EN.code else ZH, schema_changes())
    return Response(body, media_type="application/atom+xml", headers={"Cache-Control": "public, max-age=3600"})


def feed(origin: str, language: Language, days: Sequence[SchemaChange]) -> bytes:
    """The feed of a registry that the public reaches at `origin`; `days` the oldest first, the feed the newest."""
    say = language.message
    address = f"{origin}{_PAGE}.atom{'' if language == ZH else '?lang=en'}"
    root = Element("feed", {"xmlns": _SPACE, "xml:lang": language.tag})
    SubElement(root, "id").text = address
    SubElement(root, "title").text = say(_TITLE)
    SubElement(root, "updated").text = _instant(days[-1])
    SubElement(SubElement(root, "author"), "name").text = say(_REGISTRY)
    SubElement(root, "link", {"rel": "self", "href": address})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{origin}{_PAGE}"})
    for place, one in reversed(list(enumerate(days))):
        told = [(say(word), getattr(one, kind)) for kind, word in _KINDS]
        entry = SubElement(root, "entry")
        SubElement(entry, "id").text = f"{origin}{_PAGE}#d{one.on}"
        counted = " · ".join(f"{word} {len(names):,}" for word, names in told if names)
        SubElement(entry, "title").text = f"{one.on} · {counted}"
        SubElement(entry, "updated").text = _instant(one)
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{origin}{_PAGE}#d{one.on}"})
        # The first day adds the whole schema.
        listed = told if place else told[:-1]
        lines = [f"{word}: {name}" for word, names in listed for name in names]
        SubElement(entry, "content", {"type": "text"}).text = "\n".join(lines if place else [say(_WHOLE), *lines])
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _instant(one: SchemaChange) -> str:
    """The beginning of the day in Shanghai, which never had another offset since there were schemas."""
    return f"{one.on}T00:00:00+08:00"
