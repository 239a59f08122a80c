import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Member, Room } from '@valfri/sdk';
import { avatar } from '../../components/avatar.ts';
import { ShellElement } from '../../components/element.ts';
import { guestMark } from '../../components/guest-mark.ts';
import { icon } from '../../components/icon.ts';
import { type MenuItem, openMenu } from '../../components/menu.ts';
import { go } from '../../router.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { dropRoom, putRoom } from '../../state/chat/rooms.ts';
import { onEvents } from '../../state/live.ts';
import { tell } from '../../state/notices.ts';
import { nameOf } from '../../state/people.ts';
import { changePreferences, preferences } from '../../state/preferences.ts';
import { text, texts } from '../../text/text.ts';
import { isLastOwner, reallyLeave } from './leave-room.ts';
import '../../components/people-picker.ts';
import type { PeoplePickerElement } from '../../components/people-picker.ts';

const words = texts({
  sv: {
    name: 'Namn',
    topic: 'Ämne',
    noTopic: 'Inget ämne',
    members: 'Medlemmar',
    owner: 'ägare',
    add: 'Lägg till personer',
    addThem: 'Lägg till',
    leave: 'Lämna rummet',
    archive: 'Arkivera rummet',
    reopen: 'Öppna rummet igen',
    makeOwner: 'Gör till ägare',
    makeMember: 'Gör till vanlig medlem',
    remove: 'Ta bort ur rummet',
    mute: 'Tysta rummet',
    muteHint: 'Rummet visar inte längre hur mycket som är oläst.',
    change: 'Ändra',
    left: 'Du har lämnat rummet.',
    archivedNow: 'Rummet är arkiverat.',
    added: (n: number) => (n === 1 ? 'Personen är tillagd.' : 'Personerna är tillagda.'),
    rejoin: 'Gå med igen',
    lastOwner: 'Du är den enda som äger rummet. Gör någon annan till ägare först.',
    removed: (name: string) => `${name} är inte längre med.`,
    notRead: 'Medlemmarna kunde inte hämtas.',
    more: 'Visa fler',
  },
  en: {
    name: 'Name',
    topic: 'Topic',
    noTopic: 'No topic',
    members: 'Members',
    owner: 'owner',
    add: 'Add people',
    addThem: 'Add',
    leave: 'Leave the room',
    archive: 'Archive the room',
    reopen: 'Open the room again',
    makeOwner: 'Make owner',
    makeMember: 'Make an ordinary member',
    remove: 'Remove from the room',
    mute: 'Mute the room',
    muteHint: 'The room no longer shows how much is unread.',
    change: 'Change',
    left: 'You have left the room.',
    archivedNow: 'The room is archived.',
    added: (n: number) => (n === 1 ? 'The person is added.' : 'The people are added.'),
    rejoin: 'Join again',
    lastOwner: 'You are the only owner of the room. Make somebody else an owner first.',
    removed: (name: string) => `${name} is no longer in it.`,
    notRead: 'The members could not be read.',
    more: 'Show more',
  },
});

const PAGE = 100;
const { id: me = '', kind } = bootstrap.session.signedIn ?? {};

/** Who is in a room, and what it is. */
@customElement('vf-room-details')
export class RoomDetailsElement extends ShellElement {
  @property({ attribute: false }) room: Room | undefined;
  @state() private members: readonly Member[] = [];
  @state() private hasMore = false;
  @state() private failed = false;
  @state() private changing = false;
  @state() private adding = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const reload = ({ room }: { readonly room: string }) => {
      if (room === this.room?.id) void this.load();
    };
    this.stop = onEvents({ 'member.joined': reload, 'member.changed': reload, 'member.left': reload });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  private stop: () => void = () => undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('room') && changed.get('room')?.id !== this.room?.id) void this.load();
  }

  private async load(after?: string): Promise<void> {
    const { room } = this;
    if (!room) return;
    try {
      const { members } = await api.chat.listMembers.query({ room: room.id, limit: PAGE, ...(after ? { after } : {}) });
      if (room.id !== this.room?.id) return;
      this.members = after ? [...this.members, ...members] : members;
      this.hasMore = members.length === PAGE;
      this.failed = false;
    } catch {
      // Whoever has just left the room hears of that too, and can no longer ask who is in it.
      if (room.id === this.room?.id) this.failed = true;
    }
  }

  override render(): TemplateResult {
    const { room } = this;
    if (!room) return html``;
    const muted = preferences.value.mutedRooms?.includes(room.id) ?? false;
    return html`<div class="panel-body details">
      ${room.kind === 'direct' ? nothing : this.changing ? this.form(room) : this.about(room)}
      <label class="check" title=${words.value.muteHint}
        ><input type="checkbox" .checked=${muted} @change=${() => this.mute(room, !muted)} /> ${words.value.mute}</label
      >
      <section>
        <h3>${words.value.members} <small>${room.memberCount}</small></h3>
        ${this.canAdd(room) ? this.addForm(room) : nothing}
        ${this.failed ? html`<p class="notice bad" role="status">${words.value.notRead} <button class="link" @click=${() => this.load()}>${text.value.tryAgain}</button></p>` : nothing}
        <ul class="members">
          ${this.members.map((member) => html`<li>${this.member(room, member)}</li>`)}
        </ul>
        ${this.hasMore ? html`<button class="btn" @click=${() => this.load(this.members.at(-1)?.person)}>${words.value.more}</button>` : nothing}
      </section>
      ${room.kind === 'direct' ? nothing : this.ends(room)}
    </div>`;
  }

  /** Opens one of the forms, with the focus in its field. */
  private open(form: 'adding' | 'changing', field: string): void {
    this[form] = true;
    void this.focusOn(field);
  }

  private shut(form: 'adding' | 'changing', button: string): void {
    this[form] = false;
    void this.focusOn(button);
  }

  private async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    await this.querySelector<PeoplePickerElement>('vf-people-picker')?.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  private about(room: Room): TemplateResult {
    return html`<section class="about">
      <p>${room.topic || words.value.noTopic}</p>
      ${room.role === 'owner' ? html`<button class="btn change" @click=${() => this.open('changing', '#room-name')}>${icon('edit')} ${words.value.change}</button>` : nothing}
    </section>`;
  }

  private form(room: Room): TemplateResult {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const given = new FormData(event.target as HTMLFormElement);
      const name = String(given.get('name') ?? '').trim();
      void this.change(room, { ...(name === '' ? {} : { name }), topic: String(given.get('topic') ?? '').trim() });
    };
    const shut = () => this.shut('changing', '.btn.change');
    return html`<form @submit=${submit} @keydown=${onEscape(shut)}>
      <div class="field">
        <label for="room-name">${words.value.name}</label
        ><input class="input" id="room-name" name="name" maxlength="100" .value=${room.name} />
      </div>
      <div class="field">
        <label for="room-topic">${words.value.topic}</label
        ><textarea class="input" id="room-topic" name="topic" rows="2" maxlength="500" .value=${room.topic}></textarea>
      </div>
      <div class="actions">
        <button class="btn primary">${text.value.save}</button
        ><button type="button" class="btn" @click=${shut}>${text.value.cancel}</button>
      </div>
    </form>`;
  }

  private canAdd({ kind: roomKind, archivedAt }: Room): boolean {
    return roomKind !== 'direct' && archivedAt === undefined && kind !== 'guest';
  }

  private addForm(room: Room): TemplateResult {
    if (!this.adding)
      return html`<button class="btn add" @click=${() => this.open('adding', 'vf-people-picker input')}>
        ${icon('plus')} ${words.value.add}
      </button>`;
    const submit = async (event: SubmitEvent) => {
      event.preventDefault();
      const { chosen } = this.querySelector<PeoplePickerElement>('vf-people-picker')!;
      if (chosen.length === 0) return;
      await this.attempt(
        () => api.chat.addMembers.mutate({ room: room.id, people: [...chosen] }),
        words.value.added(chosen.length),
      );
      this.shut('adding', '.btn.add');
    };
    const shut = () => this.shut('adding', '.btn.add');
    return html`<form @submit=${submit} @keydown=${onEscape(shut)}>
      <vf-people-picker .label=${words.value.add}></vf-people-picker>
      <div class="actions">
        <button class="btn primary">${words.value.addThem}</button
        ><button type="button" class="btn" @click=${shut}>${text.value.cancel}</button>
      </div>
    </form>`;
  }

  private member(room: Room, member: Member): TemplateResult {
    const own = member.person === me;
    const name = own ? text.value.you_(nameOf(me)) : nameOf(member.person);
    const items = this.memberItems(room, member);
    return html`${avatar(member.person, 'm')}<span
        >${name}
        ${member.role === 'owner' ? html`<small>${words.value.owner}</small>` : nothing}${guestMark(member.person)}</span
      >
      ${items.length > 0 ? html`<button class="icon-btn" aria-label="${text.value.moreActions}: ${name}" @click=${(event: Event) => openMenu({ anchor: event.currentTarget as HTMLElement, label: name, items })}>${icon('more')}</button>` : nothing}`;
  }

  private memberItems(room: Room, { person: id, role }: Member): readonly MenuItem[] {
    if (room.role !== 'owner' || room.kind === 'direct') return [];
    const next = role === 'owner' ? 'member' : 'owner';
    const items: MenuItem[] = [
      {
        label: next === 'owner' ? words.value.makeOwner : words.value.makeMember,
        run: () => void this.attempt(() => this.setRole(room, id, next)),
      },
    ];
    if (id !== me)
      items.push({
        label: words.value.remove,
        danger: true,
        run: () => void this.expel(room, id, role),
      });
    return items;
  }

  private async setRole(room: Room, id: string, role: Member['role']): Promise<void> {
    if (id === me && role === 'member' && (await isLastOwner(room)))
      return tell(words.value.lastOwner, { kind: 'bad' });
    await api.chat.setRole.mutate({ room: room.id, person: id, role });
  }

  private async expel({ id: room }: Room, id: string, role: Member['role']): Promise<void> {
    if (!(await this.attempt(() => api.chat.removeMember.mutate({ room, person: id })))) return;
    const undo = async () => {
      await api.chat.addMembers.mutate({ room, people: [id] });
      if (role === 'owner') await api.chat.setRole.mutate({ room, person: id, role });
    };
    const action = { label: text.value.undo, run: () => void this.attempt(undo) };
    tell(words.value.removed(nameOf(id)), { action });
  }

  private ends(room: Room): TemplateResult {
    const archived = room.archivedAt !== undefined;
    const archive = () =>
      this.change(
        room,
        { archived: !archived },
        archived ? undefined : { label: text.value.undo, run: () => void this.change(room, { archived: false }) },
      );
    return html`<section class="ends">
      <button class="btn" @click=${() => this.askToLeave(room)}>${icon('out')} ${words.value.leave}</button>
      ${room.role === 'owner' ? html`<button class="btn" @click=${archive}>${archived ? words.value.reopen : words.value.archive}</button>` : nothing}
    </section>`;
  }

  private async askToLeave(room: Room): Promise<void> {
    await this.attempt(async () => {
      if (await isLastOwner(room)) tell(words.value.lastOwner, { kind: 'bad' });
      else if (await reallyLeave(room)) await this.leave(room);
    });
  }

  private async leave(room: Room): Promise<void> {
    const left = await this.attempt(() => api.chat.removeMember.mutate({ room: room.id, person: me }));
    if (!left) return;
    go('/chat');
    dropRoom(room.id);
    const rejoin = async () => {
      const { room: joined } = await api.chat.joinRoom.mutate({ room: room.id });
      putRoom(joined);
      go(`/chat/${room.id}`);
    };
    tell(
      words.value.left,
      room.kind === 'channel' ? { action: { label: words.value.rejoin, run: () => void rejoin() } } : {},
    );
  }

  private async change(
    room: Room,
    changes: { name?: string; topic?: string; archived?: boolean },
    undo?: { label: string; run: () => void },
  ): Promise<void> {
    const done = await this.attempt(async () => {
      const { room: changed } = await api.chat.updateRoom.mutate({ room: room.id, ...changes });
      putRoom(changed);
    });
    if (done && this.changing) this.shut('changing', '.btn.change');
    if (done && undo) tell(words.value.archivedNow, { action: undo });
  }

  private mute({ id }: Room, on: boolean): void {
    const others = (preferences.peek().mutedRooms ?? []).filter((each) => each !== id);
    changePreferences({ mutedRooms: on ? [...others, id] : others });
  }

  private async attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await work();
      if (done) tell(done);
      return true;
    } catch (error) {
      tell(explain(failureOf(error)), { kind: 'bad' });
      return false;
    }
  }
}

/** Escape closes a form, and then nothing else. */
function onEscape(shut: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    shut();
  };
}
