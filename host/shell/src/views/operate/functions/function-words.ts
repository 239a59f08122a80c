import { plural } from '../../../text/plural.ts';
import { texts } from '../../../text/text.ts';

/** Words that more than one page about functions says. */
export const functionWords = texts({
  sv: {
    servedBy: (title: string) => `Sköts av ${title}`,
    nobody: 'Ingen sköter den än',
    unserved: 'Inte i drift',
    providerCount: (n: number) => plural('sv', n, { one: '1 leverantör', other: `${n} leverantörer` }),
    everybody: 'Alla',
    organisation: 'Hela organisationen',
    group: (name: string) => `Gruppen ${name}`,
    resource: 'Ett visst rum eller dokument',
    add: 'Lägg till leverantör',
    move: (the: string) => `Flytta ${the}`,
    serves: (scopes: string) => `i drift: ${scopes}`,
    idle: 'Sköter inget nu',
    allowed: (features: string) => `Kan: ${features}`,
  },
  en: {
    servedBy: (title: string) => `Served by ${title}`,
    nobody: 'Nobody serves it yet',
    unserved: 'Not in use',
    providerCount: (n: number) => plural('en', n, { one: '1 provider', other: `${n} providers` }),
    everybody: 'Everybody',
    organisation: 'The whole organisation',
    group: (name: string) => `The group ${name}`,
    resource: 'A certain room or document',
    add: 'Add a provider',
    move: (the: string) => `Move ${the}`,
    serves: (scopes: string) => `in use: ${scopes}`,
    idle: 'Serves nothing now',
    allowed: (features: string) => `Can: ${features}`,
  },
});
