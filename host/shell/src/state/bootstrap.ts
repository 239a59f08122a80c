import type { Message, Room } from '@valfri/sdk';
import type { SessionInfo } from '@valfri/server/router';

/** What a person has chosen for themselves. */
export interface PreferenceValues {
  language?: 'sv' | 'en' | undefined;
  theme?: 'system' | 'light' | 'dark' | 'contrast' | undefined;
  density?: 'comfortable' | 'compact' | undefined;
  singleKeys?: boolean | undefined;
  enterSends?: boolean | undefined;
  filesView?: 'list' | 'tiles' | undefined;
  lastRoom?: string | undefined;
  mutedRooms?: string[] | undefined;
  widths?: { list?: number | undefined; panel?: number | undefined; file?: number | undefined } | undefined;
}

/** A function's features, or `null` where nobody serves it. */
export type BoundFeatures = {
  readonly generation: number;
  readonly features: Readonly<Record<string, unknown>>;
} | null;

/** A person as the shell shows them. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly kind: 'member' | 'guest';
}

/** What the server wrote into the page. */
export interface Bootstrap {
  readonly session: SessionInfo;
  readonly preferences?: PreferenceValues;
  readonly features?: Readonly<Record<string, BoundFeatures>>;
  readonly read?: readonly { readonly resource: string; readonly seq: number; readonly mentions: number }[];
  /** The place of the last event that what follows already knows of. */
  readonly at?: string;
  readonly rooms?: readonly Room[];
  readonly history?: {
    readonly room: string;
    readonly messages: Message[];
    readonly hasBefore: boolean;
    readonly hasAfter: boolean;
  };
  readonly people?: readonly PersonView[];
  /** The origins that this page may frame. */
  readonly frames?: readonly string[];
}

/** Read once, at the start. */
export const bootstrap: Bootstrap = JSON.parse(
  document.getElementById('bootstrap')?.textContent ?? '{"session":{"organisation":"","signInWith":[]}}',
) as Bootstrap;
