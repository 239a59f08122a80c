import { connectToShell } from '/valfri-ui.js';

const texts = {
  sv: {
    frame: 'Dokumentet',
    failed: 'Redigeraren kunde inte öppna dokumentet.',
    unsaved: 'Redigeraren kunde inte spara. Det du har skrivit finns kvar där.',
    ended: 'Redigeraren har stängt dokumentet. Öppna det igen.',
  },
  en: {
    frame: 'The document',
    failed: 'The editor could not open the document.',
    unsaved: 'The editor could not save. What you wrote is still there.',
    ended: 'The editor has closed the document. Open it again.',
  },
};

/** How long the client has to save, and the channel to open, in milliseconds. */
const SAVING = 7_000;
const CHANNEL = 5_000;

const shell = await connectToShell();
const [door, office, said] = ['door', 'office', 'said'].map((id) => document.getElementById(id));
const { url, token, expiresAt } = shell.opened.data;
const client = new URL(url).origin;
/** Whether the client listens, whether it holds what is in no file, and whom its next answer is for. */
let ready = false;
let modified = false;
let shown = false;
const waiting = new Set();

/** Shows the client: it is handed the token in a form, so that it stands in no address. */
function show() {
  if (shown) return;
  shown = true;
  door.action = url;
  door.elements.access_token.value = token;
  door.elements.access_token_ttl.value = String(expiresAt);
  door.submit();
}

function post(MessageId, Values = {}) {
  office.contentWindow.postMessage(JSON.stringify({ MessageId, SendTime: Date.now(), Values }), client);
}

function send(message) {
  shell.send(new TextEncoder().encode(JSON.stringify(message)));
}

function tell(saved, note) {
  said.textContent = note ? texts[shell.language][note] : '';
  shell.tell(note ? { saved, note: said.textContent } : { saved });
}

/** Has the client save. Settles with whether the file has everything. */
function save() {
  if (!ready) return Promise.resolve(false);
  if (modified) tell('saving');
  post('Action_Save', { DontTerminateEdit: true, DontSaveIfUnmodified: true, Notify: true });
  return new Promise((resolve) => {
    waiting.add(resolve);
    setTimeout(() => resolve(false), SAVING);
  });
}

const heard = {
  App_LoadingStatus({ Status }) {
    if (Status === 'Failed') return tell('failed', 'failed');
    if (Status !== 'Frame_Ready' && Status !== 'Document_Loaded' && Status !== 'Initialized') return;
    post('Host_PostmessageReady');
    ready = true;
    if (Status === 'Document_Loaded') tell('saved');
  },
  Doc_ModifiedStatus({ Modified }) {
    modified = Modified === true;
    tell(modified ? 'kept' : 'saved');
  },
  Action_Save_Resp({ success, result }) {
    const saved = success === true || result === 'unmodified';
    if (saved) modified = false;
    if (saved) tell('saved');
    else tell('failed', 'unsaved');
    for (const settle of waiting) settle(saved);
    waiting.clear();
  },
  Session_Closed: () => tell('failed', 'ended'),
  UI_Close: () => shell.leave(),
};

/** What the client says; only it, in its own window, and only what is known here. */
addEventListener('message', ({ source, origin, data }) => {
  if (source !== office.contentWindow || origin !== client) return;
  const message = read(data);
  if (!message || !Object.hasOwn(heard, message.MessageId)) return;
  const values = message.Values;
  heard[message.MessageId](typeof values === 'object' && values !== null ? values : {});
});

function read(data) {
  try {
    const message = typeof data === 'string' ? JSON.parse(data) : data;
    return typeof message === 'object' && message !== null && typeof message.MessageId === 'string'
      ? message
      : undefined;
  } catch {
    return undefined;
  }
}

shell.addEventListener('channel', () => {
  if (shell.channelOpen) send({ kind: 'here', origin: location.origin });
});
shell.addEventListener('message', ({ data }) => {
  const { kind, id } = JSON.parse(new TextDecoder().decode(data));
  if (kind === 'go') show();
  if (kind === 'save') void save().then((saved) => send({ kind: 'saved', id, saved }));
});
shell.addEventListener('command', ({ detail }) => {
  if (detail === 'save') void save();
  if (detail === 'print') post('Action_Print');
  if (detail !== 'focus') return;
  office.focus();
  post('Grab_Focus');
});
addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
  event.preventDefault();
  void save();
});

function name() {
  office.title = texts[shell.language].frame;
}
shell.addEventListener('change', name);
name();
shell.openChannel();
// Without the channel the client can be used, only not be told to save.
setTimeout(show, CHANNEL);
