import type { ByteRange, Bytes } from '@valfri/core';
import type { OfficeAction } from '../capabilities/office.ts';
import type { DocumentNode } from '../capabilities/documents-views.ts';

/**
 * The files that people have opened with this instance; nothing else of anybody's is reached.
 * @see docs/decisions/0017-office.md
 */
export interface OpenFiles {
  /**
   * The file of an editing session.
   * @throws NOT_FOUND where the session is over or revoked, or not this instance's; also later, at each call of what it returned.
   */
  bySession(session: string): Promise<OpenFile>;
}

/** What a file holds, as bytes. */
export interface OpenContent {
  readonly size: number;
  /** In hexadecimal digits, lower case. */
  readonly sha256: string;
  readonly version: string;
  readonly mediaType: string;
  readonly content: Bytes;
}

/** How a file is saved. */
export interface SaveOptions {
  /** Id of the new version, made by the caller; the same again changes nothing. */
  readonly version: string;
  /** Only where this is its version still. Default: whatever it is. */
  readonly ifVersion?: string | undefined;
  /** Tokens of locks that are held on it. Default: none. */
  readonly locks?: readonly string[];
}

/** A file beside the one that is open. */
export interface NewFileOptions {
  /** Made by the caller; the same again changes nothing. */
  readonly id: string;
  readonly version: string;
  readonly name: string;
}

/** A lock on the file: who has its token may write. */
export interface OpenFileLock {
  /** At most 1,024 characters. */
  readonly token: string;
  /** When it ends, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * One file, in the hands of one person, for one editing session. Every call is made in the person's name with the rights
 * that they have by then, and never more than the session's action. Errors are those of the contract `documents`.
 */
export interface OpenFile {
  readonly session: string;
  /** Host id of the file. */
  readonly file: string;
  readonly action: OfficeAction;
  /** Host id of the person; outside of this host they are their pseudonym. */
  readonly person: string;
  /** Until when it can be used, in milliseconds since the epoch, unless it is revoked. */
  readonly expiresAt: number;
  /** Where people open it in the workspace: a URL, for links in a product's own windows. */
  readonly address: string;
  /** What it is now, as the person sees it. */
  stat(): Promise<DocumentNode>;
  /** Default: all of the present version. */
  read(options?: { readonly version?: string; readonly range?: ByteRange }): Promise<OpenContent>;
  /**
   * Gives it new content, which the host takes in first as it takes uploads.
   * @throws DENIED with the action `view`; CONFLICT with `CHANGED` or `LOCKED`.
   */
  save(content: Bytes, options: SaveOptions): Promise<DocumentNode>;
  /** Makes a file beside it, in the same folder. @throws CONFLICT with `NAME_TAKEN`; DENIED */
  saveBeside(content: Bytes, options: NewFileOptions): Promise<DocumentNode>;
  /**
   * Opens what this session has saved beside, for the same person with the same action.
   * @returns the id of a session of its own, the same at every call; it ends with this one.
   * @throws NOT_FOUND where this session has saved no such file
   */
  openBeside(file: string): Promise<string>;
  /** @throws CONFLICT with `NAME_TAKEN` or `LOCKED`; DENIED with another action than `edit` */
  rename(name: string, options?: { readonly locks?: readonly string[] }): Promise<DocumentNode>;
  /** To the trash, where there is one. @throws DENIED with another action than `edit` */
  remove(options?: { readonly locks?: readonly string[] }): Promise<void>;
  /** The lock that holds on it, if any. */
  lockNow(): Promise<OpenFileLock | undefined>;
  /**
   * Locks it, or makes a lock with this token last longer.
   * @param seconds at most 86,400
   * @throws CONFLICT with `LOCKED` where another token holds it
   */
  lock(token: string, seconds: number): Promise<OpenFileLock>;
  /** @throws CONFLICT with `LOCKED` where another token holds it, or none does */
  unlock(token: string): Promise<void>;
}
