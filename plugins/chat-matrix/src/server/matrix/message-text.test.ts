import { newId } from '@valfri/sdk';
import { expect, test } from 'vitest';
import { contentOf, foreignText, ownText } from './message-text.ts';

const [ann, bo] = [newId(), newId()];
const accounts = new Map([
  [ann, '@valfri_aaaa:a.test'],
  [bo, '@valfri_bbbb:a.test'],
]);
const people = new Map([...accounts].map(([person, account]) => [account, person]));

test.each([
  ['plain', 'Hej', []],
  ['mentioned in the text', `Hej <@${ann}> och <@${bo}>, <@${ann}>!`, [bo, ann]],
  ['mentioned beside it', 'Hej', [ann]],
  ['named, but not mentioned', `<@${ann}>`, []],
  ['Matrix ids as text', '@valfri_aaaa:a.test <@valfri_cccc:a.test>', [ann]],
])('a text comes back as it was: %s', (_, text, mentions) => {
  expect(ownText(contentOf(text, mentions, accounts), people)).toEqual({ text, mentions });
});

test('whoever is mentioned is not named by the id of the workspace', () => {
  const content = contentOf(`Hej <@${ann}>`, [ann], accounts);
  expect(JSON.stringify(content)).not.toContain(ann);
  expect(content['body']).toBe('Hej <@valfri_aaaa:a.test>');
});

test.each([
  ['nothing', undefined, '…'],
  ['white space', ' \n', '…'],
  ['something else', { a: 1 }, '…'],
  ['too much', 'x'.repeat(13_000), 'x'.repeat(12_000)],
  ['half a character at the limit', `${'x'.repeat(11_999)}👩`, `${'x'.repeat(11_999)}\ufffd`],
  ['NUL', 'a\0b', 'ab'],
])('what another client sends is made to fit: %s', (_, body, text) => {
  expect(foreignText({ body }, people)).toEqual({ text, mentions: [] });
});
