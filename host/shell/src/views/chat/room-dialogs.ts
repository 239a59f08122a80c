import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { newId } from '@valfri/core/ids';
import { directRoomId } from '@valfri/sdk/chat';
import type { Room } from '@valfri/sdk';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import '../../components/people-picker.ts';
import type { PeoplePickerElement } from '../../components/people-picker.ts';
import { chatPath, go } from '../../router.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { putRoom } from '../../state/chat/rooms.ts';
import { text, texts } from '../../text/text.ts';

const words = texts({
  sv: {
    newRoom: 'Nytt rum',
    newDirect: 'Ny konversation',
    name: 'Namn',
    namePlaceholder: 'Till exempel Remissvar våren',
    topic: 'Ämne',
    optional: 'valfritt',
    kind: 'Vem får se rummet?',
    group: 'Bara de som bjuds in',
    channel: 'Alla i organisationen (kanal)',
    people: 'Personer',
    create: 'Skapa rummet',
    begin: 'Börja skriva',
    needsName: 'Ge rummet ett namn.',
    needsPeople: 'Välj minst en person.',
    browse: 'Kanaler',
    find: 'Sök kanal',
    join: 'Gå med',
    noChannels: 'Det finns inga fler kanaler att gå med i.',
    make: 'Skapa en kanal',
    more: 'Visa fler',
  },
  en: {
    newRoom: 'New room',
    newDirect: 'New conversation',
    name: 'Name',
    namePlaceholder: 'For example Consultation, spring',
    topic: 'Topic',
    optional: 'optional',
    kind: 'Who can see the room?',
    group: 'Only those who are invited',
    channel: 'Everyone in the organisation (channel)',
    people: 'People',
    create: 'Make the room',
    begin: 'Begin',
    needsName: 'Give the room a name.',
    needsPeople: 'Choose at least one person.',
    browse: 'Channels',
    find: 'Find a channel',
    join: 'Join',
    noChannels: 'There are no more channels to join.',
    make: 'Make a channel',
    more: 'Show more',
  },
});

const me = bootstrap.session.signedIn?.id ?? '';

/** Opens one of the dialogs by which one comes to a room. */
export function openRoomDialog(which: 'room' | 'direct' | 'browse'): void {
  const title = { room: words.value.newRoom, direct: words.value.newDirect, browse: words.value.browse }[which];
  openDialog(title, (close) =>
    which === 'browse'
      ? html`<vf-browse-channels .close=${close}></vf-browse-channels>`
      : html`<vf-new-room .direct=${which === 'direct'} .close=${close}></vf-new-room>`,
  );
}

/** Goes to the conversation with one person, made where there is none. */
export async function openDirect(person: string): Promise<void> {
  const room = await directWith(person);
  putRoom(room);
  go(chatPath(room.id));
}

async function directWith(person: string): Promise<Room> {
  const id = await directRoomId(me, person);
  return (await api.chat.createRoom.mutate({ id, kind: 'direct', people: [person] })).room;
}

@customElement('vf-new-room')
export class NewRoomElement extends ShellElement {
  @property({ type: Boolean }) direct = false;
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private wrong: { readonly field: string; readonly message: string } | undefined;
  @state() private failure: Failure | undefined;
  @state() private busy = false;

  override firstUpdated(): void {
    void this.updateComplete.then(() => this.querySelector<HTMLInputElement>('input')?.focus());
  }

  override render(): TemplateResult {
    const title = this.direct ? words.value.newDirect : words.value.newRoom;
    return html`<form @submit=${this.submit} novalidate>
      <h2>${title}</h2>
      ${this.direct ? nothing : this.about()}
      <vf-people-picker .label=${words.value.people} @vf-change=${() => (this.wrong = undefined)}></vf-people-picker>
      ${this.wrong?.field === 'people' ? html`<p class="wrong" role="alert">${this.wrong.message}</p>` : nothing}
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      <footer>
        <button type="button" class="btn" @click=${this.close}>${text.value.cancel}</button>
        <button class="btn primary" ?disabled=${this.busy}>
          ${this.direct ? words.value.begin : words.value.create}
        </button>
      </footer>
    </form>`;
  }

  private about(): TemplateResult {
    const bad = this.wrong?.field === 'name';
    return html`<div class="field">
        <label for="new-name">${words.value.name}</label>
        <input
          class="input"
          id="new-name"
          name="name"
          maxlength="100"
          placeholder=${words.value.namePlaceholder}
          aria-invalid=${bad ? 'true' : 'false'}
          aria-describedby=${bad ? 'new-name-wrong' : nothing}
        />
        ${bad ? html`<p class="wrong" id="new-name-wrong" role="alert">${this.wrong?.message}</p>` : nothing}
      </div>
      <div class="field">
        <label for="new-topic">${words.value.topic} <span class="hint">(${words.value.optional})</span></label>
        <input class="input" id="new-topic" name="topic" maxlength="500" />
      </div>
      <fieldset class="field">
        <legend class="label">${words.value.kind}</legend>
        <label class="check"><input type="radio" name="kind" value="group" checked /> ${words.value.group}</label>
        <label class="check"><input type="radio" name="kind" value="channel" /> ${words.value.channel}</label>
      </fieldset>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const people = [...this.querySelector<PeoplePickerElement>('vf-people-picker')!.chosen];
    const name = String(given.get('name') ?? '').trim();
    this.wrong = undefined;
    if (!this.direct && name === '') this.wrong = { field: 'name', message: words.value.needsName };
    if (this.direct && people.length === 0) this.wrong = { field: 'people', message: words.value.needsPeople };
    if (this.wrong) return void this.querySelector<HTMLElement>('input')?.focus();
    this.busy = true;
    try {
      const alone = this.direct && people.length === 1;
      const room = alone ? await directWith(people[0]!) : await this.make(name, given, people);
      putRoom(room);
      // The room can be given the focus only when the dialog has given it back.
      this.close();
      go(chatPath(room.id));
    } catch (error) {
      this.failure = failureOf(error);
      this.busy = false;
    }
  };

  private async make(name: string, given: FormData, people: string[]): Promise<Room> {
    const kind = given.get('kind') === 'channel' ? 'channel' : 'group';
    const topic = String(given.get('topic') ?? '').trim();
    return (await api.chat.createRoom.mutate({ id: newId(), kind, name, topic, people })).room;
  }
}

const PAGE = 30;

@customElement('vf-browse-channels')
export class BrowseChannelsElement extends ShellElement {
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private found: readonly Room[] | undefined;
  @state() private more = false;
  @state() private query = '';
  @state() private failure: Failure | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load(false);
  }

  override firstUpdated(): void {
    this.querySelector<HTMLInputElement>('input')?.focus();
  }

  private async load(more: boolean): Promise<void> {
    const { query } = this;
    const last = more ? this.found?.at(-1) : undefined;
    try {
      const { rooms } = await api.chat.browseRooms.query({
        query,
        limit: PAGE,
        ...(last ? { after: { name: last.name, id: last.id } } : {}),
      });
      if (query !== this.query) return;
      this.found = [...(last ? (this.found ?? []) : []), ...rooms];
      this.more = rooms.length === PAGE;
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  override render(): TemplateResult {
    const typed = (event: Event) => {
      this.query = (event.target as HTMLInputElement).value;
      void this.load(false);
    };
    return html`<div class="body">
      <h2>${words.value.browse}</h2>
      <input
        class="input"
        type="search"
        aria-label=${words.value.find}
        placeholder=${words.value.find}
        @input=${typed}
      />
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      ${this.found?.length === 0 ? html`<p class="hint" role="status">${words.value.noChannels}</p>` : nothing}
      <ul class="channels">
        ${this.found?.map(
          (room) =>
            html`<li>
              <span class="hash" aria-hidden="true">#</span>
              <div>
                <strong>${room.name}</strong><small>${room.topic || text.value.members(room.memberCount)}</small>
              </div>
              <button class="btn" aria-label="${words.value.join}: ${room.name}" @click=${() => this.join(room)}>
                ${words.value.join}
              </button>
            </li>`,
        )}
      </ul>
      ${this.more ? html`<button class="btn" @click=${() => this.load(true)}>${words.value.more}</button>` : nothing}
      <footer>
        <button class="btn" @click=${() => (this.close(), openRoomDialog('room'))}>
          ${icon('plus')} ${words.value.make}</button
        ><button class="btn" @click=${this.close}>${text.value.close}</button>
      </footer>
    </div>`;
  }

  private async join({ id }: Room): Promise<void> {
    try {
      const { room } = await api.chat.joinRoom.mutate({ room: id });
      putRoom(room);
      this.close();
      go(chatPath(id));
    } catch (error) {
      this.failure = failureOf(error);
    }
  }
}
