"""Requests in front of GraphQL, read strictly: what is odd is refused with a status, before anything is executed."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from talent_registry.domain.messages import Message
from talent_registry.web.known_documents import known_documents
from talent_registry.web.strict_json import NotStrictJson, read_json

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
# `requests` reads the body, `responses` writes the answer; the codes are the same wherever a request is refused.
EVENT_STREAM: Final = "text/event-stream"
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE | re.ASCII)
_DIGITS = re.compile(r"\d{1,18}", re.ASCII)
_LONGEST_HEADER: Final = 1024


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much is read: `body_bytes`, and `read_seconds` for the whole body of a slow client."""

    body_bytes: int = 64 * 1024
    read_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A well-formed request. Its repr shows the operation's name alone: variables may hold personal data."""

    query: str = field(repr=False)
    variables: dict[str, Any] | None = field(repr=False)
    operation_name: str | None


class RefusedRequest(Exception):
    """A request answered without execution: HTTP `status`, `code`, `message` in both languages, extra `headers`."""

    def __init__(self, status: int, code: str, message: Message, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


async def read_graphql_request(request: Request, limits: BodyLimits | None = None) -> GraphQLRequest:
    """The GraphQL request in an HTTP request; POST with a JSON body only. Raises `RefusedRequest`, nothing else."""
    limits = limits or BodyLimits()
    if request.method != "POST":
        raise RefusedRequest(
            405,
            "METHOD_NOT_ALLOWED",
            Message(zh="此处只接受 POST 请求。", en="Only POST is answered here."),
            {"Allow": "POST"},
        )
    if not wants_stream(request):
        response_type(request)
    _check_content(request)
    return parse_graphql_body(await read_body(request, limits))


def wants_stream(request: Request) -> bool:
    """Whether the caller would have a stream of results rather than one answer."""
    accepted = _accepted(",".join(request.headers.getlist("accept"))[:_LONGEST_HEADER])
    return accepted.get(EVENT_STREAM, 0.0) > max(accepted.get(one, 0.0) for one in (GRAPHQL_JSON, JSON))


def response_type(request: Request) -> str:
    """The media type of the answer that suits the Accept header. Raises `RefusedRequest` (406)."""
    wanted = ",".join(request.headers.getlist("accept"))
    if not wanted.strip():
        return GRAPHQL_JSON
    accepted = _accepted(wanted[:_LONGEST_HEADER])
    best = max((GRAPHQL_JSON, JSON), key=lambda offered: _quality(accepted, offered))
    if _quality(accepted, best) <= 0:
        raise RefusedRequest(
            406,
            "NOT_ACCEPTABLE",
            Message(zh=f"应答只有 {GRAPHQL_JSON} 或 {JSON}。", en=f"Answers are {GRAPHQL_JSON} or {JSON}."),
        )
    return best


async def read_body(request: Request, limits: BodyLimits) -> bytes:
    """The body, whole, within the limits, with or without a Content-Length. Raises `RefusedRequest`."""
    _check_length(request, limits)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(limits.read_seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limits.body_bytes:
                    raise _too_large(limits)
                chunks.append(chunk)
    except TimeoutError:
        raise RefusedRequest(
            408,
            "REQUEST_TIMEOUT",
            Message(zh="请求正文未能及时送达，请重试。", en="The body did not arrive in time. Send it again."),
            {"Connection": "close"},
        ) from None
    except ClientDisconnect:
        raise _malformed("DISCONNECTED", "连接已中断。", "The connection was closed.") from None
    return b"".join(chunks)


def parse_graphql_body(body: bytes) -> GraphQLRequest:
    """The request in a JSON body: an object with `query` or `documentId`; unknown members are ignored.

    Raises `RefusedRequest`.
    """
    try:
        found = read_json(body)
    except NotStrictJson as error:
        raise _malformed(
            f"JSON_{error.reason}",
            "请求正文不是合格的 JSON：须为严格的 UTF-8，无重复成员、空字符、孤立代理项、NaN，嵌套不超过 32 层。",
            "The body is no strict JSON: UTF-8, no member twice, no NUL, lone surrogate or NaN, at most 32 levels.",
        ) from None
    return graphql_request_in(found)


def graphql_request_in(found: object) -> GraphQLRequest:
    """The request in a value read from strict JSON. Raises `RefusedRequest`."""
    if not isinstance(found, dict):
        raise _malformed(
            "BODY_NOT_OBJECT",
            "请求正文须为单个 JSON 对象；不接受批量请求。",
            "The body must be one JSON object; batches are not accepted.",
        )
    query = _document(found)
    _member(found, "extensions", dict)
    return GraphQLRequest(query, _member(found, "variables", dict), _member(found, "operationName", str))


def _document(found: dict[str, Any]) -> str:
    """The text of the document, sent or named by its id."""
    query, document_id = _member(found, "query", str), _member(found, "documentId", str)
    if document_id is None:
        if not isinstance(query, str) or not query.strip():
            raise _malformed("QUERY_MISSING", "缺少 query 字符串。", "The member `query`, a string, is missing.")
        return query
    if query is not None:
        raise _malformed(
            "QUERY_AND_DOCUMENT_ID",
            "query 与 documentId 只能有一个。",
            "Send `query` or `documentId`, not both.",
        )
    known = known_documents().get(document_id)
    if known is None:
        raise _malformed(
            "DOCUMENT_UNKNOWN",
            "documentId 不是已知文档。已知文档及其编号见 /documents.json；也可改用 query 发送全文。",
            "No known document has this `documentId`. /documents.json lists them by id; or send the text as `query`.",
        )
    return known


def _member(found: dict[str, Any], name: str, kind: type) -> Any:  # noqa: ANN401 - checked against `kind`
    value = found.get(name)
    if value is not None and not isinstance(value, kind):
        zh, en = ("字符串", "a string") if kind is str else ("对象", "an object")
        raise _malformed(f"{name.upper()}_MALFORMED", f"成员 {name} 须为{zh}。", f"The member `{name}` must be {en}.")
    return value


def _check_content(request: Request) -> None:
    types = request.headers.getlist("content-type")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if len(types) != 1 or not _is_json(types[0]) or encoding != "identity":
        raise RefusedRequest(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Message(zh=f"请求正文须为 {JSON}，字符集 utf-8，不压缩。", en=f"Send {JSON} in utf-8, not compressed."),
            {"Accept-Encoding": "identity"} if encoding != "identity" else None,
        )


def _is_json(content_type: str) -> bool:
    media, *parameters = (part.strip() for part in content_type[:_LONGEST_HEADER].split(";"))
    pairs = [parameter.partition("=") for parameter in parameters if parameter]
    charsets = [value.strip().strip('"').lower() for name, _, value in pairs if name.strip().lower() == "charset"]
    return media.lower() == JSON and charsets in ([], ["utf-8"])


def _check_length(request: Request, limits: BodyLimits) -> None:
    length = request.headers.get("content-length")
    if length is None:
        return
    if not _DIGITS.fullmatch(length):
        raise _malformed("LENGTH_MALFORMED", "Content-Length 无效。", "The Content-Length is malformed.")
    if int(length) > limits.body_bytes:
        raise _too_large(limits)


def _accepted(header: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in header.split(","):
        media, *parameters = part.split(";")
        quality = 1.0
        for parameter in parameters:
            if match := _QUALITY.fullmatch(parameter):
                quality = min(1.0, float(match[1]))
        found[media.strip().lower()] = quality
    return found


def _quality(accepted: dict[str, float], offered: str) -> float:
    """The most specific range that covers `offered` decides (RFC 9110, 12.5.1)."""
    return next((accepted[each] for each in (offered, "application/*", "*/*") if each in accepted), 0.0)


def _malformed(code: str, zh: str, en: str) -> RefusedRequest:
    return RefusedRequest(400, code, Message(zh=zh, en=en))


def _too_large(limits: BodyLimits) -> RefusedRequest:
    return RefusedRequest(
        413,
        "BODY_TOO_LARGE",
        Message(
            zh=f"请求正文超过 {limits.body_bytes} 字节，请拆分后再发送。",
            en=f"The body exceeds {limits.body_bytes} bytes. Send it in parts.",
        ),
        {"Connection": "close"},
    )
