import { freePort } from '@valfri/sdk/postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApache } from '../peers/apache.ts';
import { requirePeers } from '../peers/python.ts';
import { startSynapse } from '../peers/synapse.ts';

/** Providers that one file of tests has at a time, at most. */
const SLOTS = 4;

type Stop = () => Promise<void>;

/** The servers of other makers, once for the whole run; or those alone that VALFRI_PEER names. */
export default async function setup(): Promise<Stop> {
  const peers = { synapse, apache };
  const only = process.env['VALFRI_PEER'];
  const stops: Stop[] = [];
  for (const [name, start] of Object.entries(peers))
    if (!only || only === name) {
      const directory = mkdtempSync(join(tmpdir(), `valfri-${name}-`));
      const stop = await start(directory);
      stops.push(() => stop().finally(() => rmSync(directory, { recursive: true, force: true })));
    }
  return async () => {
    for (const stop of stops) await stop();
  };
}

/** One Synapse, with a registration for each provider that is at work at the same time. */
async function synapse(directory: string): Promise<Stop> {
  const inboundUrl: string[] = [];
  for (let i = 0; i < SLOTS; i++) inboundUrl.push(`http://127.0.0.1:${await freePort()}`);
  const peer = await requirePeers(startSynapse({ inboundUrl, directory }));
  if (!peer) return async () => undefined;
  const { url, serverName, registrations, sharedSecret } = peer;
  process.env['VALFRI_TEST_SYNAPSE'] = JSON.stringify({ url, serverName, registrations, sharedSecret });
  return () => peer.stop();
}

/** One Apache with mod_dav; whoever uses it has a folder of their own. */
async function apache(directory: string): Promise<Stop> {
  const peer = await requirePeers(startApache({ directory }));
  if (!peer) return async () => undefined;
  const { url, username, password, files } = peer;
  process.env['VALFRI_TEST_WEBDAV'] = JSON.stringify({ url, username, password, files });
  return () => peer.stop();
}
