import JSZip from 'jszip';
import { emptyDocx } from '../../src/server/docx/docx-file.ts';

export const anEmptyDocx = emptyDocx;

/** A document with this in its body. */
export async function docxOf(body: string): Promise<Uint8Array> {
  const zip = await JSZip.loadAsync(await emptyDocx());
  const main = await zip.file('word/document.xml')!.async('string');
  zip.file(
    'word/document.xml',
    main.replace(/(<w:body>).*?(<w:sectPr)/s, (_, open: string, end: string) => open + body + end),
  );
  return zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' });
}

/** The main part of a document. */
export async function mainOf(bytes: Uint8Array): Promise<string> {
  return (await partOf(bytes, 'word/document.xml'))!;
}

/** A part of a document, where it has it. */
export async function partOf(bytes: Uint8Array, name: string): Promise<string | undefined> {
  return (await JSZip.loadAsync(bytes)).file(name)?.async('string');
}

/** The text of a document, one line a paragraph. */
export async function textOfDocx(bytes: Uint8Array): Promise<string> {
  return (await mainOf(bytes))
    .replaceAll('</w:p>', '\n')
    .replaceAll(/<[^>]*>/g, '')
    .trim();
}
