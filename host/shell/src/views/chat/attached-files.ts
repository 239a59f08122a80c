import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Message } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import '../../styles/chat-files.css';
import { letThemRead, withoutAccess } from '../../state/files/members-access.ts';
import { plural } from '../../text/plural.ts';
import { texts } from '../../text/text.ts';

const words = texts({
  sv: {
    attached: 'Bifogat',
    remove: (name: string) => `Ta bort ${name}`,
    cannot: (n: number, of: number) =>
      plural('sv', n, { one: `1 av ${of} här kan inte öppna den.`, other: `${n} av ${of} här kan inte öppna den.` }),
    let: 'Låt dem läsa',
  },
  en: {
    attached: 'Attached',
    remove: (name: string) => `Remove ${name}`,
    cannot: (n: number, of: number) =>
      plural('en', n, { one: `1 of ${of} here cannot open it.`, other: `${n} of ${of} here cannot open it.` }),
    let: 'Let them view it',
  },
});

type Attachments = Message['attachments'];

/** What a message that is being written links to, and whether those who will read it can open it. */
@customElement('vf-attached-files')
export class AttachedFilesElement extends ShellElement {
  @property() room = '';
  @property({ attribute: false }) attachments: Attachments = [];
  @state() private access: ReadonlyMap<string, { readonly missing: readonly string[]; readonly of: number }> =
    new Map();

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('attachments') || changed.has('room'))
      for (const { urn } of this.attachments) void this.look(idOf(urn));
  }

  private async look(node: string): Promise<void> {
    try {
      this.access = new Map(this.access).set(node, await withoutAccess(node, this.room));
    } catch {
      // Whoever may not see who has access is not told.
    }
  }

  override render(): TemplateResult {
    return html`<ul class="attached" aria-label=${words.value.attached}>
      ${this.attachments.map((each) => this.row(each))}
    </ul>`;
  }

  private row({ urn, title }: Attachments[number]): TemplateResult {
    const node = idOf(urn);
    const access = this.access.get(node);
    return html`<li>
      ${icon('attach')}<span class="name">${title}</span>
      ${access && access.missing.length > 0 ? html`<span class="cannot">${words.value.cannot(access.missing.length, access.of)} <button class="link" @click=${() => this.give(node, access.missing)}>${words.value.let}</button></span>` : nothing}
      <button class="icon-btn small" aria-label=${words.value.remove(title)} @click=${() => this.drop(urn)}>
        ${icon('close')}
      </button>
    </li>`;
  }

  private async give(node: string, missing: readonly string[]): Promise<void> {
    await letThemRead(node, missing).catch(() => undefined);
    await this.look(node);
  }

  private drop(urn: string): void {
    const detail = this.attachments.filter((each) => each.urn !== urn);
    this.dispatchEvent(new CustomEvent('vf-change', { detail }));
  }
}

function idOf(urn: string): string {
  return urn.split(':').at(-1)!;
}
