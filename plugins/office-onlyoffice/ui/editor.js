import { connectToShell } from '/valfri-ui.js';

const texts = {
  sv: {
    away: 'Redigeraren kunde inte laddas. Dokumentservern svarar inte. Försök igen om en stund.',
    failed: 'Redigeraren fick ett fel. Det som skrevs finns kvar hos dokumentservern. Öppna filen igen.',
    outdated: 'Filen har ändrats på annat håll. Öppna den igen.',
    copied: (name) => `Sparad som ”${name}” bredvid filen.`,
  },
  en: {
    away: 'The editor could not be loaded. The document server does not answer. Try again in a moment.',
    failed: 'The editor failed. What was written is with the document server. Open the file again.',
    outdated: 'The file was changed elsewhere. Open it again.',
    copied: (name) => `Saved as “${name}” beside the file.`,
  },
};

const shell = await connectToShell();
const { data } = shell.opened;
const questions = new Map();
let asked = 0;
let editor;

const words = () => texts[shell.language];

/** Says in the frame what keeps the editor from being there. */
function say(what) {
  const note = document.getElementById('note');
  note.textContent = words()[what];
  note.hidden = false;
  document.getElementById('editor').hidden = true;
  shell.tell({ saved: 'failed', note: words()[what] });
}

/** Asks the server half over the channel. */
function ask(question) {
  const id = ++asked;
  return new Promise((resolve, reject) => {
    questions.set(id, { resolve, reject });
    shell.send(new TextEncoder().encode(JSON.stringify({ id, ...question })));
  });
}

shell.addEventListener('message', ({ data: bytes }) => {
  const { id, code, message, data: answer } = JSON.parse(new TextDecoder().decode(bytes));
  const question = questions.get(id);
  questions.delete(id);
  if (code === undefined) question?.resolve(answer);
  else question?.reject(new Error(message));
});

shell.addEventListener('renamed', ({ detail }) => editor?.setTitle?.(detail));

const failed = (error) => editor?.showMessage?.(error.message);

/** @see https://api.onlyoffice.com/docs/docs-api/usage-api/config/events/ */
const events = {
  onDocumentReady: () => shell.tell({ saved: 'saved' }),
  onDocumentStateChange: ({ data: changed }) => shell.tell({ saved: changed ? 'unsaved' : 'kept' }),
  onError: () => shell.tell({ saved: 'failed', note: words().failed }),
  onOutdatedVersion: () => say('outdated'),
  onRequestClose: () => shell.leave(),
  onRequestUsers: ({ data: wish }) =>
    ask({ ask: 'users' }).then((users) => editor.setUsers({ c: wish?.c ?? 'mention', users }), failed),
  onRequestSendNotify: ({ data: { emails, message } }) =>
    ask({ ask: 'mention', users: emails.map((email) => email.split('@')[0]), text: message.slice(0, 1000) }).catch(
      failed,
    ),
  onRequestSaveAs: ({ data: { url, title } }) =>
    ask({ ask: 'saveAs', url, name: title }).then(({ name }) => editor.showMessage(words().copied(name)), failed),
};
if (shell.opened.action === 'edit')
  events.onRequestRename = ({ data: name }) => ask({ ask: 'rename', name }).catch(failed);

const script = document.createElement('script');
script.addEventListener('error', () => say('away'));
script.addEventListener('load', () => {
  if (!globalThis.DocsAPI) return say('away');
  editor = new globalThis.DocsAPI.DocEditor('editor', { ...data.config, events });
});
script.src = data.script;
shell.openChannel();
document.head.append(script);
