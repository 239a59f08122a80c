import { api } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { learn, nameOf } from '../../state/people.ts';

/** Somebody who was found by name. */
export interface Found {
  readonly id: string;
  readonly name: string;
}

const MOST = 8;
const me = bootstrap.session.signedIn?.id ?? '';
const membersOf = new Map<string, Promise<readonly Found[]>>();

/** Members of a room whose names, or parts of them, begin so. */
export async function findPeople(room: string, query: string): Promise<readonly Found[]> {
  const wanted = query.toLowerCase().trim();
  const known = membersOf.get(room) ?? readMembers(room);
  membersOf.set(room, known);
  setTimeout(() => membersOf.delete(room), 60_000);
  const members = await known.catch(() => []);
  return members
    .filter(({ name }) =>
      name
        .toLowerCase()
        .split(/\s+/)
        .some((_, i, words) => words.slice(i).join(' ').startsWith(wanted)),
    )
    .slice(0, MOST);
}

async function readMembers(room: string): Promise<readonly Found[]> {
  const { members } = await api.chat.listMembers.query({ room, limit: 500 });
  const ids = members.map(({ person }) => person).filter((id) => id !== me);
  const people = ids.length > 0 ? await api.people.byIds.query({ ids }) : [];
  learn(people);
  return people.map(({ id }) => ({ id, name: nameOf(id) })).sort((a, b) => a.name.localeCompare(b.name));
}
