import { defineManifest } from '@valfri/sdk';

const ADDRESS = String.raw`^https?://[^/\s]+(/[^\s?#]*)?$`;
const documentServer = {
  en: 'the document server whose address is in the settings',
  sv: 'dokumentservern vars adress står i inställningarna',
};

export const manifest = defineManifest({
  id: 'office-onlyoffice',
  version: '0.1.0',
  title: { en: 'ONLYOFFICE Docs', sv: 'ONLYOFFICE Docs' },
  description: {
    en: 'Text, sheets and slides on an ONLYOFFICE Docs server of your own.',
    sv: 'Text, kalkylblad och bildspel på en egen ONLYOFFICE Docs-server.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'office', major: 0 }],
  people: ['displayName'],
  network: {
    outbound: [{ setting: 'serverUrl' }],
    inbound: [
      {
        path: '/download',
        summary: {
          en: 'The document server, which reads a file that somebody has open. It shows a token of that session.',
          sv: 'Dokumentservern, som läser en fil som någon har öppen. Den visar en nyckel för just den sessionen.',
        },
      },
      {
        path: '/callback',
        summary: {
          en: 'The document server, which tells what became of a file. It shows the session’s token and signs what it says.',
          sv: 'Dokumentservern, som berättar vad som hänt med en fil. Den visar sessionens nyckel och signerar det den säger.',
        },
      },
    ],
  },
  ui: {
    directory: 'ui',
    pages: [
      {
        id: 'editor',
        title: { en: 'Editor', sv: 'Redigerare' },
        kind: 'vendor',
        path: 'editor.html',
        frames: [{ setting: 'serverUrl' }, { setting: 'publicUrl' }],
        scripts: [{ setting: 'serverUrl' }, { setting: 'publicUrl' }],
      },
    ],
  },
  data: [
    {
      class: { en: 'files that are open', sv: 'filer som är öppna' },
      where: { en: 'the document server, and its cache', sv: 'dokumentservern och dess mellanlager' },
      purpose: { en: 'several people write in them', sv: 'flera skriver i dem' },
      retention: {
        en: 'while they are open, and as long as the document server keeps its cache',
        sv: 'medan de är öppna, och så länge dokumentservern behåller sitt mellanlager',
      },
      leavesTo: documentServer,
    },
    {
      class: { en: 'names and pseudonyms of those who write', sv: 'namn och pseudonymer för dem som skriver' },
      where: { en: 'the document server', sv: 'dokumentservern' },
      purpose: {
        en: 'carets, comments and changes say whose they are',
        sv: 'markörer, kommentarer och ändringar visar vems de är',
      },
      retention: { en: 'as long as the file that they are in', sv: 'lika länge som filen de står i' },
      leavesTo: documentServer,
    },
    {
      class: { en: 'who has which file open', sv: 'vem som har vilken fil öppen' },
      where: {
        en: 'tables documents and sessions of the instance’s schema',
        sv: 'tabellerna documents och sessions i leverantörens schema i databasen',
      },
      purpose: { en: 'what is saved is saved by who wrote it', sv: 'det som sparas sparas av den som skrev' },
      retention: { en: '30 days after the file was closed', sv: '30 dagar efter att filen stängdes' },
    },
  ],
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['serverUrl', 'secret'],
    properties: {
      serverUrl: {
        type: 'string',
        pattern: ADDRESS,
        title: 'Address of the document server',
        'x-title': { en: 'Address of the document server', sv: 'Dokumentserverns adress' },
        'x-description': {
          en: 'As this host reaches it, for example https://docs.example.se.',
          sv: 'Så som den här servern når den, till exempel https://docs.example.se.',
        },
      },
      publicUrl: {
        type: 'string',
        pattern: ADDRESS,
        title: 'Its address for browsers',
        'x-title': { en: 'Its address for browsers', sv: 'Dess adress för webbläsare' },
        'x-description': {
          en: 'Where it is another one. Default: the same.',
          sv: 'Om den är en annan. Annars används samma adress.',
        },
      },
      hostUrl: {
        type: 'string',
        pattern: ADDRESS,
        title: 'This workspace’s address for the document server',
        'x-title': {
          en: 'This workspace’s address for the document server',
          sv: 'Arbetsytans adress för dokumentservern',
        },
        'x-description': {
          en: 'Where the document server does not reach the workspace under the address that people use.',
          sv: 'Om dokumentservern inte når arbetsytan på den adress som människor använder.',
        },
      },
      secret: {
        type: 'string',
        minLength: 32,
        writeOnly: true,
        title: 'Secret',
        'x-title': { en: 'Secret', sv: 'Hemlig nyckel' },
        'x-description': {
          en: 'JWT_SECRET of the document server; its three JWT checks must be on. At least 32 characters.',
          sv: 'JWT_SECRET i dokumentservern; dess tre JWT-kontroller måste vara på. Minst 32 tecken.',
        },
      },
    },
  },
});
