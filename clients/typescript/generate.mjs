// Writes the types of the API (docs/api.yaml) and of the events (docs/events) into src, or into the folder given.
import { readdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const docs = new URL("../../docs/", import.meta.url);
const folder = process.argv[2] ?? fileURLToPath(new URL("src/", import.meta.url));

// The schemas of events are JSON Schema, which OpenAPI 3.1 can refer to.
async function events() {
  const files = (await readdir(new URL("events/", docs))).filter((name) => /^\w+\.\w+\.json$/.test(name)).sort();
  const schemas = files.map((name) => [name.replace(/\.json$/, ""), { $ref: fileURLToPath(new URL(`events/${name}`, docs)) }]);
  return { openapi: "3.1.0", info: { title: "events", version: "1" }, paths: {}, components: { schemas: Object.fromEntries(schemas) } };
}

async function write(name, from, schema) {
  const header = `// Generated from ${from} by npm run generate. Do not edit.\n\n`;
  await writeFile(resolve(folder, name), header + astToString(await openapiTS(schema, { defaultNonNullable: false, silent: true })));
}

await write("api.ts", "docs/api.yaml", new URL("api.yaml", docs));
await write("details.ts", "docs/events", await events());
