import { language, texts } from '../../text/text.ts';
import { numberOf } from '../../format/numbers.ts';
import { plural } from '../../text/plural.ts';

/** What a function is called: by itself, within a sentence, and in a line of its own. */
interface FunctionWords {
  readonly name: string;
  readonly the: string;
  readonly summary: string;
}

type Words = Readonly<Record<string, string>>;

const words = texts<{
  readonly functions: Readonly<Record<string, FunctionWords>>;
  readonly features: Words;
  readonly records: Words;
  readonly kinds: Readonly<Record<string, readonly [one: string, other: string]>>;
}>({
  sv: {
    functions: {
      chat: { name: 'Chatt', the: 'chatten', summary: 'Skrivna samtal: rum, direkta konversationer och trådar.' },
      video: { name: 'Videomöten', the: 'videomötena', summary: 'Möten med bild och ljud.' },
      office: { name: 'Redigering', the: 'redigeringen', summary: 'Dokument som flera skriver i samtidigt.' },
      documents: { name: 'Dokument', the: 'dokumenten', summary: 'Filer och mappar.' },
      calendar: { name: 'Kalender', the: 'kalendern', summary: 'Möten, tider och inbjudningar.' },
      directory: { name: 'Katalog', the: 'katalogen', summary: 'Personer och grupper.' },
      search: { name: 'Sökning', the: 'sökningen', summary: 'Sökning i allt.' },
      notifications: { name: 'Notiser', the: 'notiserna', summary: 'Det som är nytt, samlat.' },
    },
    features: {
      edit: 'Ändra meddelanden',
      delete: 'Ta bort meddelanden',
      replies: 'Svara på meddelanden',
      threads: 'Trådar',
      reactions: 'Reaktioner',
      typing: 'Se vem som skriver',
      search: 'Sökning',
      versions: 'Tidigare versioner',
      trash: 'Papperskorg',
      shares: 'Delning',
      locks: 'Låsa filer',
      readMarkers: 'Får veta vad som är läst',
      comment: 'Kommentarer',
      review: 'Ändringsförslag',
      convert: 'Omvandling till andra format',
      mention: 'Nämna personer i kommentarer',
    },
    records: {
      room: 'Rum',
      member: 'Medlemskap',
      message: 'Meddelanden',
      tombstone: 'Borttagna',
      reply: 'Svar',
      thread: 'Trådar',
      edit: 'Ändringar',
      reaction: 'Reaktioner',
      marker: 'Läsmarkeringar',
      folder: 'Mappar',
      file: 'Filer',
      place: 'Platser',
      version: 'Tidigare versioner',
      grant: 'Delningar',
      lock: 'Lås',
      trashed: 'I papperskorgen',
    },
    kinds: {
      room: ['rum', 'rum'],
      message: ['meddelande', 'meddelanden'],
      folder: ['mapp', 'mappar'],
      file: ['fil', 'filer'],
    },
  },
  en: {
    functions: {
      chat: { name: 'Chat', the: 'chat', summary: 'Written conversations: rooms, direct conversations and threads.' },
      video: { name: 'Video meetings', the: 'video meetings', summary: 'Meetings with picture and sound.' },
      office: { name: 'Editing', the: 'editing', summary: 'Documents that several people write in at once.' },
      documents: { name: 'Documents', the: 'documents', summary: 'Files and folders.' },
      calendar: { name: 'Calendar', the: 'the calendar', summary: 'Meetings, times and invitations.' },
      directory: { name: 'Directory', the: 'the directory', summary: 'People and groups.' },
      search: { name: 'Search', the: 'search', summary: 'Search in everything.' },
      notifications: { name: 'Notifications', the: 'notifications', summary: 'What is new, in one place.' },
    },
    features: {
      edit: 'Edit messages',
      delete: 'Delete messages',
      replies: 'Answer messages',
      threads: 'Threads',
      reactions: 'Reactions',
      typing: 'See who is writing',
      search: 'Search',
      versions: 'Earlier versions',
      trash: 'Trash',
      shares: 'Sharing',
      locks: 'Locking files',
      readMarkers: 'Is told what has been read',
      comment: 'Comments',
      review: 'Suggested changes',
      convert: 'Making files of other kinds',
      mention: 'Mentioning people in comments',
    },
    records: {
      room: 'Rooms',
      member: 'Memberships',
      message: 'Messages',
      tombstone: 'Deleted',
      reply: 'Answers',
      thread: 'Threads',
      edit: 'Edits',
      reaction: 'Reactions',
      marker: 'Read markers',
      folder: 'Folders',
      file: 'Files',
      place: 'Places',
      version: 'Earlier versions',
      grant: 'Shares',
      lock: 'Locks',
      trashed: 'In the trash',
    },
    kinds: {
      room: ['room', 'rooms'],
      message: ['message', 'messages'],
      folder: ['folder', 'folders'],
      file: ['file', 'files'],
    },
  },
});

/** What a function is called. */
export function functionName(capability: string): string {
  return words.value.functions[capability]?.name ?? capability;
}

/** What a function is called within a sentence: "the chat". */
export function theFunction(capability: string): string {
  return words.value.functions[capability]?.the ?? capability;
}

/** The same at the beginning of a sentence. */
export function functionFirst(capability: string): string {
  const name = theFunction(capability);
  return name.charAt(0).toLocaleUpperCase(language.value) + name.slice(1);
}

/** What a function is for; `given` is the contract's own word where we have none. */
export function functionSummary(capability: string, given: string): string {
  return words.value.functions[capability]?.summary ?? given;
}

/** What a feature lets people do. */
export function featureName(feature: string): string {
  return words.value.features[feature] ?? feature;
}

/** A kind of record, as a heading. */
export function recordName(type: string): string {
  return words.value.records[type] ?? type;
}

/** How much a provider holds, of what people count: "12 rooms, 3 412 messages". */
export function saysHowMuch(counts: Readonly<Record<string, number>>): string {
  return Object.entries(words.value.kinds)
    .filter(([type]) => counts[type] !== undefined)
    .map(
      ([type, [one, other]]) => `${numberOf(counts[type]!)} ${plural(language.value, counts[type]!, { one, other })}`,
    )
    .join(', ');
}

/** Features in an order that reads well: as we list them, others last. */
export function inOrder(features: Iterable<string>): readonly string[] {
  const known = Object.keys(words.value.features);
  const place = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  return [...features].toSorted((a, b) => place(a) - place(b) || a.localeCompare(b));
}
