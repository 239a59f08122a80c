import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Registration } from '../../plugins/chat-matrix/src/server/matrix/registration.ts';

/** The Synapse of a run of tests, as its set-up left word of it. */
export interface SharedSynapse {
  readonly url: string;
  readonly serverName: string;
  readonly registrations: readonly Registration[];
  readonly sharedSecret: string;
}

/** The Synapse of the run; `null` where it cannot be had and need not be. */
export const sharedSynapse = JSON.parse(process.env['VALFRI_TEST_SYNAPSE'] ?? 'null') as SharedSynapse | null;

type Inbound = (request: Request) => Promise<Response>;

/** A registration, and the address at which whoever has it at the moment is reached. */
export class MatrixSlot implements AsyncDisposable {
  readonly registration: Registration;
  /** Whoever is reached; with nobody there, what comes is taken and forgotten. */
  inbound: Inbound | undefined;
  /** What the homeserver sent, newest last. */
  readonly requests: { readonly path: string; readonly body: string }[] = [];
  readonly #server: Server;

  constructor(registration: Registration) {
    this.registration = registration;
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(await answer.text());
      });
    });
  }

  listen(): Promise<void> {
    const { port } = new URL(this.registration.url);
    return new Promise((resolve) => this.#server.listen(Number(port), '127.0.0.1', resolve));
  }

  async #answer(incoming: IncomingMessage): Promise<Response> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '/', headers } = incoming;
    if (method === 'PUT') this.requests.push({ path: url, body });
    if (!this.inbound) return Response.json({});
    const given = { authorization: headers.authorization ?? '', 'content-type': 'application/json' };
    const request = new Request(`http://inbound${url}`, {
      method,
      headers: given,
      ...(method === 'GET' ? {} : { body }),
    });
    return this.inbound(request).catch(() => Response.json({}, { status: 500 }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.inbound = undefined;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let slots: readonly MatrixSlot[] | undefined;
const taken = new Set<MatrixSlot>();

/** A registration of the run that nobody has at the moment; whoever takes it gives it back. */
export async function takeSlot(): Promise<MatrixSlot> {
  if (!slots) {
    slots = (sharedSynapse?.registrations ?? []).map((registration) => new MatrixSlot(registration));
    await Promise.all(slots.map((slot) => slot.listen()));
  }
  const slot = slots.find((one) => !taken.has(one));
  if (!slot) throw new Error('every registration is in use: dispose of what is not needed any more');
  taken.add(slot);
  return slot;
}

export function giveBack(slot: MatrixSlot): void {
  slot.inbound = undefined;
  taken.delete(slot);
}
