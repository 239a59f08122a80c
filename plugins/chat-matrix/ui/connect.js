import { connectToShell } from '/valfri-ui.js';

const texts = {
  sv: {
    file: 'Filen till hemservern',
    fileTodo:
      'Ge den till den som sköter hemservern, på ett säkert sätt. I Synapse anges den under app_service_config_files; sedan startas hemservern om.',
    label: 'Registrering för hemservern',
    show: 'Visa nycklarna',
    hide: 'Dölj nycklarna',
    copy: 'Kopiera filen',
    copied: 'Kopierad.',
    byHand: 'Det gick inte att kopiera. Texten är markerad: kopiera den med Ctrl+C.',
    failed: 'Det gick inte att hämta filen.',
    connection: 'Förbindelsen',
    again: 'Kontrollera igen',
    asking: 'Frågar hemservern …',
    well: () => 'Hemservern svarar och når arbetsytan.',
    away: ({ homeserver }) => `Ingen hemserver svarar på ${homeserver}.`,
    stranger: () => 'Hemservern svarar, men känner inte igen nycklarna. Lägg in filen där och starta om den.',
    unheard: ({ inbound }) => `Hemservern svarar, men når inte arbetsytan på ${inbound}.`,
  },
  en: {
    file: 'The file for the homeserver',
    fileTodo:
      'Hand it to whoever runs the homeserver, in a safe way. In Synapse it is named under app_service_config_files; then the homeserver is restarted.',
    label: 'Registration for the homeserver',
    show: 'Show the tokens',
    hide: 'Hide the tokens',
    copy: 'Copy the file',
    copied: 'Copied.',
    byHand: 'It could not be copied. The text is selected: copy it with Ctrl+C.',
    failed: 'The file could not be read.',
    connection: 'The connection',
    again: 'Check again',
    asking: 'Asking the homeserver …',
    well: () => 'The homeserver answers and reaches the workspace.',
    away: ({ homeserver }) => `No homeserver answers at ${homeserver}.`,
    stranger: () => 'The homeserver answers, but does not know the tokens. Put the file there and restart it.',
    unheard: ({ inbound }) => `The homeserver answers, but does not reach the workspace at ${inbound}.`,
  },
};

const part = (id) => document.getElementById(id);
const [file, tokens, copy, said, healthLine, detail, again] = [
  ...['registration', 'tokens', 'copy', 'said', 'health', 'detail', 'again'].map(part),
];
const shell = await connectToShell();
let shown = false;
let note = '';
let health;

/** Draws everything in the language that the shell speaks now. */
function draw() {
  const words = texts[shell.language];
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = words[element.dataset.text];
  file.setAttribute('aria-label', words.label);
  tokens.textContent = shown ? words.hide : words.show;
  copy.hidden = !shown;
  said.textContent = note && words[note];
  healthLine.textContent = health ? words[health.state](health) : words.asking;
  if (health) healthLine.dataset.well = String(health.state === 'well');
  else delete healthLine.dataset.well;
  detail.textContent = health?.detail ?? '';
  detail.hidden = !health?.detail;
  document.querySelector('main').hidden = false;
}

async function showFile(withTokens) {
  try {
    file.value = await shell.ask('registration', { tokens: withTokens });
    [shown, note] = [withTokens, ''];
  } catch {
    note = 'failed';
  }
  draw();
}

async function check() {
  health = undefined;
  draw();
  health = await shell.ask('health').catch((error) => ({ state: 'away', homeserver: '', detail: error.message }));
  draw();
}

tokens.addEventListener('click', () => showFile(!shown));
again.addEventListener('click', check);
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(file.value);
    note = 'copied';
  } catch {
    // Without an origin there is often no clipboard.
    file.focus();
    file.select();
    note = 'byHand';
  }
  draw();
});
shell.addEventListener('change', draw);
new ResizeObserver(() => shell.resize(document.documentElement.offsetHeight)).observe(document.documentElement);
draw();
await Promise.all([showFile(false), check()]);
