import type { Shell } from '@valfri/sdk/ui';

const sv = {
  rights: 'Du kan läsa filen, men inte ändra den.',
  size: 'Filen är för lång för att redigeras här. Den visas bara.',
  binary: 'Filen innehåller ingen text.',
  loss: 'Filen visas bara: det här skulle gå förlorat när den sparas: {what}.',
  locked:
    'Det finns delar som inte kan ändras här och kanske inte visas som de är ({what}). De förblir som de är i filen; resten kan ändras.',
  merged: 'Någon annan sparade filen under tiden. Båda ändringarna är med.',
  changed: 'Filen ändrades på annat håll. Nu visas den nya versionen.',
  copied: 'Filen ändrades på annat håll. Det som skrevs här finns i ”{name}”.',
  refused: 'Din senaste ändring togs inte emot. Filen visas som den är nu.',
  close: 'Stäng',
  opening: 'Öppnar …',
  text: 'Filens text',
};
/** What may be in a document that the editor does not know. */
const losses = {
  sv: {
    footnotes: 'fotnoter',
    endnotes: 'slutnoter',
    drawings: 'bilder',
    textBoxes: 'textrutor',
    objects: 'inbäddade objekt',
    equations: 'formler',
    contentControls: 'innehållskontroller',
    fields: 'fält',
    comments: 'kommentarer',
    trackedChanges: 'spårade ändringar',
    links: 'länkar',
    bookmarks: 'bokmärken',
    symbols: 'symboler',
    ruby: 'ruby',
    inserts: 'infogade dokument',
    protection: 'skrivskydd',
    tables: 'tabeller',
    sections: 'avsnitt',
    text: 'text',
    order: 'ordningen',
  },
  en: {
    footnotes: 'footnotes',
    endnotes: 'endnotes',
    drawings: 'pictures',
    textBoxes: 'text boxes',
    objects: 'embedded objects',
    equations: 'equations',
    contentControls: 'content controls',
    fields: 'fields',
    comments: 'comments',
    trackedChanges: 'tracked changes',
    links: 'links',
    bookmarks: 'bookmarks',
    symbols: 'symbols',
    ruby: 'ruby',
    inserts: 'inserted documents',
    protection: 'protection',
    tables: 'tables',
    sections: 'sections',
    text: 'text',
    order: 'the order',
  },
};
const en: typeof sv = {
  rights: 'You can read the file, but not change it.',
  size: 'The file is too long to be edited here. It is shown only.',
  binary: 'There is no text in the file.',
  loss: 'The file is shown only: this would be lost when it is saved: {what}.',
  locked:
    'There are parts that cannot be changed here and may not look as they are ({what}). They stay as they are in the file; the rest can be changed.',
  merged: 'Somebody else saved the file meanwhile. Both changes are in it.',
  changed: 'The file was changed elsewhere. You see the new version now.',
  copied: 'The file was changed elsewhere. What was written here is in “{name}”.',
  refused: 'Your last change was not taken. You see the file as it is now.',
  close: 'Close',
  opening: 'Opening …',
  text: 'Text of the file',
};

/** What would be lost, in words. */
export function sayLosses({ language }: Shell, lost: readonly string[]): string {
  const words: Readonly<Record<string, string>> = losses[language];
  return lost.map((name) => words[name] ?? name).join(', ');
}

/** A text of the page's in the language that the person reads. */
export function say(shell: Shell, key: string, values: Readonly<Record<string, string>> = {}): string {
  const text = ({ sv, en }[shell.language] as Readonly<Record<string, string>>)[key] ?? '';
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
