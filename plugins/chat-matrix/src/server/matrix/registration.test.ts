import { expect, test } from 'vitest';
import { renderRegistration } from './registration.ts';

test('a registration names what a homeserver must know, and claims our names only', () => {
  const given = { id: 'valfri', prefix: 'val.fri_', url: 'https://a.test/plugins/m', asToken: 'as "1"', hsToken: 'hs' };
  const text = renderRegistration(given);
  const line = (name: string) =>
    text
      .split('\n')
      .find((one) => one.trim().startsWith(`${name}:`))
      ?.split(/: (.*)/)[1];
  expect(line('url')).toBe('"https://a.test/plugins/m"');
  expect(line('as_token')).toBe(String.raw`"as \"1\""`);
  expect(line('hs_token')).toBe('"hs"');
  expect(line('sender_localpart')).toBe('"val.fri_bot"');
  const regex = new RegExp(`^${JSON.parse(line('regex')!) as string}`);
  expect(regex.test('@val.fri_abc:a.test')).toBe(true);
  expect(regex.test('@valxfri_abc:a.test')).toBe(false);
});
