import { defineManifest } from '@valfri/sdk';

export const manifest = defineManifest({
  id: 'chat-postgres',
  version: '0.1.0',
  title: { en: 'Built-in chat', sv: 'Inbyggd chatt' },
  description: {
    en: 'Messages in this server’s own database. Nothing else to install.',
    sv: 'Meddelanden i den här serverns egen databas. Inget annat att installera.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'chat', major: 0 }],
  data: [
    {
      class: {
        en: 'messages, rooms, memberships, reactions',
        sv: 'meddelanden, rum, medlemskap, reaktioner',
      },
      where: {
        en: 'tables rooms, members, messages and reactions of the instance’s schema',
        sv: 'tabellerna rooms, members, messages och reactions i leverantörens schema i databasen',
      },
      purpose: { en: 'written conversations', sv: 'skrivna samtal' },
      retention: {
        en: 'until deleted by their authors, or the instance is emptied',
        sv: 'tills författaren tar bort det, eller leverantörens innehåll raderas',
      },
    },
  ],
});
