/** A file that is, or was, with the document server. */
export interface DocumentRow {
  /** Under which the document server knows it: new for each time that it is opened by the first. */
  readonly key: string;
  readonly file: string;
  /** The file's version as the document server knows it. */
  readonly version: string;
  readonly opened_at: number;
  readonly closed_at: number | null;
  /** How often something was saved under this key. */
  readonly saves: number;
}

/** One person with the file open. */
export interface SessionRow {
  /** Id of the host's session. */
  readonly session: string;
  readonly key: string;
  /** By which the document server knows the person. */
  readonly pseudonym: string;
  readonly person: string;
  /** Whether what they do may be saved. */
  readonly writes: boolean;
  /** SHA-256 of the token by which the document server shows that it means this session. */
  readonly token: string;
  readonly opened_at: number;
  readonly closed_at: number | null;
}

/** A token by which a session's file can be read for a while. */
export interface ReadRow {
  /** SHA-256 of it. */
  readonly token: string;
  readonly session: string;
  readonly expires_at: number;
}

/** The tables of an instance. */
export interface Tables {
  readonly documents: DocumentRow;
  readonly sessions: SessionRow;
  readonly reads: ReadRow;
}
