import type { OpenFile, OpenFiles, PluginLog, PluginPeople } from '@valfri/sdk';
import type { Kysely } from 'kysely';
import type { KeyedLock } from '../keyed-lock.ts';
import type { WopiTables } from '../tables.ts';
import type { Tokens } from '../tokens.ts';

/** What the operations work with. */
export interface WopiParts {
  readonly db: Kysely<WopiTables>;
  readonly files: OpenFiles;
  readonly tokens: Tokens;
  readonly people: PluginPeople;
  readonly log: PluginLog;
  /** One at a time changes the lock of a file. */
  readonly turns: KeyedLock;
  /** The address by which a WOPI client knows a file. */
  readonly wopiSrc: (file: string) => string;
  /** Is told of each file whose lock was given up. */
  readonly unlocked: (file: string) => void;
}

/** A request of a WOPI client that has a token for the file. */
export interface WopiCall extends WopiParts {
  readonly request: Request;
  readonly file: OpenFile;
}

/** A header of the request; the empty text where there is none. */
export function header({ request }: Pick<WopiCall, 'request'>, name: string): string {
  return request.headers.get(name) ?? '';
}
