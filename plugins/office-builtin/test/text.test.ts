import { CapabilityError, newId, office } from '@valfri/sdk';
import type { OfficeSubject } from '@valfri/sdk/conformance';
import { createTestHost, type MemoryFile } from '@valfri/sdk/testing';
import { expect, test } from 'vitest';
import { officeBuiltin } from '../src/index.ts';
import { holds, Writer } from './harness/writer.ts';

const host = () => createTestHost({ capability: office, plugin: officeBuiltin });

/** Opens a file for somebody, as the host and their page do. */
async function open(subject: OfficeSubject, file: MemoryFile, action: 'view' | 'edit' = 'edit'): Promise<Writer> {
  const person = newId();
  const { id: session } = subject.files.open(file.id, { person, action });
  const { id: version, mediaType, bytes } = file.versions.at(-1)!;
  const opened = { id: file.id, name: file.name, mediaType, size: bytes.length, version };
  await subject.as(person).openFile({ session, file: opened, action, language: 'sv', theme: 'light' });
  const writer = new Writer(subject, session, person);
  writer.connect();
  await holds('it is open', () => writer.welcome !== undefined);
  return writer;
}

const aFile = (subject: OfficeSubject, content: string | Uint8Array, name = 'a.md') =>
  subject.files.add({ name, content, mediaType: 'text/markdown' });

const textIn = (file: MemoryFile) => Buffer.from(file.versions.at(-1)!.bytes).toString();

test('two people write into one text, and both see the same; who only views follows', async () => {
  await using subject = await host();
  const file = aFile(subject, 'ett\ntvå\n');
  const [anna, bo, viewer] = [await open(subject, file), await open(subject, file), await open(subject, file, 'view')];
  expect(viewer.welcome?.readOnly).toBe('rights');
  anna.write(0, 'A');
  bo.write(4, 'B');
  await holds('all see both', () => [anna, bo, viewer].every(({ text }) => text === anna.text && text.length === 10));
  await holds('it is kept', () => anna.saved === 'kept' && bo.saved === 'kept');
  for (const each of [anna, bo, viewer]) each.leave();
  await holds('it is saved once all have left', () => textIn(file) === anna.text);
  expect(file.versions).toHaveLength(2);
});

test('what a viewer writes goes nowhere', async () => {
  await using subject = await host();
  const file = aFile(subject, 'orört');
  const [viewer, anna] = [await open(subject, file, 'view'), await open(subject, file)];
  viewer.write(0, 'smuggel');
  await holds('it is refused', () => viewer.again);
  anna.write(5, '!');
  await holds('it is kept', () => anna.saved === 'kept');
  expect(anna.text).toBe('orört!');
});

test('what was written while the connection was away arrives when it is back', async () => {
  await using subject = await host();
  const file = aFile(subject, 'x');
  const [anna, bo] = [await open(subject, file), await open(subject, file)];
  anna.cut();
  anna.write(1, 'anna');
  bo.write(0, 'bo');
  expect(anna.saved).toBe('unsaved');
  anna.connect();
  await holds('both have both', () => anna.text === 'boxanna' && bo.text === 'boxanna');
  await holds('it is kept', () => anna.saved === 'kept');
});

test('what others saved meanwhile is merged, and nothing is lost', async () => {
  await using subject = await host();
  const file = aFile(subject, 'ett\r\ntvå\r\ntre\r\n');
  const anna = await open(subject, file);
  anna.write(0, 'Anna: ');
  await holds('it is kept', () => anna.saved === 'kept');
  subject.files.write(file, {
    id: newId(),
    bytes: Buffer.from('ett\r\ntvå\r\ntre och fyra\r\n'),
    mediaType: 'text/markdown',
    savedBy: newId(),
  });
  anna.shared.save();
  await holds('both are in the file', () => textIn(file) === 'Anna: ett\r\ntvå\r\ntre och fyra\r\n');
  expect(anna.text).toBe('Anna: ett\ntvå\ntre och fyra\n');
  expect(anna.notices).toEqual([['merged', undefined]]);
  expect(file.versions).toHaveLength(3);
});

test('a version that was restored is seen by who opens it next, and by all', async () => {
  await using subject = await host();
  const file = aFile(subject, 'nytt');
  const anna = await open(subject, file);
  subject.files.write(file, {
    id: newId(),
    bytes: Buffer.from('gammalt'),
    mediaType: 'text/markdown',
    savedBy: newId(),
  });
  const bo = await open(subject, file);
  await holds('both see it', () => bo.text === 'gammalt' && anna.text === 'gammalt');
});

test('what is kept survives the process, and is saved by the next', async () => {
  await using subject = await host();
  const file = aFile(subject, 'före');
  const anna = await open(subject, file);
  subject.files.trouble = new CapabilityError('UNAVAILABLE', 'Documents do not answer.');
  anna.write(4, ' efter');
  await holds('it is kept', () => anna.saved === 'kept');
  anna.leave();
  await subject.running.stop?.();
  expect(textIn(file)).toBe('före');
  subject.files.trouble = undefined;
  const bo = await open(subject, file);
  await holds('it is there', () => bo.text === 'före efter');
  bo.shared.save();
  await holds('and saved', () => textIn(file) === 'före efter');
});

test('binary files and long ones are shown only', async () => {
  await using subject = await host();
  const binary = await open(subject, aFile(subject, Buffer.from([1, 0, 2, 0xff])));
  expect(binary.welcome?.readOnly).toBe('binary');
  const long = await open(subject, aFile(subject, 'x'.repeat(5 * 1024 * 1024 + 1)));
  expect([long.welcome?.readOnly, long.text.length]).toEqual(['size', 5 * 1024 * 1024 + 1]);
});

test('carets are shown by the name that the host knows, and no other', async () => {
  await using subject = await host();
  const file = aFile(subject, 'x');
  const [anna, bo] = [await open(subject, file), await open(subject, file)];
  anna.shared.awareness.setLocalStateField('user', { name: 'Någon annan' });
  anna.write(0, 'y');
  await holds('bo sees the text', () => bo.text === 'yx');
  expect(bo.shared.awareness.getStates().has(anna.shared.doc.clientID)).toBe(false);
});

test('what is no message ends the channel of who said it, and nobody else’s', async () => {
  await using subject = await host();
  const file = aFile(subject, 'x');
  const [anna, bo] = [await open(subject, file), await open(subject, file)];
  const evil = subject.connect({
    page: 'text',
    session: subject.files.open(file.id, { person: newId() }).id,
    person: newId(),
  });
  evil.say(Uint8Array.of(0, 4, 0, 0, 0, 2, 123, 125, 255, 255, 255));
  await holds('it is ended', () => evil.ended !== undefined);
  anna.write(0, 'y');
  await holds('the others go on', () => bo.text === 'yx');
});
