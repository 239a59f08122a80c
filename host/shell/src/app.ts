import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { avatar } from './components/avatar.ts';
import { ShellElement } from './components/element.ts';
import { icon, type IconName } from './components/icon.ts';
import './components/menu.ts';
import { dateOf } from './format/dates.ts';
import { go, route, type Route } from './router.ts';
import { bootstrap } from './state/bootstrap.ts';
import { roomById, roomName, unreadRooms } from './state/chat/rooms.ts';
import { documentFeatures } from './state/features.ts';
import { connection } from './state/live.ts';
import { announcement, dismiss, notices } from './state/notices.ts';
import { pageTitle } from './state/page-title.ts';
import { text } from './text/text.ts';
import { startKeys } from './views/keys.ts';
import { startWatching } from './views/watch.ts';
import './views/chat/chat-view.ts';

const person = bootstrap.session.signedIn;

interface RailLink {
  readonly view: Route['view'];
  readonly path: string;
  readonly name: IconName;
  readonly label: string;
  readonly badge: number;
}

/** The whole shell: who is not signed in sees the way in, everybody else the frame with the view they are in. */
@customElement('vf-app')
export class AppElement extends ShellElement {
  override connectedCallback(): void {
    super.connectedCallback();
    if (!person || person.needsPassword) void import('./views/sign-in/sign-in.ts');
    else {
      startKeys();
      startWatching();
    }
  }

  override render(): TemplateResult {
    const here = route.value;
    if (!person || person.needsPassword)
      return html`<vf-sign-in
        .mode=${person ? 'choose' : here.view === 'welcome' ? 'welcome' : 'signIn'}
      ></vf-sign-in>`;
    document.title = this.title_(here);
    return html`<a class="skip" href="#main" @click=${this.skip}>${text.value.skipToContent}</a>
      ${this.rail(here)}
      <div class="view">${this.banner(here)}${this.toasts()}${this.view(here)}</div>
      <div class="visually-hidden" aria-live="polite">${announcement.value}</div>
      <vf-menu></vf-menu>`;
  }

  private title_(here: Route): string {
    const count = unreadRooms.value.length;
    const room = here.view === 'chat' && here.room ? roomById(here.room) : undefined;
    const name = room
      ? roomName(room)
      : ({
          settings: text.value.settings,
          files: pageTitle.value || text.value.files,
          edit: pageTitle.value || text.value.files,
          operate: pageTitle.value || text.value.operate,
        }[here.view as string] ?? text.value.chat);
    return `${count > 0 ? `(${count}) ` : ''}${name} · ${bootstrap.session.organisation || text.value.appName}`;
  }

  private rail(here: Route): TemplateResult {
    return html`<nav class="rail" aria-label=${text.value.functions}>
      <a class="mark" href="/chat" aria-label="${bootstrap.session.organisation || text.value.appName}"
        ><span aria-hidden="true">V</span></a
      >
      ${this.railLink(here, { view: 'chat', path: '/chat', name: 'chat', label: text.value.chat, badge: unreadRooms.value.length })}
      ${documentFeatures.value ? this.railLink(here, { view: 'files', path: '/files', name: 'folder', label: text.value.files, badge: 0 }) : nothing}
      <span class="spring"></span>
      ${person!.operator ? this.railLink(here, { view: 'operate', path: '/operate', name: 'operate', label: text.value.operate, badge: 0 }) : nothing}
      <a
        class="me"
        href="/settings"
        aria-current=${here.view === 'settings' ? 'page' : nothing}
        title="${text.value.settings}: ${person!.name}"
      >
        ${avatar(person!.id, 'm')}<span class="label">${text.value.settings}</span>
      </a>
    </nav>`;
  }

  private railLink(here: Route, { view, path, name, label, badge }: RailLink): TemplateResult {
    const unread = html`<b
      ><span aria-hidden="true">${badge > 99 ? '99+' : badge}</span
      ><span class="visually-hidden">, ${text.value.unreadRooms(badge)}</span></b
    >`;
    return html`<a
      href=${path}
      aria-current=${here.view === view || (here.view === 'edit' && view === 'files') ? 'page' : nothing}
      title=${label}
    >
      ${icon(name)}<span class="label">${label}</span>${badge > 0 ? unread : nothing}
    </a>`;
  }

  private banner(here: Route): TemplateResult | typeof nothing {
    if (connection.value === 'signedOut')
      return html`<p class="banner bad" role="alert">
        ${icon('warning')} ${text.value.errorSignedOut}
        <a href="/sign-in" target="_self" @click=${() => location.assign('/sign-in')}>${text.value.signInAgain}</a>
      </p>`;
    if (connection.value === 'offline')
      return html`<p class="banner" role="status">
        ${icon('offline')} ${here.view === 'chat' ? text.value.offline : text.value.offlineElsewhere}
      </p>`;
    if (person!.endsAt !== undefined && person!.endsAt - Date.now() < 7 * 24 * 3_600_000)
      return html`<p class="banner">${text.value.accessEnds(dateOf(person!.endsAt))}</p>`;
    return nothing;
  }

  private view(here: Route): TemplateResult {
    switch (here.view) {
      case 'chat':
        return html`<vf-chat-view .route=${here}></vf-chat-view>`;
      case 'files':
        void import('./views/files/files-view.ts');
        return html`<vf-files .route=${here}></vf-files>`;
      case 'edit':
        void import('./views/edit/edit-view.ts');
        return html`<vf-edit .file=${here.file} .with=${here.with} .viewOnly=${here.viewOnly ?? false}></vf-edit>`;
      case 'settings':
        void import('./views/settings/settings.ts');
        return html`<vf-settings></vf-settings>`;
      case 'operate':
        if (!person!.operator) return this.nowhere();
        void import('./views/operate/operate.ts');
        return html`<vf-operate .route=${here}></vf-operate>`;
      case 'welcome':
      case 'signIn':
        queueMicrotask(() => go('/chat', { replace: true }));
        return html``;
      default:
        return this.nowhere();
    }
  }

  private nowhere(): TemplateResult {
    return html`<main id="main" class="empty" tabindex="-1">
      <h1>${text.value.notFoundTitle}</h1>
      <p>${text.value.notFoundHint}</p>
      <a class="btn" href="/chat">${text.value.toChat}</a>
    </main>`;
  }

  private toasts(): TemplateResult {
    return html`<div class="toasts" role="status" aria-label=${text.value.notices}>
      ${notices.value.map(
        ({ id, kind, text: said, action }) =>
          html`<div class="toast ${kind}">
            <span title=${said}>${said}</span>
            ${action ? html`<button class="link" @click=${() => (dismiss(id), action.run())}>${action.label}</button>` : nothing}
            <button class="icon-btn small" aria-label=${text.value.close} @click=${() => dismiss(id)}>
              ${icon('close')}
            </button>
          </div>`,
      )}
    </div>`;
  }

  private readonly skip = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    this.querySelector<HTMLElement>('#main')?.focus();
  };
}
