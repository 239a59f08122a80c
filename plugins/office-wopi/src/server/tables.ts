import type { Generated } from 'kysely';

/** The tables of an instance, as Kysely sees them. */
export interface WopiTables {
  /** What lets a WOPI client at one file, for one session. The token itself is kept nowhere. */
  tokens: { hash: string; session: string; file: string; person: string; action: string; expires_at: Date };
  /** Where the page of a session is, as its messages are to be addressed. */
  pages: { session: string; origin: string; at: Generated<Date> };
  /** Which lock on a file is one that a WOPI client has set. */
  locks: { file: string; hash: string };
  /** What a session has saved beside its file. */
  beside: { session: string; file: string };
  /** What a WOPI client wants to remember of somebody. */
  user_info: { person: string; info: string };
  /** The last discovery that was read; one row. */
  discovery: { id: number; xml: string; read_at: Date };
}
