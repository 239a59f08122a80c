import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needLibreOffice } from '../testing/find-libreoffice.ts';
import { convertFiles } from '../testing/libreoffice.ts';

const run = promisify(execFile);

/** Files that LibreOffice writes, and its name for the filter that does. */
const FILTERS = { docx: 'MS Word 2007 XML', odt: 'writer8' } as const;

/** An ending of text documents that LibreOffice writes. */
export type TextDocument = keyof typeof FILTERS;

const MODULE = `<?xml version="1.0" encoding="UTF-8"?>
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Append(from, target, filter, word)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(ConvertToURL(from), "_blank", 0, hidden())
  cursor = document.Text.createTextCursor()
  cursor.gotoEnd(False)
  document.Text.insertString(cursor, " " &amp; word, False)
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = filter
  document.storeToURL(ConvertToURL(target), how())
  document.close(True)
  StarDesktop.terminate()
End Sub
</script:module>`;
const LIBRARY = `<?xml version="1.0" encoding="UTF-8"?>
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="Module1"/></library:library>`;
const LIBRARIES = `<?xml version="1.0" encoding="UTF-8"?>
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple" library:link="false"/></library:libraries>`;

/** Has LibreOffice open a document, write a word at its end, and store it again as what it was. */
export async function appendWord(content: Uint8Array, kind: TextDocument, word: string): Promise<Uint8Array> {
  needLibreOffice();
  return inFolder(async (folder) => {
    const [from, to] = [join(folder, `from.${kind}`), join(folder, `to.${kind}`)];
    writeFileSync(from, content);
    const flags = [`-env:UserInstallation=file://${join(folder, 'profile')}`, '--headless', '--norestore'];
    // It fills a profile at its first start, and would write over what is there.
    await run('soffice', [...flags, '--terminate_after_init'], { timeout: 120_000 });
    writeMacro(join(folder, 'profile/user/basic'));
    const macro = `macro:///Standard.Module1.Append(${from},${to},${FILTERS[kind]},${word})`;
    await run('soffice', [...flags, macro], { timeout: 120_000 });
    return readFileSync(to);
  });
}

function writeMacro(basic: string): void {
  mkdirSync(join(basic, 'Standard'), { recursive: true });
  writeFileSync(join(basic, 'Standard/Module1.xba'), MODULE);
  writeFileSync(join(basic, 'Standard/script.xlb'), LIBRARY);
  writeFileSync(join(basic, 'script.xlc'), LIBRARIES);
}

/** A document with a text in it. */
export function documentOf(text: string, kind: TextDocument): Promise<Uint8Array> {
  return converted(Buffer.from(text), 'txt', kind);
}

/** What a document says. */
export async function textIn(content: Uint8Array, kind: TextDocument): Promise<string> {
  return Buffer.from(await converted(content, kind, 'txt')).toString('utf8');
}

/** Text in UTF-8, by the number that LibreOffice has for it. */
const TEXT = 'txt:Text (encoded):UTF8';

async function converted(content: Uint8Array, from: string, to: string): Promise<Uint8Array> {
  return inFolder(async (folder) => {
    const file = join(folder, `in.${from}`);
    // Only by its mark a file of text is known to be UTF-8.
    writeFileSync(file, from === 'txt' ? Buffer.concat([Buffer.from('\uFEFF'), content]) : content);
    await convertFiles([file], to === 'txt' ? TEXT : to, join(folder, 'out'));
    return readFileSync(join(folder, 'out', `in.${to}`));
  });
}

async function inFolder<R>(work: (folder: string) => Promise<R>): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), 'valfri-lo-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
