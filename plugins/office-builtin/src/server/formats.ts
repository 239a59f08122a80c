import type { OfficeFormat } from '@valfri/sdk';
import { docxKind } from './kinds/docx.ts';
import type { FileKind } from './kinds/kind.ts';
import { textKind } from './kinds/text.ts';

/** What can be done with files of one ending, and what does it. */
export interface KnownFormat {
  readonly format: OfficeFormat;
  readonly kind: FileKind;
}

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const PLAIN = ['csv', 'ics', 'ini', 'json', 'log', 'tex', 'vcf', 'xml', 'yaml', 'yml'];

/** The formats of an instance, with the thread that reads documents. */
export class Formats {
  readonly #known: ReadonlyMap<string, KnownFormat>;

  constructor() {
    const known = (extension: string, mediaType: string, kind: FileKind, creates = false): [string, KnownFormat] => [
      extension,
      { kind, format: { extension, mediaType, actions: ['view', 'edit'], creates, convertsTo: [] } },
    ];
    this.#known = new Map([
      known('docx', DOCX, docxKind(), true),
      known('md', 'text/markdown', textKind, true),
      known('txt', 'text/plain', textKind, true),
      ...PLAIN.map((extension) => known(extension, 'text/plain', textKind)),
    ]);
  }

  get list(): OfficeFormat[] {
    return [...this.#known.values()].map(({ format }) => format);
  }

  /** The format of a file by its name. */
  of(name: string): KnownFormat | undefined {
    return this.#known.get(/\.([a-z0-9]{1,16})$/i.exec(name)?.[1]?.toLowerCase() ?? '');
  }

  async stop(): Promise<void> {
    for (const { kind } of this.#known.values()) await kind.stop?.();
  }
}
