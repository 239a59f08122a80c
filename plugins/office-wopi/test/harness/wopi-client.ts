import { aProofKey, type ProofKey, sign, ticksAt } from './proof-keys.ts';
import { type Front, serve } from './http-front.ts';

/** How a request differs from one that is in order. */
export interface Deviation {
  /** Default: now, in milliseconds. */
  readonly at?: number;
  /** Headers instead of the signatures made. */
  readonly proof?: string;
  readonly proofOld?: string;
  /** Changes places: what is signed with the old key is shown as the current one, or the other way round. */
  readonly relation?: 'ahead' | 'behind';
}

/** What is asked. */
export interface Asked extends Deviation {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
}

const NONSENSE = Buffer.from('INVALID').toString('base64');

/** Which actions it offers for which endings. */
export type Offer = Readonly<Record<string, readonly string[]>>;
const OFFER: Offer = { txt: ['edit'], docx: ['edit'], odt: ['edit'], wopitest: ['view', 'edit'], pdf: ['view'] };

/** Keys take long to make. */
let madeOnce: readonly [ProofKey, ProofKey] | undefined;

/** A WOPI client: it says what it can do, and asks a WOPI host, signing each request. */
export class WopiClient implements AsyncDisposable {
  readonly #front: Front;
  readonly #offer: Offer;
  current: ProofKey;
  old: ProofKey;
  /** Whether it publishes its keys. */
  publishesKeys = true;
  /** What its discovery answers instead, where a test wants that. */
  instead: (() => Response) | undefined;
  /** How often discovery was read. */
  discovered = 0;

  private constructor(front: Front, offer: Offer) {
    this.#front = front;
    this.#offer = offer;
    [this.current, this.old] = madeOnce ??= [aProofKey(), aProofKey()];
  }

  static async start(offer: Offer = OFFER): Promise<WopiClient> {
    let client: WopiClient | undefined;
    const front = await serve(async () => client!.#discover());
    client = new WopiClient(front, offer);
    return client;
  }

  get url(): string {
    return this.#front.url;
  }

  /** Asks the host. The URL has the token. */
  async ask(url: string, { method = 'GET', headers = {}, body, ...deviation }: Asked = {}): Promise<Response> {
    const init = { method, headers: { ...this.#proofs(url, deviation), ...headers }, duplex: 'half' as const };
    return fetch(url, body === undefined ? init : { ...init, body: body as NonNullable<RequestInit['body']> });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#front[Symbol.asyncDispose]() as Promise<void>;
  }

  #proofs(url: string, { at = Date.now(), relation, ...given }: Deviation): Record<string, string> {
    const ticks = ticksAt(at);
    const [current, old] = [sign(this.current, url, ticks), sign(this.old, url, ticks)];
    const shown = { ahead: [NONSENSE, current], behind: [old, NONSENSE], none: [current, old] }[relation ?? 'none'];
    const [proof, proofOld] = [given.proof ?? shown[0]!, given.proofOld ?? shown[1]!];
    return { 'x-wopi-timestamp': ticks, 'x-wopi-proof': proof, 'x-wopi-proofold': proofOld };
  }

  #discover(): Response {
    this.discovered++;
    if (this.instead) return this.instead();
    const actions = Object.entries(this.#offer).flatMap(([ext, names]) =>
      names.map((name) => `<action ext="${ext}" name="${name}" urlsrc="${this.url}/browser/cool.html?"/>`),
    );
    const keys =
      `<proof-key value="x" oldvalue="x" modulus="${this.current.modulus}" exponent="${this.current.exponent}" ` +
      `oldmodulus="${this.old.modulus}" oldexponent="${this.old.exponent}"/>`;
    return new Response(
      `<?xml version="1.0"?><wopi-discovery><net-zone name="external-http"><app name="writer">${actions.join('')}</app></net-zone>${this.publishesKeys ? keys : ''}</wopi-discovery>`,
      { headers: { 'content-type': 'text/xml' } },
    );
  }
}
