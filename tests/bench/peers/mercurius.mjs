// Mercurius on Fastify with its JIT. BENCH_WAY: "loaders" asks per relation in batches, "sql" one statement per question.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const pool = new pg.Pool({ ...JSON.parse(process.env.BENCH_POOL), max: 10 });
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const schema = `
  type Query { people(first: Int!): [Person!]!  byNumber(number: String!): [Credential!]!  credentials(first: Int!): [Credential!]! }
  type Unit { nameZh: String!  province: String! }
  type Person { publicNumber: String!  nameZh: String  division: String  credentials: [Credential!]!  decisions: [Decision!]! }
  type Credential { number: String!  kind: String!  titleCode: String  titleName: String  level: String  validFrom: String!
    validUntil: String  status: String  issuer: Unit!  holder: Person! }
  type Decision { outcome: String!  rule: String!  decidedFor: String!  targetDivision: String!  agreementVersion: String! }`;

const DAY = "current_setting('registry.today')::date";
const HOLDS = (t) => `${t}.superseded_at IS NULL AND ${t}.valid_from <= ${DAY} AND (${t}.valid_until IS NULL OR ${t}.valid_until >= ${DAY})`;
const NAMES = `SELECT researcher_id, name_zh, sort_key FROM researcher_name n WHERE ${HOLDS("n")}`;
const PAGE = `${NAMES} ORDER BY sort_key, researcher_id LIMIT $1`;
const STATUS = `(SELECT status FROM credential_status s WHERE s.credential_id = c.id AND ${HOLDS("s")} LIMIT 1)`;
const DECISIONS = (person) => `SELECT * FROM recognition_decision d WHERE d.researcher_id = ${person}`;

// What a credential, a decision and a person say, as JSON made by the database.
const SAYS_DECISION = `json_build_object('outcome', d.outcome, 'rule', d.rule, 'decidedFor', d.decided_for,
  'targetDivision', d.target_division, 'agreementVersion', d.agreement_version)`;
const SAYS_DECISIONS = (person) => `coalesce((SELECT json_agg(${SAYS_DECISION} ORDER BY d.id)
  FROM (${DECISIONS(person)} ORDER BY d.id LIMIT 5) d), '[]'::json)`;
const NAME_OF = (person) => `(SELECT name_zh FROM researcher_name n WHERE n.researcher_id = ${person} AND ${HOLDS("n")} LIMIT 1)`;
const SAYS_CREDENTIAL = (holder) => `json_build_object('number', c.number, 'kind', c.kind, 'titleCode', v.title_code,
  'titleName', v.title_name, 'level', v.level, 'validFrom', v.valid_from, 'validUntil', v.valid_until, 'status', ${STATUS},
  'issuer', (SELECT json_build_object('nameZh', o.name_zh, 'province', o.province) FROM organisation o WHERE o.id = c.issuer_id)
  ${holder})`;
const HOLDER = (says) => `, 'holder', (SELECT json_build_object('publicNumber', r.public_number, ${says})
  FROM researcher r WHERE r.id = c.researcher_id)`;
const CREDENTIALS = "credential c JOIN credential_version v ON v.credential_id = c.id AND v.superseded_at IS NULL";
const ONE = {
  people: `SELECT json_build_object('publicNumber', r.public_number, 'nameZh', p.name_zh,
    'division', (SELECT division FROM household_registration h WHERE h.researcher_id = r.id AND ${HOLDS("h")} LIMIT 1),
    'credentials', coalesce((SELECT json_agg(${SAYS_CREDENTIAL("")} ORDER BY c.id) FROM ${CREDENTIALS}
      WHERE c.researcher_id = r.id), '[]'::json),
    'decisions', ${SAYS_DECISIONS("r.id")}) AS said
    FROM (${PAGE}) p JOIN researcher r ON r.id = p.researcher_id ORDER BY p.sort_key, p.researcher_id`,
  byNumber: `SELECT ${SAYS_CREDENTIAL(HOLDER(`'decisions', ${SAYS_DECISIONS("r.id")}`))} AS said FROM ${CREDENTIALS}
    WHERE c.number = $1 ORDER BY c.id`,
  credentials: `SELECT ${SAYS_CREDENTIAL(HOLDER(`'nameZh', ${NAME_OF("r.id")}`))} AS said FROM
    (SELECT * FROM credential ORDER BY id LIMIT $1) c JOIN credential_version v
    ON v.credential_id = c.id AND v.superseded_at IS NULL ORDER BY c.id`,
};
const said = async (name, value) => (await rows(name, ONE[name], [value])).map((row) => row.said);

const FLAT = `SELECT c.id, c.researcher_id AS "researcherId", c.issuer_id AS "issuerId", c.number, c.kind,
  v.title_code AS "titleCode", v.title_name AS "titleName", v.level, v.valid_from AS "validFrom",
  v.valid_until AS "validUntil", ${STATUS} AS status FROM ${CREDENTIALS}`;
// One statement for all the objects of a batch; what is found is given back in their order.
const batch = (name, text, key, pick) => async (queries) => {
  const found = new Map();
  for (const row of await rows(name, text, [[...new Set(queries.map(({ obj }) => obj[key]))]])) {
    found.get(row.key)?.push(row) ?? found.set(row.key, [row]);
  }
  return queries.map(({ obj }) => pick(found.get(obj[key]) ?? []));
};
const all = (list) => list;
const loaders = {
  Person: {
    nameZh: batch("n", `SELECT researcher_id AS key, name_zh FROM (${NAMES}) n WHERE researcher_id = ANY($1)`, "id", (l) => l[0]?.name_zh),
    division: batch("h", `SELECT researcher_id AS key, division FROM household_registration h WHERE researcher_id = ANY($1)
      AND ${HOLDS("h")}`, "id", (l) => l[0]?.division),
    credentials: batch("c", `SELECT f.*, f."researcherId" AS key FROM (${FLAT} WHERE c.researcher_id = ANY($1) ORDER BY c.id) f`, "id", all),
    decisions: batch("d", `SELECT researcher_id AS key, outcome, rule, decided_for AS "decidedFor", target_division AS "targetDivision",
      agreement_version AS "agreementVersion" FROM recognition_decision WHERE researcher_id = ANY($1) ORDER BY id`, "id",
      (l) => l.slice(0, 5)),
  },
  Credential: {
    issuer: batch("o", `SELECT id AS key, name_zh AS "nameZh", province FROM organisation WHERE id = ANY($1)`, "issuerId", (l) => l[0]),
    holder: batch("r", `SELECT id AS key, id, public_number AS "publicNumber" FROM researcher WHERE id = ANY($1)`, "researcherId", (l) => l[0]),
  },
};
const asked = {
  people: (_, { first }) => rows("p", `SELECT r.id, r.public_number AS "publicNumber" FROM (${PAGE}) p
    JOIN researcher r ON r.id = p.researcher_id ORDER BY p.sort_key, p.researcher_id`, [first]),
  byNumber: (_, { number }) => rows("b", `${FLAT} WHERE c.number = $1 ORDER BY c.id`, [number]),
  credentials: (_, { first }) => rows("l", `SELECT * FROM (${FLAT}) f ORDER BY id LIMIT $1`, [first]),
};
const one = {
  people: (_, { first }) => said("people", first),
  byNumber: (_, { number }) => said("byNumber", number),
  credentials: (_, { first }) => said("credentials", first),
};

const app = Fastify();
const byLoaders = process.env.BENCH_WAY === "loaders";
app.register(mercurius, { schema, jit: 1, resolvers: { Query: byLoaders ? asked : one }, ...(byLoaders ? { loaders } : {}) });
await app.listen({ host: "127.0.0.1", port: Number(process.env.BENCH_PORT) });
