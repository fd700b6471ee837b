"""One visit of one page: who reads it, in which language, what was sent, and how answers and refusals become pages."""

import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from talent_registry.domain.errors import ErrorCode, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.services import page_sessions
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind, nothing_here
from talent_registry.services.registry import Registry, new_key
from talent_registry.settings import Settings
from talent_registry.web.deadlines import in_time
from talent_registry.web.envelope import BROKEN, PAGE_PATTERN
from talent_registry.web.identity import origin_of
from talent_registry.web.pages.forms import TOKEN_FIELD, check_origin, read_form, read_upload, stale_form
from talent_registry.web.pages.languages import Language, language_of
from talent_registry.web.pages.menus import split_menu
from talent_registry.web.pages.problems import problem, reads_problems
from talent_registry.web.pages.rendering import filled
from talent_registry.web.pages.words import division_name
from talent_registry.web.requests import BodyLimits, RefusedRequest

# Travels over TLS alone and is of this very host, so that no neighbouring site can set it; but for this machine itself.
_SECURE_COOKIE: Final = "__Host-session"
_PLAIN_COOKIE: Final = "session"
_PLAIN_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_BYTES_OF_NOBODY: Final = 4 * 1024 * 1024
_STATUS: Final = {
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.NOT_PERMITTED: 403,
    ErrorCode.INVALID_INPUT: 400,
    ErrorCode.CONFLICT: 409,
    ErrorCode.NOT_IN_FORCE: 409,
    ErrorCode.LIMITED: 429,
}
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Visit:
    """Who reads a page and what the form sent: `fields` are empty for a page that is only opened."""

    request: Request
    registry: Registry
    settings: Settings
    actor: Actor
    language: Language
    token: str = field(default="", repr=False)
    fields: dict[str, list[str]] = field(default_factory=dict, repr=False)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict, repr=False)

    @property
    def origin(self) -> str:
        """Where the visitor comes from, used through a keyed digest alone."""
        return origin_of(self.request)

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.actor.kind is not ActorKind.ANONYMOUS

    def sent(self, name: str) -> str:
        """What one field of the form holds, without blanks around it; "" where it is absent."""
        return (self.fields.get(name) or [""])[-1].strip()

    def every(self, name: str) -> list[str]:
        """All that a field of the form with several values holds."""
        return self.fields.get(name, [])

    def asked(self, name: str) -> str:
        """What the address asks for under this name, "" where it does not; without what no database can hold."""
        return self.request.query_params.get(name, "")[:500].replace("\0", "").strip()

    @property
    def key(self) -> str:
        """The idempotency key of what was sent: the form's own, and what stands in it.

        Pressing twice acts once; a page that was gone back to and filled in otherwise is another act.
        """
        if not self.sent("form_key"):
            return new_key()
        said = sorted((name, values) for name, values in self.fields.items() if name != TOKEN_FIELD)
        files = sorted((name, sha256(content).hexdigest()) for name, (_, content) in self.files.items())
        return sha256(json.dumps([self.request.url.path, said, files]).encode()).hexdigest()

    @property
    def record_id(self) -> UUID:
        """The record that the address names; whatever is no id names nothing."""
        try:
            return UUID(self.request.path_params["id"])
        except ValueError:
            raise nothing_here(("id",)) from None

    @property
    def provinces(self) -> list[tuple[str, Message]]:
        """The provinces of the agreement, by code, with their names."""
        return [(code, division_name(code)) for code in self.registry.agreement.parties]

    def page(self, template: str, *, status: int = 200, **facts: Any) -> Response:  # noqa: ANN401 - a template takes any
        """A page with the frame that all of them share; `form_key` makes each of its forms one of its own."""
        frame = {
            "visit": self,
            "actor": self.actor,
            "menu": split_menu(self.actor)[0],
            "more_ways": split_menu(self.actor)[1],
            "path": self.request.url.path,
            "form_token": page_sessions.form_token(self.registry, self.token) if self.token else "",
            "form_key": new_key(),
        }
        return filled(template, self.language, {**frame, **facts}, status=status)

    def refused(self, message: Message, status: int, code: str, request_id: str | None = None) -> Response:
        """A page that says why there is nothing else, and what to do; for a program, problem details."""
        if reads_problems(self.request):
            return problem(message, status, code, request_id or self.request.state.request_id)
        return self.page(
            "refused.html",
            status=status,
            message=message,
            code=code,
            request_id=request_id or self.request.state.request_id,
        )

    def go(self, address: str) -> Response:
        """Send the visitor on after a form, so that going back does not send it again."""
        return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})


def status_of(code: ErrorCode) -> int:
    """The HTTP status of a page that tells of this kind of failure."""
    return _STATUS[code]


def is_secure(request: Request) -> bool:
    """Whether cookies must travel over TLS: everywhere but on this machine talking to itself in plain HTTP."""
    return request.url.scheme == "https" or request.url.hostname not in _PLAIN_HOSTS


def session_cookie(request: Request) -> str:
    """The name of the cookie that holds the session."""
    return _SECURE_COOKIE if is_secure(request) else _PLAIN_COOKIE


Show = Callable[[Visit], Coroutine[Any, Any, Response]]


def framed(
    pattern: str, settings: Settings, show: Show, *, upload_bytes: int = 0
) -> Callable[[Request], Awaitable[Response]]:
    """The handler of the page of this path pattern: `show` is called with a visit, expected failures become pages.

    `upload_bytes` is how large a form with files may be; 0 where the page takes none.
    """

    async def answer(request: Request) -> Response:
        registry: Registry = request.app.state.registry
        setattr(request.state, PAGE_PATTERN, pattern)
        visit = Visit(request, registry, settings, ANONYMOUS, language_of(request))
        until = time.monotonic() + settings.request_seconds
        try:
            # Outside the deadline of the work: a large file may take its time to arrive.
            await in_time(_meet(visit), settings.request_seconds)
            await _receive(visit, upload_bytes)
            return await in_time(show(visit), max(until - time.monotonic(), 1.0))
        except RefusedRequest as refused:
            answered = visit.refused(refused.message, refused.status, refused.code)
            answered.headers.update(refused.headers)
            return answered
        except RegistryError as error:
            return _expected(visit, error)
        except Exception as failure:  # noqa: BLE001 - as around every request, but told on a page
            _log.error("unexpected failure", error=type(failure).__name__)
            return visit.refused(BROKEN, 500, "INTERNAL")

    return answer


def _expected(visit: Visit, error: RegistryError) -> Response:
    if error.code is ErrorCode.NOT_PERMITTED and not visit.is_signed_in and visit.request.method == "GET":
        return visit.go(f"/sign-in?then={quote(visit.request.url.path, safe='/')}")
    answered = visit.refused(error.message, _STATUS[error.code], error.reason)
    if error.retry_after is not None:
        answered.headers["Retry-After"] = str(error.retry_after)
    return answered


async def _meet(visit: Visit) -> None:
    token = visit.request.cookies.get(session_cookie(visit.request), "")
    found = await page_sessions.find_actor(visit.registry, token) if token else None
    if found is not None:
        visit.actor, visit.token = found, token
    structlog.contextvars.bind_contextvars(
        actor=visit.actor.kind.value, account=str(visit.actor.account_id) if visit.actor.account_id else None
    )


async def _receive(visit: Visit, upload_bytes: int) -> None:
    if visit.request.method != "POST":
        return
    check_origin(visit.request)
    if upload_bytes:
        # Nobody fills the disk without a name.
        most = upload_bytes if visit.is_signed_in else min(upload_bytes, _MOST_BYTES_OF_NOBODY)
        visit.fields, visit.files = await read_upload(visit.request, most_bytes=most)
    else:
        visit.fields = await read_form(visit.request, BodyLimits())
    expected = page_sessions.form_token(visit.registry, visit.token) if visit.token else ""
    if visit.sent(TOKEN_FIELD) != expected:
        raise stale_form()
