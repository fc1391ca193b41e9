// Installs the one file of @scalar/api-reference that the page needs into a folder node_modules. npm would also install
// the packages from which that file is built, ten times as much as everything else.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const version = "1.72.1";
const integrity = "XpEJ0rfc/cXbCrR+iC4kK0o/WwX2dTtGQbT049OlPKAHD6IMIFdTeGz2r+M27P2EDWKyUITRm/NzlP8z2pw/Ow==";

const to = join(process.argv[2], "@scalar", "api-reference");
const scratch = mkdtempSync(join(tmpdir(), "kasir-scalar-"));
try {
  const npm = ["pack", `@scalar/api-reference@${version}`, "--silent", "--pack-destination", scratch];
  execFileSync("npm", npm, { stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" });
  const archive = `scalar-api-reference-${version}.tgz`;
  const found = createHash("sha512").update(readFileSync(join(scratch, archive))).digest("base64");
  if (found !== integrity) throw new Error(`@scalar/api-reference has the digest sha512-${found}, not sha512-${integrity}`);
  rmSync(to, { recursive: true, force: true });
  const files = ["package/package.json", "package/dist/browser/standalone.js"];
  execFileSync("tar", ["-xzf", archive, ...files], { cwd: scratch }); // a relative name, because tar takes C: for a host
  cpSync(join(scratch, "package"), to, { recursive: true });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
