import { CapabilityError, type Content } from '@valfri/core';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Log } from '../log.ts';
import { type Scanner, TooLargeToScanError } from './scanner.ts';

/** How long what was found clean counts as such, in milliseconds: as long as somebody looks for another name. */
const CLEAN_FOR = 10 * 60_000;

/** What screening needs. */
export interface ScreeningOptions {
  /** Absent where none is set up: then everything passes. */
  readonly scanner: Scanner | undefined;
  readonly audit: AuditTrail;
  readonly log: Log;
}

/** Content that somebody wants to put somewhere. */
export interface Incoming {
  readonly content: Content;
  /** Its file's name, where it has one already. */
  readonly name: string | undefined;
  readonly person: string;
}

/** Lets content through to providers when it has been scanned, and not before. */
export class Screening {
  readonly #options: ScreeningOptions;
  readonly #clean = new Map<string, number>();

  constructor(options: ScreeningOptions) {
    this.#options = options;
  }

  /**
   * Settles when it may pass.
   * @throws INVALID with reason MALWARE or TOO_LARGE_TO_SCAN; UNAVAILABLE with reason SCANNER where it could not be told.
   */
  async pass(incoming: Incoming): Promise<void> {
    const { scanner } = this.#options;
    const { sha256 } = incoming.content;
    if (!scanner || (this.#clean.get(sha256) ?? 0) > Date.now()) return;
    const found = await this.#scan(scanner, incoming);
    if (found !== undefined) await this.#refuse(incoming, found);
    this.#remember(sha256);
  }

  async #scan(scanner: Scanner, { content, name }: Incoming): Promise<string | undefined> {
    try {
      return await scanner.scan(content);
    } catch (cause) {
      const what = called(name);
      if (cause instanceof TooLargeToScanError)
        throw new CapabilityError(
          'INVALID',
          `${what} is larger than the scanner takes. Tell whoever runs this server.`,
          {
            reason: 'TOO_LARGE_TO_SCAN',
            cause,
          },
        );
      this.#options.log.error('Content could not be scanned, and was not let through.', { error: cause });
      throw new CapabilityError('UNAVAILABLE', `${what} could not be scanned for malware. Try again in a while.`, {
        reason: 'SCANNER',
        cause,
      });
    }
  }

  async #refuse({ content, name, person }: Incoming, signature: string): Promise<never> {
    const details = { ...(name === undefined ? {} : { name }), signature, sha256: content.sha256 };
    await this.#options.audit.add({ actor: person, action: 'content.refused', target: content.sha256, details });
    throw new CapabilityError('INVALID', `${called(name)} holds malware (${signature}) and was not taken in.`, {
      reason: 'MALWARE',
    });
  }

  #remember(sha256: string): void {
    const now = Date.now();
    for (const [hash, until] of this.#clean) if (until <= now) this.#clean.delete(hash);
    this.#clean.set(sha256, now + CLEAN_FOR);
  }
}

function called(name: string | undefined): string {
  return name === undefined ? 'The file' : `“${name}”`;
}
