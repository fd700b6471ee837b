"""Cursors that nobody was given."""

import base64
import json
from typing import Any

import pytest

from talent_registry.api.connections import page_request
from talent_registry.domain.errors import InvalidInput


def cursor(place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def test_a_cursor_gives_its_place() -> None:
    assert page_request(20, cursor(["a", "1"])).after == ("a", "1")


@pytest.mark.parametrize(
    "made_up",
    [
        "%%%",
        "é",
        cursor({"a": 1}),
        cursor([1]),
        cursor([["a"]]),
        cursor(["a\x00"]),
        cursor(["\ud800"]),
        cursor(["a" * 1000]),
        base64.urlsafe_b64encode(b"\xff").decode(),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
        base64.urlsafe_b64encode(b"[" * 7_000).decode(),
        "",
    ],
)
def test_a_made_up_cursor_is_refused_and_breaks_nothing(made_up: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        page_request(20, made_up)
    assert refusal.value.reason == "FOREIGN_CURSOR"
