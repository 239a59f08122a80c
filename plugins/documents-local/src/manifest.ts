import { defineManifest } from '@valfri/sdk';

export const manifest = defineManifest({
  id: 'documents-local',
  version: '0.1.0',
  title: { en: 'Built-in documents', sv: 'Inbyggda dokument' },
  description: {
    en: 'Files on this server’s own disk. Nothing else to install.',
    sv: 'Filer på den här serverns egen disk. Inget annat att installera.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'documents', major: 0 }],
  files: true,
  data: [
    {
      class: { en: 'what files hold', sv: 'filernas innehåll' },
      where: { en: 'the folder “content” of the instance', sv: 'leverantörens mapp ”content”' },
      purpose: { en: 'files of people and groups', sv: 'personers och gruppers filer' },
      retention: {
        en: 'until the file is deleted for good, or the instance is emptied',
        sv: 'tills filen tas bort för gott, eller leverantörens innehåll raderas',
      },
    },
    {
      class: {
        en: 'names, folders, versions, who was given what, who has locked what',
        sv: 'namn, mappar, versioner, vem som har fått vad, vem som har låst vad',
      },
      where: {
        en: 'tables nodes, versions, grants and locks of the instance’s schema',
        sv: 'tabellerna nodes, versions, grants och locks i leverantörens schema i databasen',
      },
      purpose: { en: 'files of people and groups', sv: 'personers och gruppers filer' },
      retention: {
        en: 'until deleted for good; that something was there is kept without its name',
        sv: 'tills de tas bort för gott; att något har funnits behålls, utan namn',
      },
    },
  ],
});
