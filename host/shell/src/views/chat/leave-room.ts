import type { Member, Room } from '@valfri/sdk';
import { api } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { roomName } from '../../state/chat/rooms.ts';
import { texts } from '../../text/text.ts';
import { confirm } from '../operate/confirm.ts';

const words = texts({
  sv: {
    leave: 'Lämna rummet',
    really: (room: string) => `Vill du lämna ${room}?`,
    channel: 'Du kan gå med igen när du vill.',
    group: 'Du ser inte längre vad som skrivs. Någon som är kvar kan lägga till dig igen.',
    alone: 'Du är den enda i rummet. När du har lämnat det kan ingen läsa det som står där.',
  },
  en: {
    leave: 'Leave the room',
    really: (room: string) => `Do you want to leave ${room}?`,
    channel: 'You can join again whenever you like.',
    group: 'You no longer see what is written. Somebody who stays can add you again.',
    alone: 'You are the only one in the room. When you have left it, nobody can read what it holds.',
  },
});

const me = bootstrap.session.signedIn?.id ?? '';
const PAGE = 500;

/** Asks before a room is left: what it means, and whether to do it. */
export async function reallyLeave(room: Room): Promise<boolean> {
  const meaning = room.kind === 'channel' ? 'channel' : room.memberCount > 1 ? 'group' : 'alone';
  const title = words.value.really(roomName(room));
  return (await confirm({ title, body: words.value[meaning], verb: words.value.leave })) !== undefined;
}

/** Whether without the reader the room would have members and no owner. */
export async function isLastOwner({ id, role, memberCount }: Room): Promise<boolean> {
  if (role !== 'owner' || memberCount < 2) return false;
  let after: string | undefined;
  for (;;) {
    const page = await membersAfter(id, after);
    if (page.some((member) => member.role === 'owner' && member.person !== me)) return false;
    if (page.length < PAGE) return true;
    after = page.at(-1)!.person;
  }
}

async function membersAfter(room: string, after: string | undefined): Promise<readonly Member[]> {
  return (await api.chat.listMembers.query({ room, limit: PAGE, ...(after ? { after } : {}) })).members;
}
