import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { touched } from '../state/keyboard.ts';
import { ShellElement } from './element.ts';
import { icon, type IconName } from './icon.ts';

/** An entry of a menu. */
export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly run: () => void;
}

interface Opened {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly items?: readonly MenuItem[];
  readonly content?: () => TemplateResult;
}

/** The one menu of the page, shown beside whatever opened it. */
@customElement('vf-menu')
export class MenuElement extends ShellElement {
  @state() private opened: Opened | undefined;

  open(opened: Opened): void {
    if (this.opened?.anchor === opened.anchor) return this.close();
    this.close();
    this.opened = opened;
    opened.anchor.setAttribute('aria-expanded', 'true');
    // Shown above the page it is inside no landmark, so it is one.
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', opened.label);
    void this.show(opened);
  }

  /** Shows what was opened, when all of it has been drawn: before that it has neither its size nor its fields. */
  private async show(opened: Opened): Promise<void> {
    await this.updateComplete;
    const inner = this.querySelectorAll<Element & { readonly updateComplete?: Promise<unknown> }>('[popover] > *');
    await Promise.all([...inner].map((element) => element.updateComplete));
    if (this.opened !== opened) return;
    this.popoverElement.showPopover();
    this.place();
    this.querySelector<HTMLElement>(touched() ? 'button' : '[role=menuitem], input')?.focus();
  }

  close(): void {
    if (!this.opened) return;
    const { anchor } = this.opened;
    anchor.removeAttribute('aria-expanded');
    this.removeAttribute('role');
    this.removeAttribute('aria-label');
    const hadFocus = this.contains(document.activeElement);
    this.opened = undefined;
    if (this.popoverElement?.matches(':popover-open')) this.popoverElement.hidePopover();
    if (hadFocus && anchor.isConnected) anchor.focus();
  }

  private get popoverElement(): HTMLElement {
    return this.querySelector<HTMLElement>('[popover]')!;
  }

  /** Below what opened it, or above where there is no room; always wholly within the window. */
  private place(): void {
    const box = this.popoverElement;
    const anchor = this.opened?.anchor.getBoundingClientRect();
    if (!anchor) return;
    const { width, height } = box.getBoundingClientRect();
    const below = anchor.bottom + 4 + height <= innerHeight;
    const top = below ? anchor.bottom + 4 : anchor.top - height - 4;
    box.style.left = `${Math.max(8, Math.min(anchor.right - width, innerWidth - width - 8))}px`;
    box.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
  }

  override render(): TemplateResult {
    const { label, items, content } = this.opened ?? { label: '' };
    return html`<div
      popover
      class="menu"
      role=${items ? 'menu' : 'dialog'}
      aria-label=${label}
      @toggle=${(event: ToggleEvent) => event.newState === 'closed' && this.close()}
      @keydown=${this.move}
    >
      ${items?.map((item) => this.item(item)) ?? content?.() ?? nothing}
    </div>`;
  }

  private item(item: MenuItem): TemplateResult {
    const run = () => {
      this.close();
      item.run();
    };
    return html`<button role="menuitem" tabindex="-1" class=${item.danger ? 'danger' : ''} @click=${run}>
      ${item.icon ? icon(item.icon) : nothing}<span>${item.label}</span>${item.keys ? html`<kbd>${item.keys}</kbd>` : nothing}
    </button>`;
  }

  private readonly move = (event: KeyboardEvent): void => {
    if (!this.opened?.items) return;
    const all = [...this.querySelectorAll<HTMLElement>('[role=menuitem]')];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined) {
      event.preventDefault();
      all[(next + all.length) % all.length]?.focus();
    }
    if (event.key === 'Tab') this.close();
  };
}

/** Opens the menu of the page beside an element. */
export function openMenu(opened: Opened): void {
  document.querySelector<MenuElement>('vf-menu')?.open(opened);
}

/** Closes it. */
export function closeMenu(): void {
  document.querySelector<MenuElement>('vf-menu')?.close();
}
