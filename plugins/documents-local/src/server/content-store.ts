import type { Health, PluginContext } from '@valfri/sdk';
import { type ContentStore, FileContentStore } from '@valfri/sdk/server';
import { join } from 'node:path';
import { BehindContentStore } from './s3/behind.ts';
import { Claim, readMark } from './s3/claim.ts';
import { abandonAll } from './s3/multipart.ts';
import { S3Client } from './s3/s3-client.ts';
import { S3ContentStore } from './s3/s3-content-store.ts';
import { s3PlaceOf, type Settings } from './settings.ts';

/** Where the bytes of an instance are. */
export interface Contents {
  readonly store: ContentStore;
  health(): Promise<Health>;
}

/** The disk, or the S3 store that the settings name. @throws where they no longer lead to where the content is. */
export async function openContents(
  { instance, settings, directory: folder, fetch, log }: PluginContext<Settings>,
  isEmpty: () => Promise<boolean>,
): Promise<Contents> {
  const directory = folder!;
  const onDisk = new FileContentStore(join(directory, 'content'));
  const place = s3PlaceOf(settings, instance);
  if (!place) {
    if (await readMark(directory))
      throw new Error(
        'The content of this instance is in an S3 store, and its settings name none. Enter them again; to move it to the disk, make another instance and move to that.',
      );
    return { store: onDisk, health: async () => ({ ok: true }) };
  }
  const client = new S3Client(place, fetch);
  const inStore = new S3ContentStore(client, new Claim({ directory, client, isEmpty }));
  abandonAll(client).catch((error: Error) =>
    log.warn('Uploads that were left half done could not be looked for.', { error: error.message }),
  );
  return { store: new BehindContentStore(inStore, onDisk), health: () => inStore.health() };
}
