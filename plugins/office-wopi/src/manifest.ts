import { defineManifest } from '@valfri/sdk';

const client = {
  en: 'the WOPI client whose address is in the settings',
  sv: 'den WOPI-klient vars adress står i inställningarna',
};
const sessionsEnd = {
  en: 'until the session is over, at most ten hours',
  sv: 'tills redigeringen är över, högst tio timmar',
};

export const manifest = defineManifest({
  id: 'office-wopi',
  version: '0.1.0',
  title: { en: 'WOPI', sv: 'WOPI' },
  description: {
    en: 'Office files in a server of your own that speaks WOPI, such as Collabora Online.',
    sv: 'Kontorsdokument i en egen server som talar WOPI, till exempel Collabora Online.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'office', major: 0 }],
  network: {
    outbound: [{ setting: 'clientUrl' }],
    inbound: [
      {
        path: '/wopi',
        largest: 512,
        summary: {
          en: 'The WOPI client, which reads and saves the files that are open. It shows the token of one session, and signs with its proof key.',
          sv: 'WOPI-klienten, som läser och sparar de filer som är öppna. Den visar en nyckel för den som redigerar, och signerar med sin proof key.',
        },
      },
    ],
  },
  people: ['displayName'],
  ui: {
    directory: 'ui',
    pages: [
      {
        id: 'editor',
        title: { en: 'Document', sv: 'Dokument' },
        kind: 'vendor',
        frames: [{ setting: 'clientUrl' }, { setting: 'publicUrl' }],
        path: 'editor.html',
      },
    ],
  },
  data: [
    {
      class: { en: 'what is in the files that are open', sv: 'innehållet i de filer som är öppna' },
      where: { en: 'the WOPI client’s memory and cache', sv: 'WOPI-klientens minne och cache' },
      purpose: { en: 'editing together', sv: 'gemensam redigering' },
      retention: { en: 'until the last one has closed the file', sv: 'tills den sista har stängt filen' },
      leavesTo: client,
    },
    {
      class: {
        en: 'display names and pseudonyms of those who have a file open',
        sv: 'namn och pseudonymer för dem som har en fil öppen',
      },
      where: { en: 'the WOPI client, and the files that it writes', sv: 'WOPI-klienten, och de filer som den skriver' },
      purpose: {
        en: 'who writes what, in the editor and in comments',
        sv: 'vem som skriver vad, i texten och i kommentarer',
      },
      retention: { en: 'as long as the file', sv: 'lika länge som filen' },
      leavesTo: client,
    },
    {
      class: { en: 'who has which file open', sv: 'vem som har vilken fil öppen' },
      where: {
        en: 'tables tokens, pages, locks and beside of the instance’s schema; tokens as hashes',
        sv: 'tabellerna tokens, pages, locks och beside i leverantörens schema i databasen; nycklarna som hashar',
      },
      purpose: { en: 'whether the WOPI client may have the file', sv: 'om WOPI-klienten får nå filen' },
      retention: sessionsEnd,
    },
    {
      class: { en: 'the editor’s own settings of a person', sv: 'en persons inställningar i redigeraren' },
      where: {
        en: 'table user_info of the instance’s schema',
        sv: 'tabellen user_info i leverantörens schema i databasen',
      },
      purpose: { en: 'what the WOPI client asks to remember', sv: 'sådant som WOPI-klienten vill komma ihåg' },
      retention: { en: 'until the instance is emptied', sv: 'tills leverantörens innehåll raderas' },
    },
  ],
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['clientUrl'],
    properties: {
      clientUrl: {
        type: 'string',
        pattern: '^https?://[^/]+/?$',
        title: 'Address of the WOPI client',
        'x-title': { en: 'Address of the WOPI client', sv: 'WOPI-klientens adress' },
        'x-description': {
          en: 'As the workspace reaches it, for example https://office.example.se, without a path.',
          sv: 'Så som arbetsytan når den, till exempel https://office.example.se, utan sökväg.',
        },
      },
      publicUrl: {
        type: 'string',
        pattern: '^https?://[^/]+/?$',
        title: 'Its address in browsers',
        'x-title': { en: 'Its address in browsers', sv: 'Dess adress i webbläsare' },
        'x-description': {
          en: 'Only where browsers reach the WOPI client by another address than the workspace does.',
          sv: 'Bara om webbläsare når WOPI-klienten på en annan adress än arbetsytan.',
        },
      },
      hostUrl: {
        type: 'string',
        pattern: '^https?://[^/]+/?$',
        title: 'The workspace’s address for the WOPI client',
        'x-title': { en: 'The workspace’s address for the WOPI client', sv: 'Arbetsytans adress för WOPI-klienten' },
        'x-description': {
          en: 'Only where the WOPI client reaches the workspace by another address than browsers do.',
          sv: 'Bara om WOPI-klienten når arbetsytan på en annan adress än webbläsare.',
        },
      },
      proof: {
        type: 'string',
        enum: ['auto', 'off'],
        default: 'auto',
        title: 'Check of signatures',
        'x-title': { en: 'Check of signatures', sv: 'Kontroll av signaturer' },
        'x-description': {
          en: '“auto” checks them where the WOPI client publishes a proof key; “off” only where something between the two changes addresses.',
          sv: '”auto” kontrollerar dem när WOPI-klienten publicerar en proof key; ”off” bara om något däremellan ändrar adresser.',
        },
      },
      commenting: {
        type: 'boolean',
        default: false,
        title: 'Comments without the right to write',
        'x-title': { en: 'Comments without the right to write', sv: 'Kommentarer utan rätt att skriva' },
        'x-description': {
          en: 'Only where the WOPI client respects UserCanOnlyComment. Else who may comment could write all.',
          sv: 'Bara om WOPI-klienten följer UserCanOnlyComment. Annars kan den som får kommentera skriva allt.',
        },
      },
    },
  },
});
