import { newId, office } from '@valfri/sdk';
import type { OfficeSubject } from '@valfri/sdk/conformance';
import { createTestHost, type MemoryFile } from '@valfri/sdk/testing';
import JSZip from 'jszip';
import { expect, test } from 'vitest';
import { XmlElement, XmlText } from 'yjs';
import { officeBuiltin } from '../src/index.ts';
import { anEmptyDocx, docxOf, mainOf, textOfDocx } from './harness/documents.ts';
import { holds, Writer } from './harness/writer.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const host = () => createTestHost({ capability: office, plugin: officeBuiltin });

async function open(subject: OfficeSubject, file: MemoryFile): Promise<Writer> {
  const person = newId();
  const { id: session } = subject.files.open(file.id, { person });
  const { id: version, bytes } = file.versions.at(-1)!;
  const opened = { id: file.id, name: file.name, mediaType: DOCX, size: bytes.length, version };
  await subject.as(person).openFile({ session, file: opened, action: 'edit', language: 'sv', theme: 'light' });
  const writer = new Writer(subject, session, person);
  writer.connect();
  await holds('it is open, or refused', () => writer.welcome !== undefined || writer.ended);
  return writer;
}

/** Writes at the beginning of a paragraph, as the editor does. */
function write(writer: Writer, paragraph: number, words: string): void {
  const element = writer.shared.doc.getXmlFragment('body').get(paragraph) as XmlElement;
  const text = element.get(0);
  if (text instanceof XmlText) text.insert(0, words);
  else element.insert(0, [new XmlText(words)]);
}

const aFile = (subject: OfficeSubject, content: Uint8Array) =>
  subject.files.add({ name: 'Protokoll.docx', content, mediaType: DOCX });

const P = (text: string, more = '') =>
  `<w:p w:rsidR="00AB"><w:pPr><w:bidi w:val="0"/></w:pPr><w:r><w:t>${text}</w:t>${more}</w:r></w:p>`;

test('two people write into one document; what they did not touch is as it was, to the letter', async () => {
  await using subject = await host();
  const body = [P('Ett'), P('Två'), P('Tre')];
  const file = aFile(subject, await docxOf(body.join('')));
  const [anna, bo] = [await open(subject, file), await open(subject, file)];
  expect(Buffer.from(anna.base!).equals(Buffer.from(file.versions[0]!.bytes))).toBe(true);
  write(anna, 0, 'Anna ');
  write(bo, 2, 'Bo ');
  await holds('it is kept', () => anna.saved === 'kept' && bo.saved === 'kept');
  expect(await subject.as(newId()).saveFile({ file: file.id })).toEqual({ saved: true });
  const main = await mainOf(file.versions.at(-1)!.bytes);
  expect(await textOfDocx(file.versions.at(-1)!.bytes)).toBe('Anna Ett\nTvå\nBo Tre');
  expect(main).toContain(body[1]);
  expect(main).not.toContain(body[0]);
});

test('what would be lost stays as it is, whatever a page makes of it', async () => {
  await using subject = await host();
  const box = P('Ruta', '<w:ruby><w:rt/><w:rubyBase/></w:ruby>');
  const file = aFile(subject, await docxOf(P('Ett') + box + P('Tre')));
  const anna = await open(subject, file);
  expect(anna.welcome).toMatchObject({ losses: ['ruby'] });
  expect(anna.welcome?.readOnly).toBeUndefined();
  expect(anna.welcome?.locked).toHaveLength(1);
  write(anna, 1, 'ändrat ');
  write(anna, 0, 'nytt ');
  await holds('it is kept', () => anna.saved === 'kept');
  await subject.as(newId()).saveFile({ file: file.id });
  const main = await mainOf(file.versions.at(-1)!.bytes);
  expect(main).toContain(`</w:p>${box}`);
  expect(await textOfDocx(file.versions.at(-1)!.bytes)).toBe('nytt Ett\nRuta\nTre');
});

test('a document changed elsewhere: what was written is in a copy beside, and all see the new one', async () => {
  await using subject = await host();
  const file = aFile(subject, await docxOf(P('Ett')));
  const anna = await open(subject, file);
  write(anna, 0, 'Anna ');
  await holds('it is kept', () => anna.saved === 'kept');
  const theirs = { id: newId(), bytes: await docxOf(P('Annat')), mediaType: DOCX, savedBy: newId() };
  subject.files.write(file, theirs);
  anna.shared.save();
  await holds('the page is to begin anew', () => anna.again);
  await holds('it is told of the copy', () => anna.notices.length > 0);
  expect(anna.notices).toEqual([['copied', 'Protokoll (2).docx']]);
  expect(await textOfDocx(subject.files.named('Protokoll (2).docx')!.versions[0]!.bytes)).toBe('Anna Ett');
  expect(file.versions.at(-1)!.id).toBe(theirs.id);
});

test('an empty file is an empty document', async () => {
  await using subject = await host();
  const file = aFile(subject, new Uint8Array());
  const anna = await open(subject, file);
  write(anna, 0, 'Nytt');
  await holds('it is kept', () => anna.saved === 'kept');
  await subject.as(newId()).saveFile({ file: file.id });
  expect(await textOfDocx(file.versions.at(-1)!.bytes)).toBe('Nytt');
});

test('an archive that is a bomb is not opened, and nobody else is held up', async () => {
  await using subject = await host();
  const zip = await JSZip.loadAsync(await anEmptyDocx());
  zip.file('word/media/image1.bmp', Buffer.alloc(64 * 1024 * 1024));
  const bomb = aFile(subject, await zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' }));
  const anna = await open(subject, bomb);
  expect([anna.ended, anna.welcome]).toEqual([true, undefined]);
  const bo = await open(subject, aFile(subject, await anEmptyDocx()));
  expect(bo.welcome).toBeDefined();
});
