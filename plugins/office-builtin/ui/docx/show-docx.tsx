import type { Document } from '@eigenpal/docx-editor-core/types/document';
import { parseDocx } from '@eigenpal/docx-editor-core/headless';
import { setGoogleFontsEnabled } from '@eigenpal/docx-editor-core/utils';
import { createRoot } from 'react-dom/client';
import type { ReadyFile } from '../common/open-file.ts';
import { DocumentPage } from './document-page.tsx';

// The library would ask a foreign host for fonts; the policy forbids it, and the fonts are here.
setGoogleFontsEnabled(false);

/** Shows a document: the editor, bound to what everybody writes. */
export function showDocx(file: ReadyFile): () => void {
  const root = createRoot(file.place);
  let gone = false;
  void parseDocx(Uint8Array.from(file.base!).buffer, { preloadFonts: false }).then((document) => {
    if (!gone) root.render(<DocumentPage file={file} document={withIdsFrom(document, file)} />);
  });
  return () => {
    gone = true;
    root.unmount();
    file.place.replaceChildren();
  };
}

/**
 * The editor numbers comments and changes onwards from the highest that it finds. Everybody begins at a place of their
 * own, so that no two make the same number: it finds a comment there, which it never shows.
 */
function withIdsFrom(document: Document, { shared }: ReadyFile): Document {
  const first = (shared.doc.clientID % 1_000_000) * 2_000 + 1_000;
  document.package.document.comments = [{ id: first, author: '', content: [] }];
  return document;
}
