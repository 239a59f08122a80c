import type { Message } from '@valfri/sdk';
import { plainText, shortened } from '../format/plain-text.ts';
import { chatPath, go, route } from '../router.ts';
import { bootstrap } from '../state/bootstrap.ts';
import { roomById, roomName } from '../state/chat/rooms.ts';
import { onEvents } from '../state/live.ts';
import { announce, tell } from '../state/notices.ts';
import { nameOf, refresh } from '../state/people.ts';
import { preferences } from '../state/preferences.ts';
import { text } from '../text/text.ts';

const me = bootstrap.session.signedIn?.id ?? '';

/** Says what arrives: aloud to screen readers in the room that is open, as a notice where one is spoken to elsewhere. */
export function startWatching(): void {
  onEvents({
    'person.changed': ({ person }) => refresh(person),
    'message.posted': ({ message }) => notice(message),
    'swap.progressed': ({ swap, state, capability }) => moved(swap, state, capability),
  });
}

const movesAt = new Map<string, string>();

/** Tells an operator who is elsewhere how a move ended whose course this page has seen. */
function moved(swap: string, state: string, capability: string): void {
  const before = movesAt.get(swap);
  movesAt.set(swap, state);
  const here = route.peek();
  if (before === undefined || before === state || (here.view === 'operate' && here.id === swap)) return;
  if (state === 'observing' || state === 'stopped' || state === 'rolledBack')
    void import('./operate/move/tell-move.ts').then(({ tellMove }) => tellMove(swap, state, capability));
}

function notice({ id, room: roomId, author, text: source, mentions, thread }: Message): void {
  if (author === me) return;
  const said = shortened(plainText(source, nameOf), 120);
  const here = route.peek();
  const inView = here.view === 'chat' && here.room === roomId && (thread === undefined || here.thread === thread);
  if (inView) return announce(text.value.saidJustNow(nameOf(author), said));
  const room = roomById(roomId);
  if (!room || preferences.peek().mutedRooms?.includes(roomId)) return;
  const spokenTo = room.kind === 'direct' || mentions.includes(me);
  if (!spokenTo) return;
  const where = room.kind === 'direct' ? nameOf(author) : `${nameOf(author)} · ${roomName(room)}`;
  const open = () => go(thread === undefined ? chatPath(roomId, { message: id }) : chatPath(roomId, { thread }));
  tell(`${where}: ${said}`, { action: { label: text.value.openInRoom, run: open } });
}
