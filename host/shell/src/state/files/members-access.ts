import { api } from '../api.ts';

/** Who of a room cannot open a file, as far as one may know: what groups were given is not looked into. */
export async function withoutAccess(
  node: string,
  room: string,
): Promise<{ readonly missing: readonly string[]; readonly of: number }> {
  const [{ owner, grants }, members] = await Promise.all([api.documents.listGrants.query({ node }), membersOf(room)]);
  const can = new Set([owner, ...grants.flatMap(({ person }) => person ?? [])]);
  return { missing: members.filter((person) => !can.has(person)), of: members.length };
}

async function membersOf(room: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after: string | undefined; ;) {
    const { members } = await api.chat.listMembers.query({ room, limit: 500, ...(after ? { after } : {}) });
    found.push(...members.map(({ person }) => person));
    if (members.length < 500) return found;
    after = members.at(-1)!.person;
  }
}

/** Lets people open a file. */
export async function letThemRead(node: string, people: readonly string[]): Promise<void> {
  for (const person of people) await api.documents.give.mutate({ node, person, role: 'viewer' });
}
