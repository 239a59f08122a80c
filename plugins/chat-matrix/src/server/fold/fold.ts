import { type MatrixEvent, OWN, redacts, related, type Stamp, stampOf } from '../matrix/event.ts';
import { type Folded, type FoldRequest, NOTHING, type Trust } from './folded.ts';
import { foldEdit, foldMessage, foldTombstone } from './fold-message.ts';
import { foldMember, foldOwners } from './fold-member.ts';
import { foldReaction, foldRedaction } from './fold-relation.ts';
import { foldName, foldRoom, foldTopic } from './fold-room.ts';
import type { Known } from './known.ts';

/**
 * What an event of a homeserver means in records. Given in the order in which they came, events always come to the
 * same: a mirror that was fed with them, and what is read back later, are one.
 */
export function fold(event: MatrixEvent, known: Known, trust: Trust): Folded & { readonly quiet: boolean } {
  const stamp = believedStamp(event, known, trust);
  const author = (event.sender === trust.bot && stamp.author) || event.sender;
  const request = { event, stamp, author, known, trust };
  return { ...rule(request)(request), quiet: stamp.quiet === true || event.redactedBy !== undefined };
}

/** What was put beside an event by us; beside one that was taken away it is the redaction that holds it. */
function believedStamp(event: MatrixEvent, known: Known, trust: Trust): Stamp {
  const holder = event.redactedBy ?? event;
  return trust.isOurs(holder.sender) ? stampOf(holder) : (known.traces.get(event.id) ?? {});
}

function rule({ event }: FoldRequest): (request: FoldRequest) => Folded {
  if (event.type === 'm.room.message' && related(event, 'm.replace') !== undefined) return foldEdit;
  return (event.stateKey === undefined ? messageRules : stateRules)[event.type] ?? (() => NOTHING);
}

const stateRules: Readonly<Record<string, (request: FoldRequest) => Folded>> = {
  [OWN.room]: foldRoom,
  'm.room.name': foldName,
  'm.room.topic': foldTopic,
  'm.room.member': foldMember,
  'm.room.power_levels': foldOwners,
};

const messageRules: Readonly<Record<string, (request: FoldRequest) => Folded>> = {
  'm.room.message': foldMessage,
  [OWN.tombstone]: foldTombstone,
  'm.reaction': foldReaction,
  [OWN.reaction]: foldReaction,
  'm.room.redaction': (request) => (redacts(request.event) === undefined ? NOTHING : foldRedaction(request)),
};
