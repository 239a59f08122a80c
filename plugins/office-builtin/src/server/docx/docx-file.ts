import { createDocx, createEmptyDocument, parseDocx, repackDocx } from '@eigenpal/docx-editor-core/headless';
import { schema } from '@eigenpal/docx-editor-core/prosemirror';
import { fromProseDoc, toProseDoc } from '@eigenpal/docx-editor-core/prosemirror/conversion';
import type { Comment } from '@eigenpal/docx-editor-core/types/content';
import type { Document } from '@eigenpal/docx-editor-core/types/document';
import JSZip from 'jszip';
import { Node } from 'prosemirror-model';
import { prosemirrorToYXmlFragment, yXmlFragmentToProseMirrorRootNode } from 'y-prosemirror';
import * as Y from 'yjs';
import { type BodyParts, bodyParts } from './body-parts.ts';
import { groupsOf, lossesOf } from './losses.ts';
import { type Child, spliced } from './splice.ts';

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

/** What a file has become for those who write it. */
export interface BegunDocx {
  readonly state: Uint8Array;
  /** What would be lost of the file if it were written as a whole. */
  readonly losses: readonly string[];
  /** Ids of the paragraphs that therefore stay as they are; absent where none of it may be written. */
  readonly locked: readonly string[] | undefined;
}

/** Takes a file to a state of the shared document, and says what would be lost of it if it were written. */
export async function beginDocx(bytes: Uint8Array): Promise<BegunDocx> {
  const opened = await openDocx(bytes);
  const state = stateOfBase(opened);
  const { main } = await written(opened, state);
  const made = bodyParts(main).children;
  const children = childrenOf(opened, made);
  if (!children) return { state, losses: ['order'], locked: undefined };
  const losses = [...new Set(children.flatMap(({ lost }) => lost))].sort();
  const nodes = made.filter((child) => !child.startsWith('<w:sectPr'));
  if (losses.length > 0 && nodes.length !== opened.body.childCount) return { state, losses, locked: undefined };
  const locked = children.flatMap(({ lost, group: [start, end] }) =>
    lost.length > 0 ? made.slice(start, end).map((_, i) => idsIn(opened.body.child(start + i))) : [],
  );
  return { state, losses, locked: locked.some((ids) => ids.length === 0) ? undefined : locked.flat() };
}

/** A document with nothing in it, on A4. */
export async function emptyDocx(): Promise<Uint8Array> {
  return new Uint8Array(await createDocx(createEmptyDocument({ pageWidth: 11_906, pageHeight: 16_838 })));
}

/** The bytes of a file whose shared document has come to a state. What nobody touched is written as it was read. */
export async function writeDocx(base: Uint8Array, state: Uint8Array): Promise<Uint8Array> {
  const opened = await openDocx(base);
  const untouched = await written(opened, stateOfBase(opened));
  const now = await written(opened, state);
  const { zip, parts } = opened;
  const made = bodyParts(untouched.main).children;
  zip.file(MAIN, spliced(parts, { made, children: childrenOf(opened, made), now: bodyParts(now.main) }));
  for (const [path, entry] of Object.entries(now.zip.files)) {
    const wanted =
      WRITTEN.test(path) || (COMMENTS.test(path) && now.comments !== untouched.comments) || !zip.file(path);
    if (wanted && !entry.dir) zip.file(path, await entry.async('uint8array'));
  }
  return zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' });
}

/** What has become of each child of the file, and what it would lose; the last section is never written. */
function childrenOf({ parts }: OpenedDocx, made: readonly string[]): readonly Child[] | undefined {
  const groups = groupsOf(parts.children, made);
  return groups?.map((group, i) => {
    const child = parts.children[i]!;
    const lost = child.startsWith('<w:sectPr') ? [] : lossesOf(child, made.slice(...group).join(''));
    return { xml: child, group, lost };
  });
}

/** Ids of all paragraphs of a node. */
function idsIn(node: Node): readonly string[] {
  const ids: string[] = [];
  const take = ({ attrs }: Node) => {
    if (typeof attrs['paraId'] === 'string') ids.push(attrs['paraId']);
  };
  take(node);
  node.descendants(take);
  return ids;
}

function stateOfBase({ body, document }: OpenedDocx): Uint8Array {
  const doc = new Y.Doc();
  prosemirrorToYXmlFragment(body, doc.getXmlFragment('body'));
  const comments = doc.getMap('comments');
  for (const comment of document.package.document.comments ?? []) comments.set(String(comment.id), plain(comment));
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

function plain(comment: Comment): object {
  return JSON.parse(JSON.stringify(comment)) as object;
}
