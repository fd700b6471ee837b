"""The HTTP application: its routes, what every answer carries, and the registry it opens and closes."""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import WebSocketRoute

from talent_registry.api.allowances import Limits
from talent_registry.api.guarding import LIMITS
from talent_registry.api.schema import schema, schema_within, sdl
from talent_registry.composition import open_registry, reason_unready, warn_of_law_not_held, write_logs
from talent_registry.domain.messages import Message
from talent_registry.installation import version
from talent_registry.jobs.worker import at_work
from talent_registry.services.attempts import forget_old
from talent_registry.services.following import following
from talent_registry.services.receipts import published_keys
from talent_registry.services.sandbox import found_sandbox
from talent_registry.settings import Settings, load_settings
from talent_registry.web.envelope import Envelope, coded_error
from talent_registry.web.graphql import METHODS, graphql_route
from talent_registry.web.health import health_routes
from talent_registry.web.known_documents import documents_route
from talent_registry.web.oauth import token_route
from talent_registry.web.pages.routes import page_routes
from talent_registry.web.receipts import receipt_routes
from talent_registry.web.sockets import socket_route

_LONGEST_FAREWELL_SECONDS = 30
_WORDS = {
    404: Message(zh="此处没有内容。请核对网址。", en="There is nothing here. Check the address."),
    405: Message(zh="此处不接受该请求方法。", en="This method is not answered here."),
}
_UNUSUAL = Message(zh="无法处理该请求。", en="The request cannot be answered.")


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings. It opens the registry when it starts and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_registry(settings) as registry:
            app.state.registry = registry
            await found_sandbox(registry)
            await warn_of_law_not_held(registry)
            await forget_old(registry)
            async with at_work(registry), following(registry) as app.state.following:
                yield

    # No pages of documentation: they would load from elsewhere, and the contract is /schema.graphql.
    app = FastAPI(
        title="talent-registry",
        version=version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    limits = _limits(settings)
    served = schema if limits == LIMITS else schema_within(limits)

    async def ready() -> str | None:
        return await reason_unready(app.state.registry)

    app.include_router(health_routes(ready, version(), sdl(), sandbox=settings.sandbox))
    app.include_router(receipt_routes(lambda: published_keys(app.state.registry)))
    app.add_route("/graphql", graphql_route(served, settings), methods=METHODS, include_in_schema=False)
    app.router.routes.append(WebSocketRoute("/graphql", socket_route(served, settings)))
    app.router.routes.append(documents_route())
    app.add_route("/oauth/token", token_route(settings), methods=["POST"], include_in_schema=False)
    app.router.routes.extend(page_routes(settings))
    app.add_exception_handler(HTTPException, _unanswered)
    app.add_middleware(Envelope)
    return app


def from_environment() -> FastAPI:
    """The application as a server process makes it: settings from the environment, log lines in JSON."""
    write_logs(as_json=True)
    _leave_with_the_parent()
    app = create_app(load_settings())
    # What is there now stays for good: looking through it again and again for what could go is work for nothing.
    gc.collect()
    gc.freeze()
    return app


def _leave_with_the_parent() -> None:
    """End in order when the process that watches over this one is gone: nobody would replace or stop it any more."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)
            # A process that hangs does not heed the signal; one that ends in order is gone before this.
            time.sleep(_LONGEST_FAREWELL_SECONDS)
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _limits(settings: Settings) -> Limits:
    return Limits(
        tokens=settings.max_tokens,
        depth=settings.max_depth,
        aliases=settings.max_aliases,
        list_items=settings.max_list_items,
        page=settings.max_page,
    )


async def _unanswered(request: Request, failure: Exception) -> Response:
    """The answer for an address or method that is not ours: coded, in both languages, without the address."""
    status = failure.status_code if isinstance(failure, HTTPException) else 500
    headers = dict(getattr(failure, "headers", None) or {})
    body = coded_error(f"HTTP_{status}", _WORDS.get(status, _UNUSUAL), request.state.request_id)
    return JSONResponse(body, status, headers={**headers, "Cache-Control": "no-store"})
