import { freePort } from '@valfri/sdk/postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePeers } from '../peers/python.ts';
import { startSynapse } from '../peers/synapse.ts';

/** Providers that one file of tests has at a time, at most. */
const SLOTS = 4;

/** One Synapse for the whole run, with a registration for each provider that is at work at the same time. */
export default async function setup(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'valfri-peers-'));
  const inboundUrl: string[] = [];
  for (let i = 0; i < SLOTS; i++) inboundUrl.push(`http://127.0.0.1:${await freePort()}`);
  const synapse = await requirePeers(startSynapse({ inboundUrl, directory }));
  if (!synapse) return async () => undefined;
  const { url, serverName, registrations, sharedSecret } = synapse;
  process.env['VALFRI_TEST_SYNAPSE'] = JSON.stringify({ url, serverName, registrations, sharedSecret });
  return async () => {
    await synapse.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
