import { office } from '@valfri/sdk';
import { createTestHost } from '@valfri/sdk/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { actionUrl } from '../src/server/discovery/formats.ts';
import { parseDiscovery } from '../src/server/discovery/parse-discovery.ts';
import { officeWopi } from '../src/index.ts';
import { aProofKey } from './harness/proof-keys.ts';
import { aFile, createWopiHost, openFor } from './harness/wopi-host.ts';

afterEach(() => void vi.useRealTimers());

const action = '<action ext="odt" name="edit" urlsrc="https://office.example.se/cool.html?"/>';

test.each([
  ['nothing', ''],
  ['no XML', 'It works!'],
  ['no actions', '<wopi-discovery/>'],
  ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]><d>${action}</d>`],
  ['entities of its own', `<d>&a;${action}</d>`],
  ['depth without end', `${'<d>'.repeat(50)}${action}${'</d>'.repeat(50)}`],
  ['a script for an address', `<d><action ext="odt" name="edit" urlsrc="javascript:alert(1)"/></d>`],
  ['an ending that is none', `<d><action ext="../x" name="edit" urlsrc="https://office.example.se/"/></d>`],
])('a discovery of %s is none', (_, xml) => {
  expect(() => parseDiscovery(xml)).toThrow();
});

test('a client that is down is said to be, keeps its formats over a restart, and lets nobody in unsigned', async () => {
  await using host = await createWopiHost();
  const handle = host.as('018f0000-0000-7000-8000-000000000001');
  const before = await handle.listFormats({});
  expect(before.formats.map(({ extension }) => extension)).toEqual(['txt', 'docx', 'odt', 'wopitest', 'pdf']);
  expect(before.formats.at(-1)).toMatchObject({ actions: ['view'], mediaType: 'application/pdf' });
  expect(await host.provider.health!()).toEqual({ ok: true });
  const { url } = await openFor(host, aFile(host));
  host.client.instead = () => new Response('gone', { status: 503 });
  expect((await host.client.ask(url)).status).toBe(200);
  expect((await fetch(url)).status).toBe(500);
  expect(await handle.listFormats({})).toEqual(before);
});

test('a client that never answered opens nothing, and health says why', async () => {
  const settings = { clientUrl: 'http://127.0.0.1:9' };
  await using host = await createTestHost({ capability: office, plugin: officeWopi, settings });
  expect(await host.provider.health!()).toMatchObject({ ok: false, message: expect.stringContaining('127.0.0.1:9') });
  expect(await host.as('018f0000-0000-7000-8000-000000000001').listFormats({})).toEqual({ formats: [] });
});

test('a client that has changed both of its keys is asked anew, once', async () => {
  await using host = await createWopiHost();
  const { url } = await openFor(host, aFile(host));
  const { client } = host;
  [client.current, client.old] = [aProofKey(), aProofKey()];
  // It has just been read: sooner than in a minute it is not read again.
  expect((await client.ask(url)).status).toBe(500);
  const asked = client.discovered;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.ask(url)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(client.discovered - asked).toBe(1);
});

test('a client without keys is believed without, and one with keys where the operator says so', async () => {
  await using host = await createWopiHost({ settings: { proof: 'off' } });
  const { url } = await openFor(host, aFile(host));
  expect((await fetch(url)).status).toBe(200);
});

const placement = {
  wopiSrc: 'https://work.example.se/plugins/wopi/wopi/files/1',
  language: 'sv',
  theme: 'dark',
  origins: ['https://office.example.se'],
  publicUrl: undefined,
} as const;

test('an address is filled in, and what is not known is taken out', () => {
  const urlsrc = 'https://office.example.se/hosting/wopi/word/edit?&<rs=DC_LLCC&><ui=UI_LLCC&><thm=THEME_ID&><x=Y_Z&>';
  const url = new URL(actionUrl(urlsrc, placement)!);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    ...{ rs: 'sv-SE', ui: 'sv-SE', thm: '2', lang: 'sv' },
    WOPISrc: placement.wopiSrc,
  });
});

test('an address of a foreign origin is none; one of the client’s own is made the one that browsers reach', () => {
  expect(actionUrl('https://evil.example/x?', placement)).toBeUndefined();
  expect(actionUrl('https://office.example.se.evil.example/x?', placement)).toBeUndefined();
  const moved = actionUrl('https://office.example.se/x?', { ...placement, publicUrl: 'https://kontor.example.se' });
  expect(moved).toMatch(/^https:\/\/kontor\.example\.se\/x\?WOPISrc=/);
});
