import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { field, focusFault } from '../../components/field.ts';
import { icon } from '../../components/icon.ts';
import { dateOf, sayWhen } from '../../format/dates.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { nameOf } from '../../state/people.ts';
import { endOfDay, dayOf, shareWords as words } from './share-words.ts';

type Link = Awaited<ReturnType<typeof api.links.list.query>>['links'][number];

/** The links that lead to a file or folder: made, shown once, closed. */
@customElement('vf-share-links')
export class ShareLinksElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @state() private links: readonly Link[] = [];
  @state() private made = '';
  @state() private said = '';
  @state() private faults: Readonly<Record<string, string>> = {};
  @state() private failure: Failure | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.doing(() => this.load());
  }

  /** Says which of the groups that something was given to are links. */
  private async load(): Promise<void> {
    this.links = (await api.links.list.query({ node: this.node.id })).links;
    this.dispatchEvent(new CustomEvent('vf-links', { detail: this.links.map(({ id }) => id) }));
  }

  private async doing(work: () => Promise<void>): Promise<void> {
    this.failure = undefined;
    try {
      await work();
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  override render(): TemplateResult {
    return html`<section class="body links" aria-labelledby="links-title">
      <h3 id="links-title">${words.value.links}</h3>
      ${this.links.length === 0 ? html`<p class="hint">${words.value.noLinks}</p>` : nothing}
      <ul class="grants">
        ${this.links.map((link) => this.link(link))}
      </ul>
      ${this.made === '' ? this.form() : this.fresh()}
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      <p role="status" class="hint">${this.said}</p>
    </section>`;
  }

  private can(role: Link['role']): string {
    return (this.node.kind === 'file' ? words.value.linkFile : words.value.linkCan)[role];
  }

  private link({ id, node, role, hasPassword, expiresAt, createdBy, createdAt }: Link): TemplateResult {
    const more = [
      expiresAt === undefined ? '' : words.value.untilDay(dateOf(expiresAt)),
      hasPassword ? words.value.withPassword : '',
      node === this.node.id ? '' : words.value.fromAbove,
      words.value.by(nameOf(createdBy), sayWhen(createdAt)),
    ];
    return html`<li>
      ${icon('link')}<span class="who"
        >${this.can(role)}<span class="quiet">${more.filter(Boolean).join(' ')}</span></span
      ><button
        type="button"
        class="icon-btn small"
        aria-label=${words.value.closeOf(sayWhen(createdAt))}
        title=${words.value.close}
        @click=${() => this.revoke(id)}
      >
        ${icon('close')}
      </button>
    </li>`;
  }

  private form(): TemplateResult {
    return html`<form class="link-form" @submit=${this.submit} novalidate>
      ${field({
        id: 'link-role',
        label: words.value.may,
        input: () =>
          html`<select class="input" id="link-role">
            <option value="viewer">${words.value.role.viewer}</option>
            <option value="editor">${words.value.role.editor}</option>
          </select>`,
      })}
      ${field({
        id: 'link-until',
        label: words.value.until,
        optional: true,
        wrong: this.faults['until'],
        input: (described, invalid) =>
          html`<input
            class="input"
            id="link-until"
            type="date"
            min=${dayOf(Date.now())}
            aria-invalid=${invalid}
            aria-describedby=${described ?? nothing}
          />`,
      })}
      ${field({
        id: 'link-password',
        label: words.value.password,
        hint: words.value.passwordHint,
        optional: true,
        wrong: this.faults['password'],
        input: (described, invalid) =>
          html`<input
            class="input"
            id="link-password"
            type="text"
            autocomplete="off"
            spellcheck="false"
            maxlength="200"
            aria-invalid=${invalid}
            aria-describedby=${described ?? nothing}
          />`,
      })}
      <button class="btn">${icon('link')} ${words.value.make}</button>
    </form>`;
  }

  /** What has just been made: told once, for only a hash of it is kept. */
  private fresh(): TemplateResult {
    return html`<p class="notice good" role="status">${words.value.made}</p>
      <div class="fresh-link">
        <input class="input" id="fresh-link" readonly aria-label=${words.value.address} .value=${this.made} />
        <button type="button" class="btn primary" @click=${this.copy}>${icon('copy')} ${words.value.copy}</button>
      </div>`;
  }

  private readonly copy = async (): Promise<void> => {
    this.querySelector<HTMLInputElement>('#fresh-link')!.select();
    await navigator.clipboard.writeText(this.made).catch(() => document.execCommand('copy'));
    this.said = words.value.copied;
  };

  private revoke(id: string): Promise<void> {
    return this.doing(async () => {
      await api.links.revoke.mutate({ id });
      this.made = '';
      this.said = words.value.closed;
      await this.load();
    });
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const value = (id: string) => this.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`)!.value;
    const [role, password, expiresAt] = [
      value('link-role') as Link['role'],
      value('link-password'),
      endOfDay(value('link-until')),
    ];
    this.faults = {
      ...(password !== '' && password.length < 8 ? { password: words.value.shortPassword } : {}),
      ...(expiresAt !== undefined && expiresAt <= Date.now() ? { until: words.value.past } : {}),
    };
    if (Object.keys(this.faults).length > 0) return focusFault(this);
    await this.doing(async () => {
      const given = {
        node: this.node.id,
        role,
        ...(password ? { password } : {}),
        ...(expiresAt ? { expiresAt } : {}),
      };
      const { url } = await api.links.make.mutate(given);
      [this.made, this.said] = [url, ''];
      await this.load();
      await this.updateComplete;
      this.querySelector<HTMLElement>('.fresh-link button')?.focus();
    });
  };
}
