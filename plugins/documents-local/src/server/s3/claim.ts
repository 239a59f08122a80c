import { CapabilityError } from '@valfri/sdk';
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Refusal } from './refusals.ts';
import { type S3Client, textBody } from './s3-client.ts';

/** The object by which a prefix says whose it is. */
const MARK = 'valfri-instance';
/** The file by which an instance knows its own. */
const FILE = 's3-mark';

/** What a claim is of. */
export interface ClaimOptions {
  /** The instance's folder. */
  readonly directory: string;
  readonly client: S3Client;
  /** Whether no content is known of, so that nothing can be missing. */
  readonly isEmpty: () => Promise<boolean>;
}

/**
 * Sees to it that content is put, looked for and removed in one place: settings that lead elsewhere, or to where another
 * instance keeps its own, are refused before anything is done.
 */
export class Claim {
  readonly #options: ClaimOptions;
  #made: Promise<void> | undefined;

  constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /** Settles when the place is known to be ours. @throws S3Refusal; UNAVAILABLE where it is not. */
  async made(): Promise<void> {
    this.#made ??= this.check();
    try {
      await this.#made;
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }

  /** As {@link made}, and asks the store each time. */
  async check(): Promise<void> {
    const { directory, isEmpty } = this.#options;
    const [own, there] = [await readMark(directory), await this.#there()];
    if (there !== undefined && there === own) return;
    const { bucket, prefix } = this.#options.client.place;
    if (there !== undefined)
      throw misplaced(
        `What begins with "${prefix}" in the bucket "${bucket}" is another instance’s. Choose another prefix.`,
      );
    if (own !== undefined && !(await isEmpty()))
      throw misplaced(
        `The content of this instance is not in the bucket "${bucket}" under "${prefix}". Enter the settings under which it was put there; to move it, make another instance and move to that.`,
      );
    await this.#make(own ?? randomUUID());
  }

  async #there(): Promise<string | undefined> {
    try {
      return (await (await this.#options.client.ask({ method: 'GET', key: MARK })).text()).trim();
    } catch (error) {
      if (error instanceof S3Refusal && error.code === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async #make(mark: string): Promise<void> {
    const { directory, client } = this.#options;
    const file = join(directory, `.${FILE}`);
    await writeFile(file, mark, { flush: true });
    await rename(file, join(directory, FILE));
    const answer = await client.ask({ method: 'PUT', key: MARK, body: textBody(mark) });
    await answer.body?.cancel();
  }
}

/** The mark of an instance whose content is in an S3 store; `undefined` where it never was. */
export async function readMark(directory: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function misplaced(message: string): CapabilityError {
  return new CapabilityError('UNAVAILABLE', message, { reason: 'CONTENT_STORE' });
}
