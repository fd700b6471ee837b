"""Templates filled in: strict about what is missing, every value escaped, both languages at hand."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from talent_registry.web.pages.languages import Language

STATIC: Final = Path(__file__).parent.parent / "static"
_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_CODE: Final = re.compile(r"`([^`]+)`")
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    # Forms of these pages are told from those of other sites by where they come from; nobody else learns of it.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@cache
def environment() -> Environment:
    """The templates of the package."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_address
    made.filters["capitalised"] = capitalised
    made.filters["coded"] = coded
    return made


def capitalised(text: str) -> str:
    """The text with its first letter large and the others as they are: `R&D` stays."""
    return text[:1].upper() + text[1:]


def coded(text: str) -> Markup:
    """The text with what stands between backticks as code; all of it escaped."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped in the same line


@cache
def static_address(name: str) -> str:
    """The address of a style or script, new whenever its content is."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def filled(template: str, language: Language, facts: dict[str, Any], *, status: int = 200) -> HTMLResponse:
    """A page in this language. In templates `t(zh, en)` picks a text, `m`, `day`, `instant`, `number` write values."""
    words = {
        "lang": language,
        "t": language.say,
        "m": language.message,
        "day": language.day,
        "instant": language.instant,
        "number": language.number,
    }
    body = environment().get_template(template).render(**words, **facts)
    return HTMLResponse(body, status, headers={**HEADERS, "Content-Language": language.tag})
