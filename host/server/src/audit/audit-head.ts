import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the audit trail ends: its last entry, by place and hash. */
export interface Head {
  readonly place: number;
  /** In hexadecimal. */
  readonly hash: string;
}

/** Keeps where the audit trail ends. */
export interface HeadStore {
  read(): Head | undefined;
  write(head: Head): void;
}

/** The file in a data folder that says where the audit trail ends. */
export const AUDIT_HEAD_FILE = 'audit-head';

/**
 * Keeps it in a file beside the data, so that whoever has the database alone can neither cut the trail's end off, nor
 * write it all anew, without being found out.
 */
export function fileHeadStore(directory: string): HeadStore {
  const path = join(directory, AUDIT_HEAD_FILE);
  return {
    read: () => {
      try {
        const [place, hash = ''] = readFileSync(path, 'utf8').trim().split(' ');
        return { place: Number(place), hash };
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: ({ place, hash }) => {
      writeFileSync(`${path}.new`, `${place} ${hash}\n`, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}
