import { MESSAGE_TEXT_LIMIT } from '@valfri/sdk';
import { type Content, isObject } from './event.ts';

type Names = ReadonlyMap<string, string>;

/** What an edit shows where edits are not understood; short, for the text itself stands in it as well. */
const FALLBACK = 200;

/** The Matrix content of a text. Those it mentions are named by account, in the text too. */
export function contentOf(text: string, mentions: readonly string[], accounts: Names): Record<string, unknown> {
  return {
    msgtype: 'm.text',
    body: renamed(text, mentions, accounts),
    ...(mentions.length === 0
      ? {}
      : { 'm.mentions': { user_ids: mentions.flatMap((person) => accounts.get(person) ?? []) } }),
  };
}

/** The content of an edit: the new text, and something for clients that do not know edits. */
export function editContentOf(content: Record<string, unknown>, event: string): Record<string, unknown> {
  const body = `* ${String(content['body']).slice(0, FALLBACK)}`.toWellFormed();
  return {
    ...{ msgtype: 'm.text', body, 'm.new_content': content },
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
  };
}

/** Accounts that a content says are mentioned. */
export function mentionedIn(content: Content): readonly string[] {
  const mentions = content['m.mentions'];
  const ids = isObject(mentions) ? mentions['user_ids'] : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string').slice(0, 50) : [];
}

/** Text and mentions of a content as we sent it. */
export function ownText(content: Content, people: Names): { text: string; mentions: readonly string[] } {
  const accounts = mentionedIn(content);
  return {
    text: renamed(String(content['body'] ?? ''), accounts, people),
    mentions: accounts.flatMap((account) => people.get(account) ?? []),
  };
}

/** Text and mentions of a content that another client sent: made to fit, and never empty. */
export function foreignText(content: Content, people: Names): { text: string; mentions: readonly string[] } {
  const body = typeof content['body'] === 'string' ? content['body'] : '';
  const clean = withoutQuote(body, content).replaceAll('\0', '').toWellFormed();
  const text = clean.slice(0, MESSAGE_TEXT_LIMIT).toWellFormed();
  const mentions = mentionedIn(content).flatMap((account) => people.get(account) ?? []);
  return { text: text.trim() === '' ? '…' : text, mentions: [...new Set(mentions)] };
}

/**
 * An answer from an older client begins with a quotation of what it answers.
 * @see https://spec.matrix.org/v1.12/client-server-api/#fallbacks-for-rich-replies
 */
function withoutQuote(body: string, content: Content): string {
  const relation = content['m.relates_to'];
  if (!isObject(relation) || !isObject(relation['m.in_reply_to']) || !body.startsWith('> ')) return body;
  const rest = body.split('\n');
  while (rest[0]?.startsWith('> ')) rest.shift();
  if (rest[0] === '') rest.shift();
  return rest.join('\n');
}

/** `<@a>` becomes `<@b>` for those named; a Matrix account's own `@` is not doubled. */
function renamed(text: string, names: readonly string[], to: Names): string {
  let result = text;
  for (const name of new Set(names)) {
    const other = to.get(name);
    if (other) result = result.replaceAll(`<@${name.replace(/^@/, '')}>`, `<@${other.replace(/^@/, '')}>`);
  }
  return result;
}
