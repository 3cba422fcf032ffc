// Answer a query with Comunica: node comunica.mjs < QUERY. Prints SPARQL results in JSON.
import { text } from "node:stream/consumers";
import threads from "node:worker_threads";
import zlib from "node:zlib";

// Comunica's HTTP client asks for these when it is loaded; Node 20 lacks them, and nothing here uses them.
threads.markAsUncloneable ??= () => {};
zlib.createZstdDecompress ??= zlib.createBrotliDecompress;

const { QueryEngine } = await import("@comunica/query-sparql");
const engine = new QueryEngine();
// Its SERVICE clauses name whom to ask: with an endpoint as source, Comunica would hand the whole query to that one.
const answer = await engine.query(await text(process.stdin), { sources: [] });
const { data } = await engine.resultToString(answer, "application/sparql-results+json");
data.pipe(process.stdout);
