import { html, nothing, type TemplateResult } from 'lit';
import type { DocumentNode } from '@valfri/sdk';
import { icon } from '../../../components/icon.ts';
import { exactly, sayWhen } from '../../../format/dates.ts';
import { sizeOf } from '../../../format/numbers.ts';
import { download } from '../../../state/files/actions.ts';
import { nameOf } from '../../../state/people.ts';
import { text } from '../../../text/text.ts';
import { lockedBy } from '../locking.ts';
import { words as filesWords } from '../words.ts';
import { previewWords as words } from './words.ts';

/** What stands above a file that is looked at. */
export interface Head {
  readonly node: DocumentNode;
  readonly close: () => void;
  /** Leads to the file before or after it; absent where there is no list that it is in. */
  readonly step?: ((by: 1 | -1) => void) | undefined;
  /** Where it is among the other files. */
  readonly place?: string | undefined;
}

/** Its name, who changed it last, and what can be done with it. */
export function previewHead({ node, close, step, place }: Head): TemplateResult {
  const { name, version } = node;
  const stepping = (by: 1 | -1, label: string) =>
    html`<button class="icon-btn" aria-label=${label} title=${label} @click=${() => step!(by)}>
      ${icon(by < 0 ? 'back' : 'next')}
    </button>`;
  return html`<div class="head">
    <div>
      <h2 title=${name}>${name}</h2>
      <small title=${exactly(version!.modifiedAt)}
        >${sizeOf(version!.size)} · ${sayWhen(version!.modifiedAt)} · ${nameOf(version!.savedBy)}</small
      >
      ${node.lock ? html`<small class="locked">${icon('lock')} ${lockedBy(node.lock)}</small>` : nothing}
    </div>
    ${step ? html`${stepping(-1, words.value.previous)}${stepping(1, words.value.next)}` : nothing}
    ${place ? html`<a class="icon-btn" href=${place} aria-label=${words.value.openInFiles} title=${words.value.openInFiles}>${icon('out')}</a>` : nothing}
    <button
      class="icon-btn"
      aria-label=${filesWords.value.download}
      title=${filesWords.value.download}
      @click=${() => download(node)}
    >
      ${icon('download')}
    </button>
    <button class="icon-btn" autofocus aria-label=${text.value.close} title=${text.value.close} @click=${close}>
      ${icon('close')}
    </button>
  </div>`;
}
