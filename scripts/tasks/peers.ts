import { startSynapse } from '../peers/synapse.ts';

/** Where `npm start` serves an instance that is called "matrix". */
const INBOUND = 'http://127.0.0.1:8420/plugins/matrix';

/** Where a Matrix client expects a homeserver on this machine. */
const PORT = 8008;

const [inboundUrl = INBOUND] = process.argv.slice(2);
console.log('Starting Synapse; the first time it is installed into .peers.');
const synapse = await startSynapse({ inboundUrl, directory: '.peers/run/synapse', port: PORT });
const { url, serverName, registration } = synapse;
const settings = {
  ...{ homeserverUrl: url, serverName, registration: registration.id, prefix: registration.prefix },
  ...{ asToken: registration.asToken, hsToken: registration.hsToken },
};
console.log(`Synapse (${serverName}) answers at ${url}, and hands over what happens to ${inboundUrl}.`);
console.log(`Settings for an instance of chat-matrix:\n${JSON.stringify(settings, null, 2)}`);
console.log('Ctrl-C stops it.');
// What it started does not keep this process alive by itself.
const alive = setInterval(() => undefined, 60_000);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

async function stop(): Promise<void> {
  clearInterval(alive);
  await synapse.stop();
}
