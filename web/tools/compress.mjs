// Writes a .gz beside each built file that is worth it: the server sends it as it is.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, constants } from 'node:zlib';

const root = new URL('../dist/', import.meta.url).pathname;
const kinds = /\.(js|css|svg|json|webmanifest)$/;

for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !kinds.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const data = await readFile(path);
  const packed = gzipSync(data, { level: constants.Z_BEST_COMPRESSION });
  if (packed.length < data.length * 0.9) await writeFile(`${path}.gz`, packed);
}
