import * as Y from 'yjs';
import { changesBetween } from '../../shared/text-changes.ts';
import { readText, type TextForm, writeText } from './encoding.ts';
import type { FileKind, ToWrite } from './kind.ts';

const MOST = 20 * 1024 * 1024;
/** Longer texts are shown only: every keystroke in them would be slow for everybody. */
const MOST_WRITTEN = 5 * 1024 * 1024;
const EMPTY: TextForm = { encoding: 'utf-8', mark: false, lineEnd: '\n' };

/** Text in any of the usual encodings: one shared text. */
export const textKind: FileKind = {
  id: 'text',
  page: 'text',
  most: MOST,
  keepsBase: false,
  async begin(bytes) {
    const read = readText(bytes);
    if (!read) return { state: stateOf(''), meta: { ...EMPTY }, readOnly: 'binary' };
    const begun = { state: stateOf(read.text), meta: { ...read.form } };
    return bytes.length > MOST_WRITTEN ? { ...begun, readOnly: 'size' } : begun;
  },
  async write({ state, meta }) {
    const { bytes, form } = writeText(textOf(docOf(state)), meta as unknown as TextForm);
    return { bytes, meta: { ...form } };
  },
  async merge({ state }: ToWrite, theirs) {
    const read = readText(theirs);
    if (!read || theirs.length > MOST_WRITTEN) return undefined;
    const doc = docOf(state);
    const shared = doc.getText('text');
    doc.transact(() => {
      for (const { at, remove, insert } of changesBetween(textOf(doc), read.text)) {
        shared.delete(at, remove);
        shared.insert(at, insert);
      }
    });
    return { state: Y.encodeStateAsUpdate(doc), meta: { ...read.form } };
  },
};

function stateOf(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

function docOf(state: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  return doc;
}

function textOf(doc: Y.Doc): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- of a shared text it is the text
  return doc.getText('text').toString();
}
