import { type Announcement, type Call, newId, type PortableRecord } from '@valfri/core';
import { expect, test } from 'vitest';
import type { chat } from '../capabilities/chat.ts';
import {
  announcementsOf,
  applyAll,
  CHAT_TABLES,
  changesOf,
  chatRules,
  type ChatTable,
  digestOf,
  recordsOf,
  rowKey,
  type RuledOperation,
  type Wanted,
  wantedByRecords,
  WorkingSet,
} from '../server/index.ts';

/** A store of one text for each row, as a key-value store of another maker would be: what docs/build/provider.md shows. */
class TextStore {
  readonly rows = new Map<string, string>();
  readonly told: Announcement<typeof chat>[] = [];

  #load(wanted: Wanted): WorkingSet {
    const set = new WorkingSet();
    const places = (wanted.places ?? []).flatMap((place) => this.rows.get(`place ${place}`) ?? []);
    const all = { ...wanted, messages: [...(wanted.messages ?? []), ...places] };
    for (const table of CHAT_TABLES)
      for (const key of all[table] ?? []) {
        const text = this.rows.get(`${table} ${key}`);
        if (text !== undefined) set.load(table, JSON.parse(text));
      }
    return set;
  }

  #save(set: WorkingSet): void {
    const changes = changesOf(set);
    const save = <T extends ChatTable>(table: T) => {
      for (const { after } of changes[table])
        this.rows.set(`${table} ${rowKey[table](after as never)}`, JSON.stringify(after));
    };
    CHAT_TABLES.forEach(save);
    for (const { after } of changes.messages) this.rows.set(`place ${after.room}/${after.seq}`, after.id);
  }

  write<K extends RuledOperation>(operation: K, input: Parameters<(typeof chatRules)[K]['run']>[1], call: Call): void {
    const rule = chatRules[operation];
    const set = this.#load(rule.wants(input as never, call));
    rule.run(set, input as never, call, Date.now());
    this.#save(set);
    this.told.push(...announcementsOf(set));
  }

  ingest(records: readonly PortableRecord[]) {
    const set = this.#load(wantedByRecords(records));
    const report = applyAll(set, records);
    this.#save(set);
    return report;
  }

  records(): PortableRecord[] {
    return CHAT_TABLES.flatMap((table) =>
      [...this.rows]
        .filter(([key]) => key.startsWith(`${table} `))
        .flatMap(([, row]) => recordsOf[table](JSON.parse(row))),
    );
  }
}

test('a store of another kind keeps the contract by the rules of the SDK: load, run, save', () => {
  const call: Call = { person: newId(), organisation: newId(), groups: [], signal: new AbortController().signal };
  const [here, there] = [new TextStore(), new TextStore()];
  const [room, message] = [newId(), newId()];
  here.write('createRoom', { id: room, kind: 'group', name: 'Rum', topic: '', people: [] }, call);
  here.write('sendMessage', { id: message, room, text: 'Hej', mentions: [], attachments: [] }, call);
  here.write('react', { room, message, emoji: 'a/b', on: true }, call);
  expect(here.told.map(({ type }) => type)).toEqual(['member.joined', 'message.posted', 'reaction.changed']);
  expect(() => here.write('joinRoom', { room }, { ...call, person: newId() })).toThrow(/no such room/);
  expect(there.ingest(here.records())).toEqual({ accepted: 4, rejected: [], lossy: [] });
  expect(digestOf(there.records())).toEqual(digestOf(here.records()));
  const other = { id: newId(), room, seq: 1, author: call.person, sentAt: 1, text: 'x', mentions: [], attachments: [] };
  const { lossy } = there.ingest([{ type: 'message', key: other.id, value: other }]);
  expect(lossy[0]!.message).toBe('its place 1 is taken; it stands at 2');
});
