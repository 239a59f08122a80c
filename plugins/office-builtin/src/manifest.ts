import { defineManifest } from '@valfri/sdk';

export const manifest = defineManifest({
  id: 'office-builtin',
  version: '0.1.0',
  title: { en: 'Built-in editors', sv: 'Inbyggda redigerare' },
  description: {
    en: 'Text, Markdown and word processing in the browser, several people at once. Nothing else to install.',
    sv: 'Text, Markdown och ordbehandling i webbläsaren, flera personer samtidigt. Inget annat att installera.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'office', major: 0 }],
  people: ['displayName'],
  ui: {
    directory: 'dist/ui',
    pages: [
      { id: 'text', title: { en: 'Text', sv: 'Text' }, kind: 'editor', inlineStyles: true, path: 'text.html' },
      { id: 'docx', title: { en: 'Document', sv: 'Dokument' }, kind: 'editor', inlineStyles: true, path: 'docx.html' },
    ],
  },
  data: [
    {
      class: { en: 'what is being written', sv: 'det som skrivs' },
      where: {
        en: 'tables files and changes of the instance’s schema',
        sv: 'tabellerna files och changes i leverantörens schema i databasen',
      },
      purpose: {
        en: 'that nothing is lost before the file is saved',
        sv: 'att inget går förlorat innan filen är sparad',
      },
      retention: {
        en: 'a week after the file was last open; what could not be saved, until it is',
        sv: 'en vecka efter att filen senast var öppen; det som inte har kunnat sparas, tills det är sparat',
      },
    },
    {
      class: { en: 'who has which file open', sv: 'vem som har vilken fil öppen' },
      where: {
        en: 'table sessions of the instance’s schema',
        sv: 'tabellen sessions i leverantörens schema i databasen',
      },
      purpose: { en: 'saving after the last one has left', sv: 'att spara efter att den sista har stängt' },
      retention: { en: 'two days', sv: 'två dygn' },
    },
  ],
});
