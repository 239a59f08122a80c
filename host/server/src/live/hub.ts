import type { CapabilityDefinition } from '@valfri/core';
import { type Connection, eventMessage } from './connection.ts';
import { textFrame } from './frame.ts';
import type { LiveEvent } from './outbox.ts';

/**
 * The name under which a connection listens to a topic. The capability is part of it: a provider that names foreign
 * ids as topics of its own gets nobody the events of another function, or the host's.
 */
export function topicKey(capability: string, topic: string): string {
  return `${capability}/${topic}`;
}

/** Hands events to the connections whose topics they have; each event is written out once for all of them. */
export class Hub {
  /** By {@link topicKey}. */
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

  listen(connection: Connection, capability: string, topics: Iterable<string>): void {
    for (const topic of topics) {
      const key = topicKey(capability, topic);
      connection.topics.add(key);
      setOf(this.#byTopic, key).add(connection);
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
        while (end < events.length && sameTopic(events[end]!, first) && !this.#changesAudience(events[end]!)) end++;
      }
      this.#deliverTogether(events.slice(i, end));
      i = end;
    }
  }

  /** Events of one topic. */
  #deliverTogether(events: readonly LiveEvent[]): void {
    const [first] = events as [LiveEvent];
    const { capability, topic } = first;
    const joined = this.#whoChanges(first, 'join');
    if (joined) for (const connection of this.of(joined)) this.listen(connection, capability, [topic]);
    const frames = new Map<number, Buffer>();
    for (const connection of this.#byTopic.get(topicKey(capability, topic)) ?? []) {
      if (connection.holds) connection.hold(events);
      else connection.write(framesFor(connection.subscription, events, frames));
    }
    const left = this.#whoChanges(first, 'leave');
    if (left) for (const connection of this.of(left)) this.#unlisten(connection, topicKey(capability, topic));
  }

  #changesAudience(event: LiveEvent): boolean {
    return (this.#whoChanges(event, 'join') ?? this.#whoChanges(event, 'leave')) !== undefined;
  }

  #whoChanges({ capability, type, data }: LiveEvent, how: 'join' | 'leave'): string | undefined {
    const audience = this.#capabilities.get(capability)?.audience;
    return audience?.[how] === type ? String(data['person']) : undefined;
  }

  /** Whether an event says that a person left its topic, which they are told although it is theirs no more. */
  isLeaving(event: LiveEvent, person: string): boolean {
    return this.#whoChanges(event, 'leave') === person;
  }

  #unlisten(connection: Connection, key: string): void {
    connection.topics.delete(key);
    this.#drop(this.#byTopic, key, connection);
  }

  #drop(index: Map<string, Set<Connection>>, key: string, connection: Connection): void {
    const set = index.get(key);
    set?.delete(connection);
    if (set?.size === 0) index.delete(key);
  }
}

function sameTopic(a: LiveEvent, b: LiveEvent): boolean {
  return a.topic === b.topic && a.capability === b.capability;
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
