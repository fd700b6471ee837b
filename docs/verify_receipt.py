"""Verify a receipt offline: python verify_receipt.py RECEIPT JWKS. Needs the package cryptography and nothing else."""

import base64
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256


def decoded(part: str) -> bytes:  # one spelling only
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise ValueError("altered")
    return raw


try:
    header, claims, signature = Path(sys.argv[1]).read_text().removesuffix("\n").split(".")
    head, signed = json.loads(decoded(header)), decoded(signature)
    key = {one["kid"]: one for one in json.loads(Path(sys.argv[2]).read_text())["keys"]}[head["kid"]]
    _ = {("ES256", "talent-receipt+jwt", 3, 64): "a receipt"}[head["alg"], head["typ"], len(head), len(signed)]
    x, y, r, s = (int.from_bytes(one) for one in (decoded(key["x"]), decoded(key["y"]), signed[:32], signed[32:]))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    public.verify(utils.encode_dss_signature(r, s), f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))
    print(decoded(claims).decode())
except (ValueError, KeyError, IndexError, OSError, TypeError, InvalidSignature):
    sys.exit("REFUSED 不予认可")
