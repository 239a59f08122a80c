import type { Generated } from 'kysely';

/** The tables of an instance, as Kysely sees them. */
export interface OfficeTables {
  /** Files that are open, or were lately: what was last saved, and as which version. */
  files: {
    file: string;
    kind: string;
    /** Changes when what pages hold of the file is worth nothing any more. */
    epoch: string;
    version: string;
    /** What saving needs to know of how the file was written. */
    meta: string;
    /** The bytes of the file, where saving needs them. */
    base: Uint8Array;
    /** What was last saved, as a state of the shared document. */
    state: Uint8Array;
    /** The version that is being saved, and up to which change. */
    saving: string | null;
    saving_upto: string | null;
    touched: Generated<Date>;
  };
  /** What has been written since, in order. */
  changes: { id: Generated<string>; file: string; change: Uint8Array };
  sessions: { session: string; file: string; action: string; opened: Generated<Date> };
}
