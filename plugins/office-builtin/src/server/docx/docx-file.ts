import { createDocx, createEmptyDocument, parseDocx, repackDocx } from '@eigenpal/docx-editor-core/headless';
import { schema } from '@eigenpal/docx-editor-core/prosemirror';
import { fromProseDoc, toProseDoc } from '@eigenpal/docx-editor-core/prosemirror/conversion';
import type { Comment } from '@eigenpal/docx-editor-core/types/content';
import type { Document } from '@eigenpal/docx-editor-core/types/document';
import JSZip from 'jszip';
import { Node } from 'prosemirror-model';
import { prosemirrorToYXmlFragment, yXmlFragmentToProseMirrorRootNode } from 'y-prosemirror';
import * as Y from 'yjs';
import { pairsOfEqual } from '../../shared/text-changes.ts';
import { type BodyParts, bodyParts, joinedRoot } from './body-parts.ts';
import { lossesBetween } from './losses.ts';

const MAIN = 'word/document.xml';
/** Parts that are written anew; all others stay as they were. */
const WRITTEN = /^(\[Content_Types\]\.xml|word\/_rels\/document\.xml\.rels|word\/numbering\.xml|docProps\/core\.xml)$/;
const COMMENTS = /^word\/comments/;

/** A document as it was opened. */
interface OpenedDocx {
  readonly document: Document;
  readonly body: Node;
  readonly zip: JSZip;
  readonly parts: BodyParts;
}

/** Takes a file to a state of the shared document, and says what would be lost of it if it were written. */
export async function beginDocx(bytes: Uint8Array): Promise<{ state: Uint8Array; losses: readonly string[] }> {
  const opened = await openDocx(bytes);
  const doc = new Y.Doc();
  prosemirrorToYXmlFragment(opened.body, doc.getXmlFragment('body'));
  const comments = doc.getMap('comments');
  for (const comment of opened.document.package.document.comments ?? [])
    comments.set(String(comment.id), plain(comment));
  const state = Y.encodeStateAsUpdate(doc);
  const again = await written(opened, state);
  return { state, losses: lossesBetween(opened.parts.children, bodyParts(again.main).children) };
}

/** A document with nothing in it, on A4. */
export async function emptyDocx(): Promise<Uint8Array> {
  return new Uint8Array(await createDocx(createEmptyDocument({ pageWidth: 11_906, pageHeight: 16_838 })));
}

/** The bytes of a file whose shared document has come to a state. What nobody touched is written as it was read. */
export async function writeDocx(base: Uint8Array, state: Uint8Array): Promise<Uint8Array> {
  const opened = await openDocx(base);
  const untouched = await written(opened, await stateOfBase(opened));
  const now = await written(opened, state);
  const { zip } = opened;
  zip.file(MAIN, spliced(opened.parts, bodyParts(untouched.main), bodyParts(now.main)));
  for (const [path, entry] of Object.entries(now.zip.files)) {
    const wanted =
      WRITTEN.test(path) || (COMMENTS.test(path) && now.comments !== untouched.comments) || !zip.file(path);
    if (wanted && !entry.dir) zip.file(path, await entry.async('uint8array'));
  }
  return zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' });
}

async function stateOfBase({ body, document }: OpenedDocx): Promise<Uint8Array> {
  const doc = new Y.Doc();
  prosemirrorToYXmlFragment(body, doc.getXmlFragment('body'));
  for (const comment of document.package.document.comments ?? [])
    doc.getMap('comments').set(String(comment.id), plain(comment));
  return Y.encodeStateAsUpdate(doc);
}

async function openDocx(bytes: Uint8Array): Promise<OpenedDocx> {
  const copy = Uint8Array.from(bytes).buffer;
  const document = await parseDocx(copy, { preloadFonts: false });
  const { styles } = document.package;
  const body = numbered(toProseDoc(document, styles && { styles }));
  const zip = await JSZip.loadAsync(copy);
  const main = await zip.file(MAIN)?.async('string');
  if (main === undefined) throw new Error('the file has no main part');
  return { document, body, zip, parts: bodyParts(main) };
}

/** Gives every paragraph that has no id of its own one that follows from its place, the same whenever the file is opened. */
function numbered(body: Node): Node {
  let count = 0x10_00_00_00;
  const walk = (node: Node): Node => {
    const attrs =
      'paraId' in node.attrs && !node.attrs['paraId']
        ? { ...node.attrs, paraId: (count++).toString(16).toUpperCase() }
        : node.attrs;
    if (node.isText || (node.childCount === 0 && attrs === node.attrs)) return node;
    const children = Array.from({ length: node.childCount }, (_, i) => walk(node.child(i)));
    return node.type.create(attrs, children, node.marks);
  };
  return walk(body);
}

/** The document in a state, as the editor's library writes all of it. */
async function written(
  { document, body }: OpenedDocx,
  state: Uint8Array,
): Promise<{ main: string; zip: JSZip; comments: string }> {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  const root = yXmlFragmentToProseMirrorRootNode(doc.getXmlFragment('body'), schema);
  const made = fromProseDoc(schema.topNodeType.create(body.attrs, root.content), document);
  const comments = [...doc.getMap('comments').values()] as Comment[];
  made.package.document.comments = comments.sort((a, b) => a.id - b.id);
  const zip = await JSZip.loadAsync(await repackDocx(made, { updateModifiedDate: true }));
  return { main: await zip.file(MAIN)!.async('string'), zip, comments: JSON.stringify(made.package.document.comments) };
}

/** Children that came out as they do when nobody has touched them are those of the file itself. */
function spliced(file: BodyParts, untouched: BodyParts, now: BodyParts): string {
  const root = joinedRoot(file.before, now.before);
  if (root === undefined || file.children.length !== untouched.children.length) return whole(now);
  const children = [...now.children];
  for (const [was, is] of pairsOfEqual(untouched.children, now.children)) children[is] = file.children[was]!;
  return root + children.join('') + file.after;
}

function whole({ before, children, after }: BodyParts): string {
  return before + children.join('') + after;
}

function plain(comment: Comment): object {
  return JSON.parse(JSON.stringify(comment)) as object;
}
