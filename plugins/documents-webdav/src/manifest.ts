import { defineManifest } from '@valfri/sdk';

const server = {
  en: 'the WebDAV server whose address is in the settings',
  sv: 'den WebDAV-server vars adress står i inställningarna',
};

export const manifest = defineManifest({
  id: 'documents-webdav',
  version: '0.1.0',
  title: { en: 'WebDAV', sv: 'WebDAV' },
  description: {
    en: 'Files on a WebDAV server of your own, as ordinary files in ordinary folders.',
    sv: 'Filer på en egen WebDAV-server, som vanliga filer i vanliga mappar.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'documents', major: 0 }],
  network: { outbound: [{ setting: 'url' }] },
  people: ['displayName'],
  data: [
    {
      class: {
        en: 'files and folders with their names; the names of people, as names of their home folders',
        sv: 'filer och mappar med sina namn; personers namn, som namn på deras hemmappar',
      },
      where: { en: 'the folder of the settings', sv: 'den mapp som står i inställningarna' },
      purpose: { en: 'files of people and groups', sv: 'personers och gruppers filer' },
      retention: {
        en: 'until the file is deleted, here or on the server',
        sv: 'tills filen tas bort, här eller på servern',
      },
      leavesTo: server,
    },
    {
      class: {
        en: 'what files hold, held before, and held when they were deleted',
        sv: 'vad filer innehåller, har innehållit och innehöll när de togs bort',
      },
      where: { en: 'the folder .valfri in it', sv: 'mappen .valfri i den' },
      purpose: { en: 'earlier versions and the trash', sv: 'tidigare versioner och papperskorgen' },
      retention: {
        en: 'until the file is deleted for good, or the instance is emptied',
        sv: 'tills filen tas bort för gott, eller leverantörens innehåll raderas',
      },
      leavesTo: server,
    },
    {
      class: {
        en: 'names, folders, versions, who was given what',
        sv: 'namn, mappar, versioner, vem som har fått vad',
      },
      where: {
        en: 'tables nodes, versions, grants and placements of the instance’s schema',
        sv: 'tabellerna nodes, versions, grants och placements i leverantörens schema i databasen',
      },
      purpose: { en: 'files of people and groups', sv: 'personers och gruppers filer' },
      retention: {
        en: 'until deleted for good; that something was there is kept without its name',
        sv: 'tills de tas bort för gott; att något har funnits behålls, utan namn',
      },
    },
  ],
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['url', 'username', 'password'],
    properties: {
      url: {
        type: 'string',
        pattern: '^https?://[^?#@]+$',
        title: 'Address of the folder',
        'x-title': { en: 'Address of the folder', sv: 'Mappens adress' },
        'x-description': {
          en: 'A folder for Valfri alone, for example https://files.example.se/dav/valfri. It is made where the one above it is there.',
          sv: 'En mapp för enbart Valfri, till exempel https://filer.example.se/dav/valfri. Den skapas om mappen ovanför finns.',
        },
      },
      username: {
        type: 'string',
        minLength: 1,
        title: 'User name',
        'x-title': { en: 'User name', sv: 'Användarnamn' },
        'x-description': {
          en: 'Of an account on the server for Valfri alone.',
          sv: 'För ett konto på servern som bara Valfri använder.',
        },
      },
      password: {
        type: 'string',
        minLength: 1,
        writeOnly: true,
        title: 'Password',
        'x-title': { en: 'Password', sv: 'Lösenord' },
        'x-description': {
          en: 'Where the server has such: a password for this use alone.',
          sv: 'Helst ett applösenord, om servern har sådana.',
        },
      },
      pollSeconds: {
        type: 'integer',
        minimum: 1,
        maximum: 86_400,
        default: 60,
        title: 'How often changes are looked for, in seconds',
        'x-title': {
          en: 'How often changes are looked for, in seconds',
          sv: 'Hur ofta ändringar eftersöks, i sekunder',
        },
        'x-description': {
          en: 'Changes by others on the server. At most a tenth of the time goes to it, so large trees are looked through less often.',
          sv: 'Ändringar av andra på servern. Högst en tiondel av tiden går åt, så stora mappträd gås igenom mer sällan.',
        },
      },
    },
  },
});
