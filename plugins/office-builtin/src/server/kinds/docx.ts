import { beginDocx, writeDocx } from '../docx/docx-file.ts';
import type { FileKind } from './kind.ts';

const MOST = 50 * 1024 * 1024;

/** Documents of word processors. */
export const docxKind: FileKind = {
  id: 'docx',
  page: 'docx',
  most: MOST,
  keepsBase: true,
  async begin(bytes) {
    const { state, losses } = await beginDocx(bytes);
    return losses.length > 0 ? { state, meta: {}, readOnly: 'loss', losses } : { state, meta: {} };
  },
  async write({ base, state, meta }) {
    return { bytes: await writeDocx(base, state), meta };
  },
};
