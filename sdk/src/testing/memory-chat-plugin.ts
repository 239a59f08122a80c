import { defineManifest, definePlugin, type Plugin } from '../plugin/plugin.ts';
import { MemoryChat, type MemoryChatOptions } from '../server/memory-chat.ts';

const manifest = defineManifest({
  id: 'chat-memory',
  version: '0.1.0',
  title: { en: 'Chat in memory', sv: 'Chatt i minnet' },
  description: {
    en: 'Forgets everything when it stops. For trying things out.',
    sv: 'Glömmer allt när den stoppas. För att prova saker.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'chat', major: 0 }],
});

/** The reference provider of chat as a plugin, without some features where a test wants that. */
export function memoryChatPlugin({ without = [] }: Pick<MemoryChatOptions, 'without'> = {}): Plugin {
  return definePlugin({
    manifest,
    server: {
      start({ events }) {
        const announce: MemoryChatOptions['announce'] = async (announcements) => {
          const kept = announcements.filter(({ type }) => type !== 'typing');
          for (const announcement of announcements) if (announcement.type === 'typing') events.signal(announcement);
          if (kept.length > 0) await events.announce(kept);
        };
        const { provider } = new MemoryChat({ announce, without });
        return { providers: { chat: provider } };
      },
    },
  });
}
