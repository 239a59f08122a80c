import type { PluginContext } from '@valfri/sdk';
import { AwsV4Signer } from 'aws4fetch';
import { createHash } from 'node:crypto';
import { ReadableStream } from 'node:stream/web';
import { setTimeout as passing } from 'node:timers/promises';
import { isPassing, S3Refusal } from './refusals.ts';

/** Tries of a request that may go well a moment later, and how long is waited before the second, in milliseconds. */
const TRIES = 3;
const WAIT = 200;

/** A part of an S3 store. */
export interface S3Place {
  /** Origin, and what comes before the bucket. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** How every key begins. */
  readonly prefix: string;
  /** Whether the bucket is the first part of the path, rather than of the endpoint's name. */
  readonly pathStyle: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A request about one object, or, without a key, about the bucket. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Without the prefix. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: S3Body;
}

/** What is sent: all of it known before it goes. */
export interface S3Body {
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Asked for at each try. */
  read(): AsyncIterable<Uint8Array>;
}

/** A text to be sent. */
export function textBody(text: string): S3Body {
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const read = async function* () {
    yield bytes;
  };
  return { size: bytes.length, sha256, read };
}

const NOTHING = textBody('').sha256;

/**
 * Speaks to an S3 store; each request is signed, and so is what it carries.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export class S3Client {
  readonly place: S3Place;
  readonly #fetch: PluginContext['fetch'];
  /** Derived keys, one a day. */
  readonly #keys = new Map<string, ArrayBuffer>();

  constructor(place: S3Place, fetch: PluginContext['fetch']) {
    this.place = place;
    this.#fetch = fetch;
  }

  /** Asks until there is an answer that will not change, three times at most. @throws S3Refusal */
  async ask(request: S3Request): Promise<Response> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.#once(request);
      } catch (error) {
        if (tried === TRIES || !isPassing(error)) throw error;
        await passing(WAIT * 4 ** (tried - 1));
      }
    }
  }

  async #once({ method, key, query = {}, headers = {}, body }: S3Request): Promise<Response> {
    const signed = await this.#signed(method, this.#url(key, query), { ...headers, ...sizeOf(method, body) }, body);
    const answer = await this.#send(signed, method, body);
    if (answer.ok) return answer;
    const text = await answer.text().catch(() => '');
    const { status } = answer;
    throw new S3Refusal(status, element(text, 'Code') ?? '', element(text, 'Message') ?? '');
  }

  #url(key: string | undefined, query: Readonly<Record<string, string>>): string {
    const { endpoint, bucket, prefix, pathStyle } = this.place;
    const path = [...(pathStyle ? [bucket] : []), ...(key === undefined ? [] : [`${prefix}${key}`])].join('/');
    const url = new URL(`${endpoint.replace(/\/$/, '')}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  async #signed(method: string, url: string, headers: Record<string, string>, body: S3Body | undefined) {
    if (this.#keys.size > 1) this.#keys.clear();
    const signed = await new AwsV4Signer({
      ...{ method, url, service: 's3', region: this.place.region, cache: this.#keys },
      ...{ accessKeyId: this.place.accessKey, secretAccessKey: this.place.secretKey },
      headers: { ...headers, 'x-amz-content-sha256': body?.sha256 ?? NOTHING },
    }).sign();
    // Not signed: what carries the request may say it again. Packed on the way, content has another length.
    signed.headers.set('accept-encoding', 'identity');
    return signed;
  }

  async #send({ url, headers }: { url: URL; headers: Headers }, method: string, body?: S3Body): Promise<Response> {
    let fault: unknown;
    const noting = async function* (source: AsyncIterable<Uint8Array>) {
      try {
        yield* source;
      } catch (error) {
        fault = error;
        throw error;
      }
    };
    const stream = body && body.size > 0 ? ReadableStream.from(noting(body.read())) : null;
    const init = { method, headers, ...(stream ? { body: stream, duplex: 'half' } : {}) };
    try {
      return await this.#fetch(url.href, init as unknown as RequestInit);
    } catch (cause) {
      // What could not be read is no fault of the store's.
      if (fault) throw fault;
      if ((cause as { code?: unknown }).code === 'VF_ERR_EGRESS') throw cause;
      throw new S3Refusal(0, '', reasonOf(cause), cause);
    }
  }
}

function sizeOf(method: string, body: S3Body | undefined): Record<string, string> {
  if (body) return { 'content-length': String(body.size) };
  return method === 'PUT' || method === 'POST' ? { 'content-length': '0' } : {};
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
}

/** The text of the first element of a name: what a store answers is flat enough for that. */
export function element(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text?.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => ENTITIES[entity]!);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
