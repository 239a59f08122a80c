import type { CapabilityDefinition } from '@valfri/core';
import { type Connection, eventMessage } from './connection.ts';
import { textFrame } from './frame.ts';
import type { LiveEvent } from './outbox.ts';

/** Hands events to the connections whose topics they have; each event is written out once for all of them. */
export class Hub {
  readonly #byTopic = new Map<string, Set<Connection>>();
  readonly #byPerson = new Map<string, Set<Connection>>();
  readonly #capabilities: ReadonlyMap<string, CapabilityDefinition>;

  constructor(capabilities: ReadonlyMap<string, CapabilityDefinition>) {
    this.#capabilities = capabilities;
  }

  get connections(): number {
    let count = 0;
    for (const connections of this.#byPerson.values()) count += connections.size;
    return count;
  }

  add(connection: Connection): void {
    setOf(this.#byPerson, connection.person).add(connection);
  }

  remove(connection: Connection): void {
    for (const topic of connection.topics) this.#drop(this.#byTopic, topic, connection);
    this.#drop(this.#byPerson, connection.person, connection);
  }

  listen(connection: Connection, topics: Iterable<string>): void {
    for (const topic of topics) {
      connection.topics.add(topic);
      setOf(this.#byTopic, topic).add(connection);
    }
  }

  /** Connections of a person. */
  of(person: string): readonly Connection[] {
    return [...(this.#byPerson.get(person) ?? [])];
  }

  all(): readonly Connection[] {
    return [...this.#byPerson.values()].flatMap((connections) => [...connections]);
  }

  /** Hands on events in their order. What goes to one topic without another in between is sent in one piece. */
  deliver(events: readonly LiveEvent[]): void {
    for (let i = 0; i < events.length;) {
      const first = events[i]!;
      let end = i + 1;
      if (!this.#changesAudience(first)) {
        while (end < events.length && events[end]!.topic === first.topic && !this.#changesAudience(events[end]!)) end++;
      }
      this.#deliverTo(first.topic, events.slice(i, end));
      i = end;
    }
  }

  #deliverTo(topic: string, events: readonly LiveEvent[]): void {
    const [first] = events as [LiveEvent];
    const joined = this.#whoChanges(first, 'join');
    if (joined) for (const connection of this.of(joined)) this.listen(connection, [topic]);
    const frames = new Map<number, Buffer>();
    for (const connection of this.#byTopic.get(topic) ?? []) {
      if (connection.holds) connection.hold(events);
      else connection.write(framesFor(connection.subscription, events, frames));
    }
    const left = this.#whoChanges(first, 'leave');
    if (left) for (const connection of this.of(left)) this.#unlisten(connection, topic);
  }

  #changesAudience(event: LiveEvent): boolean {
    return (this.#whoChanges(event, 'join') ?? this.#whoChanges(event, 'leave')) !== undefined;
  }

  #whoChanges({ capability, type, data }: LiveEvent, how: 'join' | 'leave'): string | undefined {
    const audience = this.#capabilities.get(capability)?.audience;
    return audience?.[how] === type ? String(data['person']) : undefined;
  }

  #unlisten(connection: Connection, topic: string): void {
    connection.topics.delete(topic);
    this.#drop(this.#byTopic, topic, connection);
  }

  #drop(index: Map<string, Set<Connection>>, key: string, connection: Connection): void {
    const set = index.get(key);
    set?.delete(connection);
    if (set?.size === 0) index.delete(key);
  }
}

function setOf(index: Map<string, Set<Connection>>, key: string): Set<Connection> {
  const known = index.get(key);
  if (known) return known;
  const made = new Set<Connection>();
  index.set(key, made);
  return made;
}

/** Clients number their subscriptions alike, so nearly always one buffer serves them all. */
function framesFor(subscription: number, events: readonly LiveEvent[], made: Map<number, Buffer>): Buffer {
  const known = made.get(subscription);
  if (known) return known;
  const frames = Buffer.concat(events.map((event) => textFrame(eventMessage(subscription, event))));
  made.set(subscription, frames);
  return frames;
}
