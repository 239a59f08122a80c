import { expect, test } from 'vitest';
import { readText, writeText } from './encoding.ts';

const text = 'Åäö 😀\nrad två\n\n';

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
  ['UTF-8 with CR LF', Buffer.from(text.replaceAll('\n', '\r\n'))],
  ['UTF-16, low byte first', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
  ['UTF-16, high byte first', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]).swap16()],
  ['Latin-1', Buffer.from('blåbärsgröt\r\n', 'latin1')],
  ['nothing', Buffer.alloc(0)],
])('%s is written as it was read', (_, bytes) => {
  const read = readText(bytes)!;
  expect(read.text).not.toContain('\r');
  expect(Buffer.from(writeText(read.text, read.form).bytes)).toEqual(bytes);
});

test('what Latin-1 has no place for makes UTF-8 of it', () => {
  const { form } = readText(Buffer.from('gröt', 'latin1'))!;
  const written = writeText('gröt 😀', form);
  expect(written.form.encoding).toBe('utf-8');
  expect(Buffer.from(written.bytes).toString()).toBe('gröt 😀');
});

test('what is no text is not read as one', () => {
  expect(readText(Buffer.from([0x50, 0x4b, 0, 0, 1]))).toBeUndefined();
});
