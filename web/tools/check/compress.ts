// Writes a .br and a .gz beside every text asset of a build, so that the server only has to choose one.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const folder = process.argv[2] ?? 'dist';
const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
const smallest = 1024;

const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(js|css|html|svg|json)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

let files = 0;
for (const name of names) {
  const bytes = await readFile(name);
  if (bytes.length < smallest) continue;
  await writeFile(`${name}.br`, await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  await writeFile(`${name}.gz`, await deflate(bytes, { level: 9 }));
  files += 1;
}
console.log(`compressed ${files} files`);
