import { html } from 'lit';
import { openDialog } from '../components/dialog.ts';
import { text, texts } from '../text/text.ts';

const words = texts({
  sv: {
    everywhere: 'Överallt',
    inMessage: 'På ett meddelande',
    writing: 'När du skriver',
    inFiles: 'Bland filer',
    list: {
      everywhere: [
        ['Ctrl K', 'Sök, gå till eller gör'],
        ['Ctrl J', 'Byt rum'],
        ['Ctrl Skift F', 'Sök i rummet'],
        ['Alt ↑ ↓', 'Föregående, nästa rum'],
        ['Alt Skift ↑ ↓', 'Föregående, nästa olästa'],
        ['C', 'Skriv'],
        ['M', 'Till meddelandena'],
        ['Esc', 'Stäng panelen'],
        ['?', 'De här kortkommandona'],
      ],
      inMessage: [
        ['↑ ↓', 'Föregående, nästa'],
        ['Enter', 'Åtgärder'],
        ['R', 'Svara'],
        ['T', 'Tråd'],
        ['+', 'Reagera'],
        ['E', 'Ändra'],
        ['L', 'Kopiera länk'],
        ['Del', 'Ta bort'],
      ],
      writing: [
        ['Enter', 'Skicka'],
        ['Skift Enter', 'Ny rad'],
        ['↑ i tomt fält', 'Ändra ditt senaste'],
        ['@', 'Nämn någon'],
        ['Ctrl B, I, E', 'Fet, kursiv, kod'],
        ['Esc', 'Avbryt; i tomt fält: till senaste meddelandet'],
      ],
      inFiles: [
        ['Pilar', 'Nästa, föregående; i två led bland rutor'],
        ['En bokstav', 'Till det som heter så'],
        ['Blanksteg', 'Markera'],
        ['Skift pilar', 'Markera flera'],
        ['Ctrl A', 'Markera alla'],
        ['Enter', 'Öppna'],
        ['F2', 'Byt namn'],
        ['Del', 'Ta bort det markerade'],
        ['← →', 'Föregående, nästa fil när en visas'],
      ],
    },
  },
  en: {
    everywhere: 'Everywhere',
    inMessage: 'On a message',
    writing: 'While writing',
    inFiles: 'Among files',
    list: {
      everywhere: [
        ['Ctrl K', 'Search, go to or do'],
        ['Ctrl J', 'Switch room'],
        ['Ctrl Shift F', 'Search the room'],
        ['Alt ↑ ↓', 'Previous, next room'],
        ['Alt Shift ↑ ↓', 'Previous, next unread'],
        ['C', 'Write'],
        ['M', 'To the messages'],
        ['Esc', 'Close the panel'],
        ['?', 'These shortcuts'],
      ],
      inMessage: [
        ['↑ ↓', 'Previous, next'],
        ['Enter', 'Actions'],
        ['R', 'Reply'],
        ['T', 'Thread'],
        ['+', 'React'],
        ['E', 'Edit'],
        ['L', 'Copy link'],
        ['Del', 'Delete'],
      ],
      writing: [
        ['Enter', 'Send'],
        ['Shift Enter', 'New line'],
        ['↑ in an empty field', 'Edit your last'],
        ['@', 'Mention someone'],
        ['Ctrl B, I, E', 'Bold, italic, code'],
        ['Esc', 'Cancel; in an empty field: to the last message'],
      ],
      inFiles: [
        ['Arrows', 'Next, previous; both ways among tiles'],
        ['A letter', 'To what is called so'],
        ['Space', 'Select'],
        ['Shift arrows', 'Select several'],
        ['Ctrl A', 'Select all'],
        ['Enter', 'Open'],
        ['F2', 'Rename'],
        ['Del', 'Delete what is selected'],
        ['← →', 'Previous, next file while one is shown'],
      ],
    },
  },
});

/** Lists the shortcuts. */
export function openShortcuts(): void {
  openDialog(text.value.keyboardShortcuts, (close) => {
    const { list } = words.value;
    return html`<div class="body shortcuts">
      <h2 tabindex="-1" autofocus>${text.value.keyboardShortcuts}</h2>
      ${(['everywhere', 'inMessage', 'writing', 'inFiles'] as const).map(
        (part) =>
          html`<h3>${words.value[part]}</h3>
            <dl>
              ${list[part].map(
                ([keys, what]) =>
                  html`<div>
                    <dt><kbd>${keys}</kbd></dt>
                    <dd>${what}</dd>
                  </div>`,
              )}
            </dl>`,
      )}
      <footer><button class="btn" @click=${close}>${text.value.close}</button></footer>
    </div>`;
  });
}
