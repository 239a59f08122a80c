import { html, type TemplateResult } from 'lit';
import type { DocumentNode } from '@valfri/sdk';
import { icon } from '../../components/icon.ts';
import { sayWhen } from '../../format/dates.ts';
import { api } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { tell } from '../../state/notices.ts';
import { nameOf } from '../../state/people.ts';
import { shareWords } from './share-words.ts';

type Held = NonNullable<DocumentNode['lock']>;

/** Who has locked something, and since when. */
export function lockedBy({ person, lockedAt }: Held): string {
  return shareWords.value.lockedBy(nameOf(person), sayWhen(lockedAt));
}

/** The mark of what is locked. */
export function lockMark(lock: Held): TemplateResult {
  const said = lockedBy(lock);
  return html`<span class="mark" title=${said}>${icon('lock')}<span class="visually-hidden">, ${said}</span></span>`;
}

/** Whether the reader is offered to unlock it: who locked it, and the owner where whoever did has gone home. */
export function mayUnlock({ lock, role }: DocumentNode): boolean {
  return lock !== undefined && (role === 'owner' || lock.person === bootstrap.session.signedIn?.id);
}

/** Ends all locks that are on a file or folder itself. */
export async function unlockAll({ id: node, name }: DocumentNode): Promise<void> {
  const { locks } = await api.documents.listLocks.query({ node });
  for (const { token } of locks.filter((lock) => lock.node === node))
    await api.documents.unlock.mutate({ node, token });
  tell(shareWords.value.unlocked(name));
}
