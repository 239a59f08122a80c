import { DocxWorker } from '../docx/docx-worker.ts';
import type { FileKind } from './kind.ts';

const MOST = 50 * 1024 * 1024;

/** Documents of word processors, read and written in a thread of the instance's. */
export function docxKind(): FileKind {
  const worker = new DocxWorker();
  return {
    id: 'docx',
    page: 'docx',
    most: MOST,
    keepsBase: true,
    async begin(bytes) {
      const { state, losses, locked, base } = await worker.begin(bytes);
      const begun = { state, meta: { losses, locked: locked ?? [] }, base };
      return locked === undefined ? { ...begun, readOnly: 'loss' } : begun;
    },
    async write({ base, state, meta }) {
      return { bytes: await worker.write(base, state), meta };
    },
    stop: () => worker.stop(),
  };
}
