/** How the processes of the fan-out benchmark speak to each other, by `process.send`. */

/** To those who listen: whom to connect. */
export interface ConnectOrder {
  readonly kind: 'websocket' | 'xmpp';
  readonly url: string;
  /** What each sends before it listens: a cookie and a subscription, or, for XMPP, the room. */
  readonly cookies: readonly string[];
}

/** To those who listen: how many deliveries to wait for. */
export interface ExpectOrder {
  readonly deliveries: number;
}

/** From those who listen. */
export interface Deliveries {
  /** Milliseconds from just before sending to arrival, by the clock of the machine. */
  readonly p50: number;
  readonly p99: number;
}

/** Before the time in a text, so that it is found without reading the message. */
export const MARK = '|sent:';

/** Now, in milliseconds, comparable between processes. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
