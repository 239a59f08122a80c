import { newId } from '@valfri/core/ids';
import type { DocumentNode, Message } from '@valfri/sdk';
import { openMenu } from '../../components/menu.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { homeFolder } from '../../state/files/actions.ts';
import { letThemRead, withoutAccess } from '../../state/files/members-access.ts';
import { sendFiles, type Upload, uploads, dismissUpload } from '../../state/files/uploads.ts';
import { tell } from '../../state/notices.ts';
import { texts } from '../../text/text.ts';
import { openFilePicker } from './file-picker.ts';

const words = texts({
  sv: {
    menu: 'Bifoga',
    upload: 'Ladda upp en fil',
    choose: 'Välj bland dina filer',
    folder: 'Bifogat i chatten',
    uploading: (name: string) => `Laddar upp ${name} …`,
    failed: (name: string) => `${name} laddades inte upp.`,
  },
  en: {
    menu: 'Attach',
    upload: 'Upload a file',
    choose: 'Choose from your files',
    folder: 'Attached in chat',
    uploading: (name: string) => `Uploading ${name} …`,
    failed: (name: string) => `${name} was not uploaded.`,
  },
});

type Attachments = Message['attachments'];
type Take = (found: Attachments) => void;

/** A file as a message links to it. */
function attachmentOf({ id, name, version }: DocumentNode): Attachments[number] {
  const mediaType = version ? { mediaType: version.mediaType } : {};
  return { urn: `urn:valfri:documents:${id}`, title: name.slice(0, 200), ...mediaType };
}

/** Opens the ways in which a file comes into a message. */
export function openAttachMenu(anchor: HTMLElement, take: Take): void {
  const room = anchor.closest<HTMLElement & { room: string }>('vf-composer')!.room;
  openMenu({
    anchor,
    label: words.value.menu,
    items: [
      {
        label: words.value.upload,
        icon: 'upload',
        run: () => pickFiles((files) => void uploadHere(files, room, take)),
      },
      { label: words.value.choose, icon: 'folder', run: () => openFilePicker((node) => take([attachmentOf(node)])) },
    ],
  });
}

function pickFiles(run: (files: readonly File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.hidden = true;
  input.addEventListener('change', () => {
    run([...(input.files ?? [])]);
    input.remove();
  });
  input.addEventListener('cancel', () => input.remove());
  document.body.append(input);
  input.click();
}

/** Uploads files into a folder of the writer's own, lets the room read them, and links to them. */
export async function uploadHere(files: readonly File[], room: string, take: Take): Promise<void> {
  try {
    const parent = await attachedFolder();
    for (const file of files) tell(words.value.uploading(file.name));
    const sent = sendFiles(files, parent, { keepBoth: true });
    await Promise.all(sent.map(async (id) => take([attachmentOf(await arrivedWith(id, room))])));
  } catch (error) {
    tell(error instanceof UploadError ? words.value.failed(error.message) : explain(failureOf(error)), { kind: 'bad' });
  }
}

class UploadError extends Error {}

async function attachedFolder(): Promise<string> {
  const home = await homeFolder();
  const name = words.value.folder;
  try {
    return (await api.documents.createFolder.mutate({ id: newId(), parent: home, name })).node.id;
  } catch (error) {
    if (failureOf(error).reason !== 'NAME_TAKEN') throw error;
    return (await api.documents.find.query({ folder: home, name })).node.id;
  }
}

/** Waits until a file has arrived, and lets the room read it. */
async function arrivedWith(id: string, room: string): Promise<DocumentNode> {
  const { node } = await new Promise<Upload>((resolve, reject) => {
    const stop = uploads.subscribe((all) => {
      const upload = all.find((each) => each.id === id);
      if (upload && upload.state !== 'done' && upload.state !== 'failed') return;
      queueMicrotask(() => stop());
      if (upload?.state === 'done') resolve(upload);
      else reject(new UploadError(upload?.name ?? ''));
    });
  });
  dismissUpload(id);
  const { missing } = await withoutAccess(node, room);
  await letThemRead(node, missing);
  return (await api.documents.get.query({ node })).node;
}
