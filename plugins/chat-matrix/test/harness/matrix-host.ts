import { chat } from '@valfri/sdk';
import { type Actor, wholeHistory } from '@valfri/sdk/conformance';
import { createTestHost, type TestHost } from '@valfri/sdk/testing';
import { giveBack, type MatrixSlot, sharedSynapse, takeSlot } from '../../../../scripts/peers/matrix-slot.ts';
import { chatMatrix, type Registration } from '../../src/index.ts';

export { sharedSynapse } from '../../../../scripts/peers/matrix-slot.ts';

let made = 0;

/** A provider on a real homeserver, with an instance id that no other has. */
export type MatrixHost = TestHost<typeof chat> & { readonly slot: MatrixSlot; readonly instance: string };

/** A homeserver that a test has at hand. */
export interface AtHand {
  readonly url: string;
  readonly serverName: string;
}

/** Starts a fresh, empty provider on the Synapse of the run: it knows its own rooms only. */
export async function createMatrixHost(): Promise<MatrixHost> {
  const slot = await takeSlot();
  try {
    const host = await hostOn(sharedSynapse!, slot);
    const dispose = async () => {
      slot.inbound = undefined;
      await host[Symbol.asyncDispose]();
      giveBack(slot);
    };
    return { ...host, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    giveBack(slot);
    throw error;
  }
}

/** Starts a provider on a homeserver, behind a slot that listens. */
export async function hostOn(homeserver: AtHand, slot: MatrixSlot): Promise<MatrixHost> {
  const instance = `m${process.pid}-${++made}`;
  const { registration } = slot;
  const settings = settingsFor(homeserver, registration);
  const host = await createTestHost({
    capability: chat,
    plugin: chatMatrix,
    instance,
    inboundUrl: registration.url,
    settings,
  });
  slot.inbound = (request) => host.running.inbound!(request);
  return { ...host, slot, instance };
}

/** Settings of an instance that has a registration. */
export function settingsFor({ url, serverName }: AtHand, given: Registration): Record<string, string> {
  const { id, prefix, asToken, hsToken } = given;
  return { homeserverUrl: url, serverName, registration: id, prefix, asToken, hsToken };
}

const PROVIDED = Object.entries(chat.records)
  .filter(([, record]) => !('host' in record))
  .map(([type]) => type);

/** What the mirror holds, or what is read back from the homeserver itself, kind by kind. */
export async function digestsOf({ provider }: Pick<MatrixHost, 'provider'>, recompute = false): Promise<unknown> {
  const { portability } = provider;
  const entries = PROVIDED.map(async (type) => [type, await portability!.digest(type, { recompute })] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** All that anybody can see of a room, and all that was announced: equal where nothing happened. */
export async function aMoment(host: MatrixHost, actor: Actor, room: string): Promise<unknown> {
  return {
    digests: await digestsOf(host),
    messages: await wholeHistory(actor, room, 50),
    announced: (await host.announced()).length,
  };
}
