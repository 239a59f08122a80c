import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightSpecialChars, keymap } from '@codemirror/view';
import type { Shell } from '@valfri/sdk/ui';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import { UndoManager } from 'yjs';
import { caretOf, type ReadyFile } from '../common/open-file.ts';
import { look } from './look.ts';
import { swedish } from './phrases.ts';

const words = {
  sv: { preview: 'Förhandsvisning', text: 'Filens text' },
  en: { preview: 'Preview', text: 'Text of the file' },
};

/** Shows a text file: the editor, and beside Markdown how it reads. */
export function showText(file: ReadyFile): () => void {
  const { shell, opened, shared, welcome, place } = file;
  const text = shared.doc.getText('text');
  shared.awareness.setLocalStateField('user', caretOf(opened));
  const language = new Compartment();
  const undoManager = new UndoManager(text);
  const view = new EditorView({
    state: EditorState.create({
      // oxlint-disable-next-line typescript/no-base-to-string -- of a shared text it is the text
      doc: text.toString(),
      extensions: [
        highlightSpecialChars(),
        drawSelection(),
        EditorView.lineWrapping,
        search({ top: true }),
        keymap.of([...yUndoManagerKeymap, ...searchKeymap, ...defaultKeymap, ...leaving(shell), indentWithTab]),
        isMarkdown(opened.file.name) ? markdown() : [],
        look,
        language.of(spoken(shell)),
        welcome.readOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : [],
        yCollab(text, shared.awareness, { undoManager }),
      ],
    }),
  });
  const sides = Object.assign(document.createElement('div'), { className: 'sides' });
  sides.append(view.dom);
  const endPreview = isMarkdown(opened.file.name) ? addPreview(file, sides) : () => undefined;
  place.append(sides);
  const respeak = () => view.dispatch({ effects: language.reconfigure(spoken(shell)) });
  const obey = (event: Event) => {
    const { detail } = event as CustomEvent<string>;
    if (detail === 'focus') view.focus();
    if (detail === 'find') openSearchPanel(view);
    if (detail === 'print') print();
  };
  shell.addEventListener('change', respeak);
  shell.addEventListener('command', obey);
  view.focus();
  return () => {
    shell.removeEventListener('change', respeak);
    shell.removeEventListener('command', obey);
    endPreview();
    view.destroy();
    undoManager.destroy();
    place.replaceChildren();
  };
}

function spoken({ language }: Shell) {
  return [
    EditorView.contentAttributes.of({ 'aria-label': words[language].text, lang: language }),
    EditorState.phrases.of(language === 'sv' ? swedish : {}),
  ];
}

/** Escape leaves the editor for the shell: Tab belongs to the text. */
function leaving(shell: Shell) {
  return [
    {
      key: 'Escape',
      run: () => {
        shell.leave();
        return true;
      },
    },
  ];
}

function isMarkdown(name: string): boolean {
  return /\.(md|markdown)$/i.test(name);
}

/** A button that shows beside the text how it reads; loaded when it is wanted. */
function addPreview({ shell, shared, place }: ReadyFile, sides: HTMLElement): () => void {
  const tools = Object.assign(document.createElement('div'), { className: 'tools' });
  const button = document.createElement('button');
  const preview = Object.assign(document.createElement('div'), { className: 'preview', tabIndex: 0 });
  preview.setAttribute('role', 'region');
  const text = shared.doc.getText('text');
  let drawing: number | undefined;
  const draw = () => {
    drawing ??= requestAnimationFrame(async () => {
      const { drawPreview } = await import('./preview.ts');
      drawing = undefined;
      // oxlint-disable-next-line typescript/no-base-to-string -- of a shared text it is the text
      drawPreview(preview, text.toString());
    });
  };
  const name = () => {
    button.textContent = words[shell.language].preview;
    preview.setAttribute('aria-label', words[shell.language].preview);
  };
  const show = (shown: boolean) => {
    button.setAttribute('aria-pressed', String(shown));
    text.unobserve(draw);
    if (!shown) return preview.remove();
    text.observe(draw);
    sides.append(preview);
    return draw();
  };
  button.addEventListener('click', () => show(!preview.isConnected));
  shell.addEventListener('change', name);
  name();
  show(false);
  tools.append(button);
  place.append(tools);
  return () => {
    text.unobserve(draw);
    shell.removeEventListener('change', name);
  };
}
