import { defineManifest } from '@valfri/sdk';

export const manifest = defineManifest({
  id: 'chat-matrix',
  version: '0.1.0',
  title: { en: 'Matrix', sv: 'Matrix' },
  description: {
    en: 'Messages on a Matrix homeserver of your own, as one of its application services.',
    sv: 'Meddelanden på en egen Matrixserver, som en av dess application services.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'chat', major: 0 }],
  network: {
    outbound: [{ setting: 'homeserverUrl' }],
    inbound: [
      {
        path: '/_matrix/app',
        summary: 'The homeserver, which hands over what happened. It shows the hsToken of the settings.',
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
      class: 'messages, rooms, memberships, reactions',
      where: 'rooms of the homeserver that this instance made',
      purpose: 'written conversations',
      retention: 'until deleted by their authors, or the homeserver purges the room',
      leavesTo: 'the homeserver in the setting homeserverUrl',
    },
    {
      class: 'messages, rooms, memberships, reactions',
      where: 'tables rooms, members, messages and reactions of the instance’s schema',
      purpose: 'history and search that cost the same whichever product serves',
      retention: 'as on the homeserver',
    },
    {
      class: 'pseudonyms of people, as local parts of Matrix ids',
      where: 'accounts of the homeserver',
      purpose: 'who wrote what, without saying who that is',
      retention: 'until the homeserver’s administrator removes the account',
      leavesTo: 'the homeserver in the setting homeserverUrl',
    },
  ],
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['homeserverUrl', 'serverName', 'asToken', 'hsToken'],
    properties: {
      homeserverUrl: { type: 'string', pattern: '^https?://[^/]+/?$', title: 'Address of the homeserver' },
      serverName: { type: 'string', minLength: 1, title: 'What follows the colon in its user ids' },
      asToken: { type: 'string', minLength: 16, writeOnly: true, title: 'as_token of the registration' },
      hsToken: { type: 'string', minLength: 16, writeOnly: true, title: 'hs_token of the registration' },
      registration: { type: 'string', default: 'valfri', title: 'id of the registration' },
      prefix: {
        type: 'string',
        default: 'valfri_',
        pattern: '^[a-z0-9_.-]+$',
        title: 'How local parts of its accounts begin',
      },
    },
  },
});
