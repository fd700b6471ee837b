// PostGraphile 5, amber preset, on the registry's own tables. BENCH_POOL: connection as JSON; BENCH_PORT: where to listen.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const service = makePgService({ poolConfig: JSON.parse(process.env.BENCH_POOL), schemas: ["public"] });
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [service],
  grafserv: { graphiql: false },
  // Lets questions choose by columns that no index stands for, such as what is recorded now.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
};
const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(process.env.BENCH_PORT), "127.0.0.1");
