import { deflateRawSync } from 'node:zlib';

/** An entry of an archive: what it says of itself need not be so. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
}

const NOTHING = deflateRawSync(new Uint8Array());

/** A zip archive, whole, with local headers and a directory. */
export function aZip(entries: readonly ZipEntry[]): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const { name, content } of entries) {
    const packed = content.length === 0 ? NOTHING : deflateRawSync(content);
    const [title, sizes] = [Buffer.from(name), Buffer.alloc(12)];
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(content.length, 8);
    const lengths = Buffer.from([title.length & 255, title.length >> 8, 0, 0]);
    const common = Buffer.concat([Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]), sizes, lengths]);
    const offset = Buffer.alloc(4);
    offset.writeUInt32LE(at);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, title, packed]);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, Buffer.alloc(10), offset, title);
    parts.push(local);
    at += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, index, end]);
}
