import type { RenderedDomContext } from '@eigenpal/docx-editor-core/plugin-api';
import type { Document } from '@eigenpal/docx-editor-core/types/document';
import { DocxEditor, type DocxEditorProps, type DocxEditorRef, type EditorMode } from '@eigenpal/docx-editor-react';
import type { EditorView } from 'prosemirror-view';
import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { yCursorPlugin, ySyncPlugin, yUndoPlugin } from 'y-prosemirror';
import { caretOf, type ReadyFile } from '../common/open-file.ts';
import { say, sayLosses } from '../common/texts.ts';
import { Carets } from './carets.tsx';
import { leaveByEscape } from './leave-by-escape.ts';
import { lockedParts } from './locked-parts.ts';
import { SharedComments } from './shared-comments.ts';
import { swedish } from './swedish.ts';

/** Says that a part stays as it is. */
export function showLocked({ shell, notice, welcome }: ReadyFile): void {
  notice.show(() => say(shell, 'locked', { what: sayLosses(shell, welcome.losses ?? []) }));
}

/** What binds the editor to what everybody writes. */
function pluginsOf(file: ReadyFile): NonNullable<DocxEditorProps['externalPlugins']> {
  const { shell, shared, opened, welcome } = file;
  shared.awareness.setLocalStateField('user', caretOf(opened));
  const plugins = [
    ySyncPlugin(shared.doc.getXmlFragment('body')),
    yCursorPlugin(shared.awareness, { cursorBuilder: () => window.document.createElement('span') }),
    yUndoPlugin(),
    leaveByEscape(shell),
    ...(welcome.locked?.length ? [lockedParts(welcome.locked, () => showLocked(file))] : []),
  ];
  // The library's types name the same classes by their other build.
  return plugins as unknown as NonNullable<DocxEditorProps['externalPlugins']>;
}

/** The editor of a document that several write. */
export function DocumentPage({ file, document }: { readonly file: ReadyFile; readonly document: Document }): ReactNode {
  const { shell, shared, opened, welcome } = file;
  const editor = useRef<DocxEditorRef>(null);
  const [mode, setMode] = useState<EditorMode>('editing');
  const [view, setView] = useState<EditorView>();
  const [rendered, setRendered] = useState<RenderedDomContext>();
  const comments = useMemo(() => new SharedComments(shared.doc), [shared]);
  const listed = useSyncExternalStore(
    (listener) => comments.observe(listener),
    () => comments.list,
  );
  const plugins = useMemo(() => pluginsOf(file), [file]);
  const look = useSyncExternalStore(
    (listener) => {
      shell.addEventListener('change', listener);
      return () => shell.removeEventListener('change', listener);
    },
    () => `${shell.language} ${shell.theme}`,
  );
  useEffect(() => {
    const obey = (event: Event) => {
      const { detail } = event as CustomEvent<string>;
      if (detail === 'focus') editor.current?.focus();
      if (detail === 'print') editor.current?.print();
    };
    shell.addEventListener('command', obey);
    return () => shell.removeEventListener('command', obey);
  }, [shell]);
  const [language, theme] = look.split(' ');
  return (
    <DocxEditor
      ref={editor}
      document={document}
      externalContent
      externalPlugins={plugins}
      author={opened.person.name}
      comments={listed}
      onCommentsChange={(after) => comments.take(after.filter(({ author }) => author !== ''))}
      readOnly={welcome.readOnly !== undefined}
      mode={welcome.readOnly ? 'viewing' : mode}
      onModeChange={setMode}
      colorMode={theme === 'light' ? 'light' : 'dark'}
      {...(language === 'sv' ? { i18n: swedish } : {})}
      renderLogo={() => null}
      documentNameEditable={false}
      showFileOpen={false}
      showHelpMenu={false}
      // The library's types name the same class by its other build.
      onEditorViewReady={(ready) => setView(ready as unknown as EditorView)}
      onRenderedDomContextReady={setRendered}
      pluginOverlays={<Carets view={view} rendered={rendered} awareness={shared.awareness} doc={shared.doc} />}
    />
  );
}
