import { html } from 'lit';
import { closeMenu, openMenu } from '../../components/menu.ts';
import { tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';

/** Lets the reader choose an emoji beside an element. The list of all of them is fetched when it is first wanted. */
export async function openEmojiPicker(anchor: HTMLElement, choose: (emoji: string) => void): Promise<void> {
  try {
    await import('./emoji-picker.ts');
  } catch {
    return tell(text.value.errorOffline, { kind: 'bad' });
  }
  const chosen = (event: CustomEvent<string>) => {
    closeMenu();
    choose(event.detail);
  };
  openMenu({
    anchor,
    label: text.value.emoji,
    content: () => html`<vf-emoji-picker @vf-emoji=${chosen}></vf-emoji-picker>`,
  });
}
