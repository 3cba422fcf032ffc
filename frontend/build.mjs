// Bundle what pages load of others' code into ../static/build: hashed names, a manifest with sizes, and the licences.
// The whole folder is put in place at the end, so that a server never sees half of one.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "build");
const fresh = `${target}.new`;

// What is put otherwise in the editor. It knows two services of others that it would ask for prefixes and terms, and an endpoint
// of others: ours replace them (sparql.js), and their addresses have no business in what we serve. And where it makes code of text,
// which the pages' Content-Security-Policy forbids, there is another way.
const PUT_OTHERWISE = [
  ["prefix.cc/popular/all.file.json", ""],
  ["lov.linkeddata.es/dataset/lov/api/v2/autocomplete/terms", ""],
  ["https://dbpedia.org/sparql", ""],
  ['new Function("return this")()', "globalThis"],
  ['Function("return this")()', "globalThis"],
  ['Function("r","regeneratorRuntime = r")(i)', "globalThis.regeneratorRuntime=i"],
  ['eval("("+text+")")', "JSON.parse(text)"],
];

const own = {
  name: "own-origin",
  setup(each) {
    each.onLoad({ filter: /yasqe\.min\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [found, instead] of PUT_OTHERWISE) {
        if (!contents.includes(found)) throw new Error(`${path} has no ${found} any more: look what it does instead`);
        contents = contents.replaceAll(found, instead);
      }
      return { contents: contents.replace(/\n\/\/# sourceMappingURL=.*$/, ""), loader: "js" };
    });
  },
};

function licences() {
  const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;
  const parts = [];
  for (const [path, known] of Object.entries(lock)) {
    if (!path || known.dev || known.devOptional || path.includes("node_modules/@types/")) continue;
    const folder = join(here, path);
    if (!existsSync(folder)) continue; // for another platform
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `(the package has no licence text; it names ${about.license})`;
    parts.push(`${about.name} ${about.version}: ${about.license ?? known.license}\n\n${text.replaceAll("\r\n", "\n")}`);
  }
  return `The bundles of this folder hold code of these packages.\n\n${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: ["network.js", "sparql.js"],
  entryNames: "[name]-[hash]",
  outdir: fresh,
  bundle: true,
  minify: true,
  write: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none", // all of them are in LICENSES.txt
  metafile: true,
  plugins: [own],
  logLevel: "warning",
});
const manifest = {};
for (const path of Object.keys(result.metafile.outputs)) {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const content = readFileSync(join(fresh, file));
  const name = file.replace(/-[A-Z0-9]{8}(?=\.)/, "");
  manifest[name] = {
    file,
    bytes: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    sha256: createHash("sha256").update(content).digest("hex"),
  };
}
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(manifest, Object.keys(manifest).sort().concat("file", "bytes", "gzip", "sha256"), 1)}\n`);
writeFileSync(join(fresh, "LICENSES.txt"), licences());
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
for (const [name, { bytes, gzip }] of Object.entries(manifest)) console.log(`${name}: ${bytes} bytes, ${gzip} compressed`);
