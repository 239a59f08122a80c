import type { DocumentNode } from '@valfri/sdk';
import type { IconName } from '../../components/icon.ts';

/** The icon of a file or folder. */
export function iconOf({ kind, version }: Pick<DocumentNode, 'kind' | 'version'>): IconName {
  if (kind === 'folder') return 'folder';
  const [family] = (version?.mediaType ?? '').split('/');
  return ({ image: 'picture', video: 'film', audio: 'sound' } as const)[family as 'image'] ?? 'file';
}
