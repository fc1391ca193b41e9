// After a build, writes a .br and a .gz beside each file, prints the sizes, and fails if a browser would load more than `most` bytes.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

export function compressed({ most }) {
  let folder;
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir.startsWith("/") ? config.build.outDir : join(config.root, config.build.outDir);
    },
    async closeBundle() {
      let brotli = 0;
      let gzip = 0;
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.startsWith(".")) continue;
        const file = join(entry.parentPath ?? entry.path, entry.name);
        const bytes = await readFile(file);
        const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        const gz = gzipSync(bytes, { level: 9 });
        await writeFile(`${file}.br`, br);
        await writeFile(`${file}.gz`, gz);
        console.log(`${file.slice(folder.length + 1).padEnd(36)} ${kb(bytes.length)}  br ${kb(br.length)}  gz ${kb(gz.length)}`);
        brotli += br.length;
        gzip += gz.length;
      }
      console.log(`${"compressed in all".padEnd(36)} ${" ".repeat(8)}  br ${kb(brotli)}  gz ${kb(gzip)}`);
      if (gzip > most) throw new Error(`the console has ${kb(gzip).trim()} compressed; at most ${kb(most).trim()} are allowed`);
    },
  };
}

const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`.padStart(8);
