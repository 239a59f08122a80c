import { connectToShell, type OpenedFile, type Shell } from '@valfri/sdk/ui';
import { SharedFile } from '../../src/shared/shared-file.ts';
import type { Welcome } from '../../src/shared/wire.ts';
import { Notice } from './notice.ts';
import { say, sayLosses } from './texts.ts';

/** A file that is ready to be shown. */
export interface ReadyFile {
  readonly shell: Shell;
  readonly opened: OpenedFile;
  readonly shared: SharedFile;
  readonly welcome: Welcome;
  readonly base: Uint8Array | undefined;
  readonly notice: Notice;
  /** Where the page is drawn. */
  readonly place: HTMLElement;
}

/** Shows a file in the page; what it answers takes it away again. */
export type ShowFile = (file: ReadyFile) => () => void;

/** Connects the page with the shell and its server half, and shows the file, anew where it has to begin anew. */
export async function openFile(show: ShowFile): Promise<void> {
  const shell = await connectToShell();
  const main = document.getElementById('main')!;
  const notice = new Notice(shell);
  const place = Object.assign(document.createElement('div'), { className: 'place' });
  const title = Object.assign(document.createElement('h1'), { className: 'unseen' });
  const entitle = (name: string) => (title.textContent = document.title = name);
  entitle(shell.opened!.file.name);
  shell.addEventListener('renamed', (event) => entitle((event as CustomEvent<string>).detail));
  main.replaceChildren(title, notice.element, place);
  place.textContent = say(shell, 'opening');
  let current = begin();
  shell.addEventListener('channel', () => (shell.channelOpen ? current.shared.opened() : current.shared.closed()));
  shell.addEventListener('message', (event) => current.shared.heard((event as MessageEvent<Uint8Array>).data));
  shell.addEventListener('command', (event) => {
    if ((event as CustomEvent<string>).detail === 'save') current.shared.save();
  });
  const hear = (event: KeyboardEvent) => {
    const isKey = event.key === 'F6' || (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey));
    if (!isKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'F6') shell.leave();
    else current.shared.save();
  };
  // Before the editor, which would have its own ideas of saving.
  addEventListener('keydown', hear, { capture: true });
  shell.openChannel();

  function begin() {
    let hide: (() => void) | undefined;
    const shared = new SharedFile(
      { send: (piece) => shell.send(piece) },
      {
        ready: (welcome, base) => {
          place.replaceChildren();
          if (welcome.readOnly)
            notice.show(() => say(shell, welcome.readOnly!, { what: sayLosses(shell, welcome.losses ?? []) }));
          hide = show({ shell, opened: shell.opened!, shared, welcome, base, notice, place });
        },
        state: (saved) => shell.tell({ saved }),
        notice: (key, name) => notice.show(() => say(shell, key, { name: name ?? '' })),
        again: () => {
          hide?.();
          shared.awareness.destroy();
          shared.doc.destroy();
          current = begin();
          current.shared.opened();
        },
      },
    );
    return { shared };
  }
}

const COLOURS = ['#0b6b5d', '#8a3ffc', '#b3261e', '#0062d6', '#9a5b00', '#b0307b', '#2f6f00', '#5b5ea6'] as const;

/** How somebody's caret is shown to the others. */
export function caretOf({ person }: OpenedFile): { name: string; color: string; colorLight: string } {
  const sum = [...person.id].reduce((all, letter) => (all * 31 + letter.charCodeAt(0)) % 65_521, 7);
  const color = COLOURS[sum % COLOURS.length]!;
  return { name: person.name, color, colorLight: `${color}33` };
}
