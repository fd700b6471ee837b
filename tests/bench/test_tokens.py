"""Reading access tokens beside the bare check of their signatures: CPU of this process.

`make bench`. Medians of interleaved rounds; only ratios within one run count. The limit is `cryptography` alone,
verifying the same signatures, already in the form that it reads, with the same key object.
"""

import base64
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from talent_registry.signing import keys
from talent_registry.signing.keys import KeySet, new_material
from talent_registry.signing.tokens import issue, read

TOKENS = 1_500
ROUNDS = 7
GOAL = 0.60
NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)


def test_tokens_read_beside_the_bare_check() -> None:
    material = new_material(NOW)
    public = keys._private_key(material["token"][0]["key"]).public_key()
    issuer = KeySet.of_material(material)
    given = [issue(issuer, f"account {number}", now=NOW, seconds=900) for number in range(TOKENS)]
    prepared = [_prepared(token) for token in given]
    algorithm = ec.ECDSA(SHA256())

    def bare() -> None:
        for signature, text in prepared:
            public.verify(signature, text, algorithm)

    def first_time(keyset: KeySet) -> None:
        for token in given:
            read(keyset, token, now=NOW)

    spent: dict[str, list[float]] = {"bare": [], "first time": [], "again": []}
    for _ in range(ROUNDS):
        fresh = KeySet.of_material(material)
        spent["bare"].append(_seconds(bare))
        spent["first time"].append(_seconds(partial(first_time, fresh)))
        spent["again"].append(_seconds(partial(first_time, fresh)))
    per = {name: median(seconds) for name, seconds in spent.items()}
    lines = [f"tokens a CPU second, medians of {ROUNDS} rounds (goal: first time at {GOAL:.2f} of the bare check)"]
    lines += [f"{name:12} {TOKENS / each:10.0f}   {per['bare'] / each:6.2f} of bare" for name, each in per.items()]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert per["again"] < per["bare"]


def _prepared(token: str) -> tuple[bytes, bytes]:
    text, _, part = token.rpartition(".")
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])), text.encode()


def _seconds(what: Callable[[], None]) -> float:
    began = time.process_time()
    what()
    return time.process_time() - began
