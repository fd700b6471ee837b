"""What a form sends: read within limits, and only from our own pages."""

import asyncio
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from talent_registry.domain.messages import Message
from talent_registry.web.doors import is_own_page
from talent_registry.web.requests import BodyLimits, RefusedRequest, read_body

TOKEN_FIELD: Final = "form_token"  # noqa: S105 - the name of a field
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_MOST_FIELDS: Final = 200
_UPLOAD_SECONDS: Final = 120.0
_NO_LENGTH: Final = Message(
    zh="上传未注明长度，无法接收。请用浏览器的表单上传。", en="The upload states no length. Use the form in a browser."
)
_TOO_SLOW: Final = Message(zh="文件未能及时送达，请重试。", en="The file did not arrive in time. Send it again.")
_OWN_SITES: Final = frozenset({"same-origin", "none"})


def check_origin(request: Request) -> None:
    """Refuse a form that another site sent in the visitor's name."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site in _OWN_SITES:
            return
        raise _foreign()
    # A browser too old to say where the form stands names its origin; a program that is no browser has no session.
    if not is_own_page(request):
        raise _foreign()


async def read_form(request: Request, limits: BodyLimits) -> dict[str, list[str]]:
    """The fields of a plain form, each with all its values. Raises `RefusedRequest`."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _URLENCODED:
        raise _unreadable()
    body = await read_body(request, limits)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise _unreadable() from None
    found: dict[str, list[str]] = {}
    _check_writable(part for pair in pairs for part in pair)
    for name, value in pairs:
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


async def read_upload(
    request: Request, *, most_bytes: int
) -> tuple[dict[str, list[str]], dict[str, tuple[str, bytes]]]:
    """The fields of a form with files, and each file's name and content. Raises `RefusedRequest`."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _MULTIPART:
        return await read_form(request, BodyLimits()), {}
    length = request.headers.get("content-length", "")
    # Without a stated length a body could fill the disk before anybody looks at it; every browser states one.
    if not length.isascii() or not length.isdecimal():
        raise RefusedRequest(411, "LENGTH_REQUIRED", _NO_LENGTH)
    if int(length) > most_bytes:
        raise _too_large(most_bytes)
    fields: dict[str, list[str]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    try:
        async with (
            asyncio.timeout(_UPLOAD_SECONDS),
            request.form(max_files=2, max_fields=_MOST_FIELDS, max_part_size=256 * 1024) as form,
        ):
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    content = await value.read(most_bytes + 1)
                    if len(content) > most_bytes:
                        raise _too_large(most_bytes)
                    if value.filename or content:
                        files[name] = (value.filename or "", content)
                else:
                    fields.setdefault(name, []).append(value)
    except (HTTPException, ClientDisconnect):
        raise _unreadable() from None
    except TimeoutError:
        raise RefusedRequest(408, "REQUEST_TIMEOUT", _TOO_SLOW, {"Connection": "close"}) from None
    _check_writable(text for name, values in fields.items() for text in (name, *values))
    _check_writable(name for name, _ in files.values())
    return fields, files


def _check_writable(texts: Iterable[str]) -> None:
    """Refuse what no text of the database can hold, as the API does; what a file holds is read by whoever reads it."""
    if any("\0" in text for text in texts):
        raise _unreadable()


def _foreign() -> RefusedRequest:
    return RefusedRequest(
        403,
        "FOREIGN_FORM",
        Message(
            zh="该表单不是从本登记库的页面发出的，未办理。请从本页面重新提交。",
            en="This form was not sent from a page of this registry, and nothing was done. Send it from here again.",
        ),
    )


def stale_form() -> RefusedRequest:
    """The form was made for another session, or for one that has ended."""
    return RefusedRequest(
        403,
        "STALE_FORM",
        Message(
            zh="登录已更换或已结束，未办理。请登录后重新打开该页面再提交。",
            en="You signed in anew or your session has ended, and nothing was done. Sign in, open the page again and "
            "send the form.",
        ),
    )


def _unreadable() -> RefusedRequest:
    return RefusedRequest(
        400,
        "FORM_UNREADABLE",
        Message(zh="无法读取提交的表单。请返回后重试。", en="The form cannot be read. Go back and try again."),
    )


def _too_large(most: int) -> RefusedRequest:
    return RefusedRequest(
        413,
        "FILE_TOO_LARGE",
        Message(
            zh=f"文件超过 {most // 1_048_576} MB。请拆分后再上传。",
            en=f"The file exceeds {most // 1_048_576} MB. Split it and upload the parts.",
        ),
        {"Connection": "close"},
    )
