"""Writes a receipt and its published keys for `verify_with_jose.mjs`: python receipt_to_verify.py FOLDER."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from talent_registry.signing import receipts
from talent_registry.signing.keys import KeySet, new_material

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    keyset = KeySet.of_material(new_material(datetime.now(UTC)))
    claims = {"kind": "VERIFICATION", "verdict": "VALID", "message": {"zh": "证书有效。", "en": "Valid."}}
    (folder / "receipt.jws").write_text(receipts.sign(keyset, claims))
    (folder / "jwks.json").write_text(json.dumps(receipts.published(keyset)))
