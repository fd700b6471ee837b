// Verifies a receipt with npm's jose: node verify_with_jose.mjs RECEIPT JWKS. With any one character of its text changed,
// or any one bit of its header, its claims or its signature, it is refused.
import { readFileSync } from "node:fs";
import { base64url, compactVerify, createLocalJWKSet } from "jose";

const [receipt, keys] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
const keyset = createLocalJWKSet(JSON.parse(keys));

async function verified(text) {
  // One spelling only: the last character of a signature has four unused bits, which jose passes over.
  if (text.split(".").some((part) => base64url.encode(base64url.decode(part)) !== part)) throw new Error("spelling");
  const { payload, protectedHeader } = await compactVerify(text, keyset, { algorithms: ["ES256"] });
  if (protectedHeader.typ !== "talent-receipt+jwt") throw new Error("typ");
  return JSON.parse(new TextDecoder().decode(payload));
}

const claims = await verified(receipt);
let [accepted, tried] = [0, 0];

async function attempt(text) {
  tried += 1;
  await verified(text).then(() => (accepted += 1), () => {});
}

for (let place = 0; place < receipt.length; place += 1) {
  for (const wrong of ["A", "B", "_", "."].filter((one) => one !== receipt[place])) {
    await attempt(receipt.slice(0, place) + wrong + receipt.slice(place + 1));
  }
}
const parts = receipt.split(".").map((part) => base64url.decode(part));
for (const [which, part] of parts.entries()) {
  for (let place = 0; place < part.length * 8; place += 1) {
    const changed = parts.map((one) => Uint8Array.from(one));
    changed[which][place >> 3] ^= 1 << (place & 7);
    await attempt(changed.map((one) => base64url.encode(one)).join("."));
  }
}
console.log(`${claims.kind} ${claims.verdict ?? claims.outcome}: genuine; ${accepted} of its ${tried} changes accepted`);
process.exit(accepted === 0 ? 0 : 1);
