import { defineManifest } from '@valfri/sdk';

const chatData = {
  en: 'messages, rooms, memberships, reactions',
  sv: 'meddelanden, rum, medlemskap, reaktioner',
};
const homeserver = {
  en: 'the homeserver whose address is in the settings',
  sv: 'Matrixservern vars adress står i inställningarna',
};

export const manifest = defineManifest({
  id: 'chat-matrix',
  version: '0.1.0',
  title: { en: 'Matrix', sv: 'Matrix' },
  description: {
    en: 'Messages on a Matrix homeserver of your own, as one of its application services.',
    sv: 'Meddelanden på en egen Matrixserver. Anslutningen är en så kallad application service.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'chat', major: 0 }],
  network: {
    outbound: [{ setting: 'homeserverUrl' }],
    inbound: [
      {
        path: '/_matrix/app',
        summary: {
          en: 'The homeserver, which hands over what happened. It shows the hs_token of the settings.',
          sv: 'Matrixservern, som lämnar över det som har hänt. Den visar hs_token ur inställningarna.',
        },
      },
    ],
  },
  ui: {
    directory: 'ui',
    pages: [
      {
        id: 'connect',
        title: { en: 'Connect a homeserver', sv: 'Anslut en hemserver' },
        audience: 'operator',
        path: 'connect.html',
      },
    ],
  },
  data: [
    {
      class: chatData,
      where: {
        en: 'rooms of the homeserver that this instance made',
        sv: 'de rum på Matrixservern som leverantören har skapat',
      },
      purpose: { en: 'written conversations', sv: 'skrivna samtal' },
      retention: {
        en: 'until deleted by their authors, or the homeserver purges the room',
        sv: 'tills författaren tar bort det, eller Matrixservern rensar rummet',
      },
      leavesTo: homeserver,
    },
    {
      class: chatData,
      where: {
        en: 'tables rooms, members, messages and reactions of the instance’s schema',
        sv: 'tabellerna rooms, members, messages och reactions i leverantörens schema i databasen',
      },
      purpose: {
        en: 'history and search that cost the same whichever product serves',
        sv: 'historik och sökning som är lika snabba vilken produkt som än används',
      },
      retention: { en: 'as on the homeserver', sv: 'lika länge som på Matrixservern' },
    },
    {
      class: {
        en: 'pseudonyms of people, as local parts of Matrix ids',
        sv: 'pseudonymer för personer, som första delen av deras Matrix-id',
      },
      where: { en: 'accounts of the homeserver', sv: 'konton på Matrixservern' },
      purpose: {
        en: 'who wrote what, without saying who that is',
        sv: 'visar vem som skrev vad, utan att säga vem det är',
      },
      retention: {
        en: 'until the homeserver’s administrator removes the account',
        sv: 'tills den som sköter Matrixservern tar bort kontot',
      },
      leavesTo: homeserver,
    },
  ],
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['homeserverUrl', 'serverName', 'asToken', 'hsToken'],
    properties: {
      homeserverUrl: {
        type: 'string',
        pattern: '^https?://[^/]+/?$',
        title: 'Address of the homeserver',
        'x-title': { en: 'Address of the homeserver', sv: 'Matrixserverns adress' },
        'x-description': {
          en: 'For example https://matrix.example.se, without a path.',
          sv: 'Till exempel https://matrix.example.se, utan sökväg.',
        },
      },
      serverName: {
        type: 'string',
        minLength: 1,
        title: 'Server name',
        'x-title': { en: 'Server name', sv: 'Servernamn' },
        'x-description': {
          en: 'What follows the colon in its user ids, for example example.se.',
          sv: 'Det som står efter kolonet i serverns användar-id, till exempel example.se.',
        },
      },
      asToken: {
        type: 'string',
        minLength: 16,
        writeOnly: true,
        title: 'as_token of the registration',
        'x-title': { en: 'as_token of the registration', sv: 'as_token ur registreringen' },
        'x-description': {
          en: 'With it Valfri shows the homeserver who calls. At least 16 characters.',
          sv: 'Med den visar Valfri för Matrixservern vem som anropar. Minst 16 tecken.',
        },
      },
      hsToken: {
        type: 'string',
        minLength: 16,
        writeOnly: true,
        title: 'hs_token of the registration',
        'x-title': { en: 'hs_token of the registration', sv: 'hs_token ur registreringen' },
        'x-description': {
          en: 'With it the homeserver shows Valfri who calls. At least 16 characters.',
          sv: 'Med den visar Matrixservern för Valfri vem som anropar. Minst 16 tecken.',
        },
      },
      registration: {
        type: 'string',
        default: 'valfri',
        title: 'Name of the registration',
        'x-title': { en: 'Name of the registration', sv: 'Registreringens namn' },
        'x-description': {
          en: 'What stands after id in the registration file.',
          sv: 'Det som står efter id i registreringsfilen.',
        },
      },
      prefix: {
        type: 'string',
        default: 'valfri_',
        pattern: '^[a-z0-9_.-]+$',
        title: 'How its account names begin',
        'x-title': { en: 'How its account names begin', sv: 'Så börjar namnen på dess konton' },
        'x-description': {
          en: 'Lower-case letters a–z, digits and _ . - only. Must agree with the registration file.',
          sv: 'Bara små bokstäver a–z, siffror och _ . -. Måste stämma med registreringsfilen.',
        },
      },
    },
  },
});
