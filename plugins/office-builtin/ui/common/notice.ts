import type { Shell } from '@valfri/sdk/ui';
import { say } from './texts.ts';

/** The line above the file that says what happened to it. Read out where it changes. */
export class Notice {
  readonly element: HTMLElement;
  readonly #shell: Shell;
  #shown: (() => string) | undefined;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.element = Object.assign(document.createElement('div'), { className: 'notice' });
    this.element.setAttribute('role', 'status');
    shell.addEventListener('change', () => this.#draw());
  }

  /** Shows a text until it is closed, or for good. */
  show(text: () => string): void {
    this.#shown = text;
    this.#draw();
  }

  #draw(): void {
    if (!this.#shown) return this.element.replaceChildren();
    const text = Object.assign(document.createElement('span'), { textContent: this.#shown() });
    const close = Object.assign(document.createElement('button'), { textContent: say(this.#shell, 'close') });
    close.addEventListener('click', () => {
      this.#shown = undefined;
      this.#draw();
    });
    return this.element.replaceChildren(text, close);
  }
}
