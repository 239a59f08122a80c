import { chat } from './chat.ts';
import { documents } from './documents.ts';
import { office } from './office.ts';

/** The contracts that every host knows. */
export const standardCapabilities = [chat, documents, office] as const;
