import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';

/** The host's one secret, from which every other is derived. It lies beside the data, not in the database. */
export class Keys {
  readonly #root: Buffer;

  constructor(root: Buffer) {
    this.#root = root;
  }

  /** Reads the key of a data folder, made where there is none. @throws ConfigError where it is damaged. */
  static open(directory: string): Keys {
    const path = join(directory, 'key');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o400 });
    const root = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
    if (root.length !== 32)
      throw new ConfigError(
        `The key file ${path} is damaged: 32 bytes in base64 are due. Restore it from your backup.`,
      );
    return new Keys(root);
  }

  /** A secret for one purpose, as text. */
  derive(purpose: string): string {
    return this.#bytes(purpose).toString('base64url');
  }

  /** Encrypts a text, bound to the place where it will lie (AES-256-GCM). */
  seal(place: string, text: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#bytes('settings'), nonce).setAAD(Buffer.from(place));
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** Decrypts what was sealed for a place. @throws where it was altered, or sealed for another place or with another key. */
  unseal(place: string, sealed: Buffer): string {
    const [nonce, tag] = [sealed.subarray(0, 12), sealed.subarray(-16)];
    const decipher = createDecipheriv('aes-256-gcm', this.#bytes('settings'), nonce)
      .setAAD(Buffer.from(place))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
  }

  #bytes(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, '', `valfri ${purpose}`, 32));
  }
}
