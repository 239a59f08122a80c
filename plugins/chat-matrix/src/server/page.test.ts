import { CapabilityError } from '@valfri/sdk';
import { expect, test } from 'vitest';
import { refusal } from './matrix/refusals.ts';
import { createAsk } from './page.ts';

const settings = {
  ...{
    homeserverUrl: 'https://matrix.example.se',
    serverName: 'example.se',
    registration: 'valfri',
    prefix: 'valfri_',
  },
  ...{ asToken: 'as token of sixteen', hsToken: 'hs token of sixteen' },
};
const inboundUrl = 'https://work.example.se/plugins/matrix';

function asking(ping: () => Promise<void> = async () => undefined) {
  const ask = createAsk({ settings, inboundUrl, homeserver: { ping } });
  return (name: string, data: unknown = null) => ask({ page: 'connect', name, data, person: 'somebody' });
}

test('the registration is that of the settings, and has the tokens only where they are asked for', async () => {
  const ask = asking();
  for (const data of [null, {}, { tokens: 'yes' }, 'tokens']) {
    const text = String(await ask('registration', data));
    expect(text).toContain(`url: "${inboundUrl}"`);
    expect(text).not.toContain('of sixteen');
  }
  const whole = String(await ask('registration', { tokens: true }));
  expect(whole).toContain('as_token: "as token of sixteen"');
  expect(whole).toContain('hs_token: "hs token of sixteen"');
});

test.each([
  ['well', undefined],
  ['away', new CapabilityError('UNAVAILABLE', 'No answer.', { cause: new Error('ECONNREFUSED') })],
  ['away', new CapabilityError('TIMEOUT', 'Late.')],
  ['away', refusal(502, undefined)],
  ['stranger', refusal(401, { errcode: 'M_UNKNOWN_TOKEN' })],
  ['stranger', refusal(403, { errcode: 'M_FORBIDDEN' })],
  ['unheard', refusal(502, { errcode: 'M_BAD_STATUS' })],
  ['unheard', refusal(502, { errcode: 'M_CONNECTION_FAILED' })],
])('it is told from each other how the two get on: %s (%s)', async (state, error) => {
  const ask = asking(async () => {
    if (error) throw error;
  });
  const between = { state, homeserver: settings.homeserverUrl, inbound: inboundUrl };
  expect(await ask('health')).toMatchObject(between);
});

test('what it does not know is refused', async () => {
  await expect(asking()('tokens')).rejects.toMatchObject({ code: 'INVALID', field: 'name' });
});
