import { expect, test } from 'vitest';
import { faultOf, fieldsOf, type SettingField, settingsOf, typed } from './setting-fields.ts';

const schema = {
  type: 'object',
  required: ['url', 'token', 'size'],
  properties: {
    note: { type: 'string' },
    url: { type: 'string', format: 'uri' },
    token: { type: 'string', writeOnly: true },
    size: { type: 'integer', default: 50, minimum: 1, maximum: 100 },
    mode: { enum: ['fast', 'safe', 3] },
    hosts: { type: 'array', items: { type: 'string' } },
    quiet: { type: 'boolean' },
    rules: { type: 'object' },
  },
};
const fields = fieldsOf(schema);
const field = (name: string): SettingField => fields.find((each) => each.name === name)!;

function data(given: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) form.set(`settings.${name}`, value);
  return form;
}

test('each kind of setting gets a field that fits it; what must be given comes first', () => {
  expect(fields.map(({ name, kind, required }) => `${name} ${kind}${required ? '!' : ''}`)).toEqual([
    'url url!',
    'token secret!',
    'note text',
    'size number',
    'mode choice',
    'hosts list',
    'quiet boolean',
    'rules json',
  ]);
  expect(fieldsOf({ type: 'object' })).toEqual([]);
});

test('what was typed becomes settings, and what was left empty is left out', () => {
  const typedIn = {
    url: ' https://a.se ',
    token: ' s ',
    size: '7',
    mode: '3',
    hosts: 'a\n\n b ',
    quiet: 'on',
    rules: '{"a":1}',
    note: ' ',
  };
  expect(settingsOf(fields, data(typedIn))).toEqual({
    url: 'https://a.se',
    token: ' s ',
    size: 7,
    mode: 3,
    hosts: ['a', 'b'],
    quiet: true,
    rules: { a: 1 },
  });
  expect(settingsOf(fields, data({}))).toEqual({ quiet: false });
});

test('a fault is found before the server is asked', () => {
  expect(faultOf(field('url'), '')).toBe('missing');
  expect(faultOf(field('url'), 'chat.example.se')).toBe('url');
  expect(faultOf(field('url'), 'ftp://chat.example.se')).toBe('url');
  expect(faultOf(field('url'), 'https://chat.example.se')).toBeUndefined();
  expect(faultOf(field('token'), '')).toBe('missing');
  expect(faultOf(field('token'), '', true)).toBeUndefined();
  expect(
    [
      ['x', 'number'],
      ['1.5', 'number'],
      ['0', 'least'],
      ['101', 'most'],
      ['100', undefined],
    ].map(([raw]) => faultOf(field('size'), raw!)),
  ).toEqual(['number', 'number', 'least', 'most', undefined]);
  expect(faultOf(field('rules'), '{')).toBe('json');
  expect(faultOf(field('note'), '')).toBeUndefined();
});

test('a secret is never shown again, a default is', () => {
  expect(typed(field('token'), 'hemligt')).toBe('');
  expect(typed(field('size'))).toBe('50');
  expect(typed(field('hosts'), ['a', 'b'])).toBe('a\nb');
});
