import { chat } from './chat.ts';
import { documents } from './documents.ts';

/** The contracts that every host knows. */
export const standardCapabilities = [chat, documents] as const;
