import { SignalWatcher } from '@lit-labs/preact-signals';
import { LitElement } from 'lit';

/**
 * An element of the shell: drawn into the page itself, so that one style sheet, one set of ids and one order of focus
 * serve the whole; drawn anew when a signal that it read has changed.
 */
export abstract class ShellElement extends SignalWatcher(LitElement) {
  protected override createRenderRoot(): this {
    return this;
  }
}
