import type { Document } from '@eigenpal/docx-editor-core/types/document';
import { parseDocx } from '@eigenpal/docx-editor-core/headless';
import { setGoogleFontsEnabled } from '@eigenpal/docx-editor-core/utils';
import { createRoot } from 'react-dom/client';
import type { ReadyFile } from '../common/open-file.ts';
import { say } from '../common/texts.ts';
import { keepAccessible } from './accessible.ts';
import { DocumentPage, showLocked } from './document-page.tsx';

// The library would ask a foreign host for fonts; the policy forbids it, and the fonts are here.
setGoogleFontsEnabled(false);

/** Shows a document: the editor, bound to what everybody writes. */
export function showDocx(file: ReadyFile): () => void {
  const root = createRoot(file.place);
  const endMending = keepAccessible(file.place, () => say(file.shell, 'text'));
  let gone = false;
  if (file.welcome.locked?.length && !file.welcome.readOnly) showLocked(file);
  const render = async () => {
    const document = await parseDocx(Uint8Array.from(file.base!).buffer, { preloadFonts: false });
    if (!gone) root.render(<DocumentPage file={file} document={withIdsFrom(document, file)} />);
  };
  void render();
  return () => {
    gone = true;
    endMending();
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
