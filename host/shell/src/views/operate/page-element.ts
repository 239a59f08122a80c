import { ShellElement } from '../../components/element.ts';
import { announce } from '../../state/notices.ts';
import { pageTitle } from '../../state/page-title.ts';

let arrivals = 0;

/**
 * One of the operator's pages. Whoever comes to it from another is told its name, and where the focus was on something
 * that is gone it goes to the heading, so that it is never lost.
 */
export abstract class PageElement extends ShellElement {
  /** What the page is called. */
  protected abstract get heading(): string;
  readonly #first = arrivals++ === 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    pageTitle.value = '';
  }

  protected override firstUpdated(): void {
    if (this.#first) return;
    announce(this.heading);
    if (document.activeElement === null || document.activeElement === document.body)
      this.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  protected override updated(): void {
    pageTitle.value = this.heading;
  }
}
