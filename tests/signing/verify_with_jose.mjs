// Verifies a receipt with npm's jose: node verify_with_jose.mjs RECEIPT JWKS; with any one byte changed it is refused.
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
let accepted = 0;
for (let place = 0; place < receipt.length; place += 1) {
  for (const wrong of ["A", "B", "_", "."].filter((one) => one !== receipt[place])) {
    await verified(receipt.slice(0, place) + wrong + receipt.slice(place + 1)).then(() => (accepted += 1), () => {});
  }
}
console.log(`${claims.kind} ${claims.verdict ?? claims.outcome}: genuine; ${accepted} of its changes accepted`);
process.exit(accepted === 0 ? 0 : 1);
