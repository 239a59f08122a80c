import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What is found wherever it stands. */
export const MALWARE = 'X-VALFRI-TEST-MALWARE-X';

/** A scanner for tests, which speaks as a real one does. */
export interface FakeScanner extends AsyncDisposable {
  readonly address: string;
  /** How much it has been handed, piece by piece, for each that was scanned. */
  readonly scanned: readonly number[];
  /** What it says instead of an answer; an empty text hangs up. */
  instead: string | undefined;
}

/** Starts one that finds {@link MALWARE}. */
export async function startFakeScanner(limit = Infinity): Promise<FakeScanner> {
  const scanned: number[] = [];
  const state: { instead: string | undefined } = { instead: undefined };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket, limit, (content) => {
      scanned.push(content.length);
      return state.instead ?? (content.includes(MALWARE) ? 'stream: Valfri.Test FOUND' : 'stream: OK');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    scanned,
    get instead() {
      return state.instead;
    },
    set instead(said) {
      state.instead = said;
    },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const COMMAND = 'zINSTREAM\0';

function serve(socket: Socket, limit: number, judge: (content: Buffer) => string): void {
  let got: Buffer = Buffer.alloc(0);
  let at = COMMAND.length;
  const pieces: Buffer[] = [];
  const answer = (said: string) => (said === '' ? socket.destroy() : socket.end(`${said}\0`));
  socket.on('data', (bytes: Buffer) => {
    got = Buffer.concat([got, bytes]);
    if (got.length >= COMMAND.length && got.subarray(0, COMMAND.length).toString() !== COMMAND)
      return answer('UNKNOWN COMMAND');
    while (got.length >= at + 4) {
      const length = got.readUInt32BE(at);
      if (length === 0) return answer(judge(Buffer.concat(pieces)));
      if (length > limit) return answer('INSTREAM size limit exceeded. ERROR');
      if (got.length < at + 4 + length) return undefined;
      pieces.push(got.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return undefined;
  });
}
