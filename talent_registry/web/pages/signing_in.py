"""The pages by which a person or office signs in and out, and the switch of language."""

from typing import Final
from urllib.parse import urlsplit

from starlette.responses import Response

from talent_registry.domain.errors import RegistryError
from talent_registry.services import page_sessions
from talent_registry.web.pages.languages import COOKIE
from talent_registry.web.pages.visits import Visit, is_secure, session_cookie

_A_YEAR: Final = 31_536_000
_STATUS_OF_REFUSAL: Final = 401


async def show_sign_in(visit: Visit) -> Response:
    """GET /sign-in."""
    if visit.is_signed_in:
        return visit.go("/")
    return visit.page("sign_in.html", login="", then=_own_path(visit.asked("then")), refusal=None)


async def sign_in(visit: Visit) -> Response:
    """POST /sign-in."""
    then = _own_path(visit.sent("then"))
    login, password = visit.sent("login"), (visit.fields.get("password") or [""])[-1]
    try:
        opened = await page_sessions.open_session(visit.registry, login, password, visit.origin)
    except RegistryError as refusal:
        return visit.page("sign_in.html", status=_STATUS_OF_REFUSAL, login=login, then=then, refusal=refusal.message)
    if visit.token:
        await page_sessions.close_session(visit.registry, visit.token)
    answer = visit.go(then)
    answer.set_cookie(
        session_cookie(visit.request),
        opened.token,
        max_age=opened.seconds,
        httponly=True,
        samesite="lax",
        secure=is_secure(visit.request),
    )
    return answer


async def sign_out(visit: Visit) -> Response:
    """POST /sign-out."""
    if visit.token:
        await page_sessions.close_session(visit.registry, visit.token)
    answer = visit.go("/")
    answer.delete_cookie(session_cookie(visit.request), httponly=True, samesite="lax", secure=is_secure(visit.request))
    return answer


async def choose_language(visit: Visit) -> Response:
    """GET /language: a preference of this browser, kept in a cookie that says nothing of the person."""
    answer = visit.go(_own_path(visit.asked("then")))
    chosen = "en" if visit.asked("to") == "en" else "zh"
    answer.set_cookie(COOKIE, chosen, max_age=_A_YEAR, httponly=True, samesite="lax")
    return answer


def _own_path(then: str) -> str:
    """Where to go next: a path of this site, never another one."""
    parts = urlsplit(then)
    if parts.scheme or parts.netloc or not then.startswith("/") or then.startswith(("//", "/\\")):
        return "/"
    return then if then.isprintable() else "/"
