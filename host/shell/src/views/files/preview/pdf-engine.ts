import * as pdfjs from 'pdfjs-dist';
// eslint-disable-next-line import/default -- what the builder makes of it is an address
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { documentFeatures } from '../../../state/features.ts';
import { contentUrl } from '../../../state/files/actions.ts';
import type { DocumentNode } from '@valfri/sdk';

/** Where the fonts and tables of the library are, as the build has put them there. */
const ASSETS = `/assets/pdfjs-${pdfjs.version}`;

/** How much is fetched at once, in bytes. */
const PIECE = 256 << 10;

/** A document that is open, until it is closed. */
export interface OpenPdf {
  readonly document: pdfjs.PDFDocumentProxy;
  close(): void;
}

/** Why a document does not open. */
export type PdfFault = 'locked' | 'damaged' | 'unreachable';

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** Only the one script that we bring ourselves runs as a worker. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('valfri', {
  createScriptURL(url) {
    if (url !== workerUrl) throw new TypeError(`No script of ours: ${url}`);
    return url;
  },
});

/**
 * Opens a file; of a large one only what is looked at is fetched. It is read in a worker, with no script of its own and
 * no code made at run time. @throws what {@link faultOf} tells apart
 */
export async function openPdf({ id, version }: DocumentNode): Promise<OpenPdf> {
  const port = new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module' });
  const worker = pdfjs.PDFWorker.create({ port });
  const pinned = documentFeatures.peek()?.['versions'] && version ? { version: version.id } : {};
  const task = pdfjs.getDocument({
    ...{ url: contentUrl(id, pinned), worker, rangeChunkSize: PIECE, disableStream: true, disableAutoFetch: true },
    ...{ cMapUrl: `${ASSETS}/cmaps/`, standardFontDataUrl: `${ASSETS}/standard_fonts/`, wasmUrl: `${ASSETS}/wasm/` },
    ...{ useWasm: false, enableXfa: false, verbosity: pdfjs.VerbosityLevel.ERRORS },
  });
  const close = () => {
    void task.destroy().finally(() => {
      worker.destroy();
      port.terminate();
    });
  };
  try {
    return { document: await task.promise, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Why it did not open. */
export function faultOf(error: unknown): PdfFault {
  const { name } = error as Error;
  if (name === 'PasswordException') return 'locked';
  return name === 'InvalidPDFException' || name === 'UnknownErrorException' ? 'damaged' : 'unreachable';
}
