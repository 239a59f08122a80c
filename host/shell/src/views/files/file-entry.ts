import { html, nothing, type TemplateResult } from 'lit';
import type { DocumentNode } from '@valfri/sdk';
import { icon } from '../../components/icon.ts';
import { exactly, sayWhen } from '../../format/dates.ts';
import { sizeOf } from '../../format/numbers.ts';
import { editorsOf } from '../../state/office.ts';
import { nameOf } from '../../state/people.ts';
import { editingPeople } from '../edit/editing-people.ts';
import { iconOf } from './kinds.ts';
import { lockMark } from './locking.ts';
import './thumbnail.ts';
import { words } from './words.ts';

/** An entry of a list, and how it stands there. */
export interface Entry {
  readonly node: DocumentNode | undefined;
  readonly index: number;
  readonly total: number;
  /** Where it is drawn, as CSS. */
  readonly place: string;
  /** Where its name leads to. */
  readonly href: string;
  readonly chosen: boolean;
  /** Whether it is the one that the tab key comes to. */
  readonly reached: boolean;
  readonly menu: (event: Event) => void;
  readonly choose: (event: Event) => void;
}

/** An entry as a row of a list. */
export function rowOf(entry: Entry): TemplateResult {
  const { node } = entry;
  if (!node) return waiting(entry);
  const { version, createdAt, createdBy } = node;
  const at = version?.modifiedAt ?? createdAt;
  return item(
    entry,
    node,
    html`${choice(entry, node)}
      <a class="name" href=${entry.href} draggable="false" data-index=${entry.index} tabindex=${reach(entry)}>
        ${icon(iconOf(node))}<span class="text">${node.name}</span>${marks(node)}
      </a>
      <span class="modified" title="${exactly(at)}, ${nameOf(version?.savedBy ?? createdBy)}">${sayWhen(at)}</span>
      <span class="size">${version ? sizeOf(version.size) : ''}</span>${more(entry, node)}`,
  );
}

/** An entry as a tile among tiles. */
export function tileOf(entry: Entry): TemplateResult {
  const { node } = entry;
  if (!node) return waiting(entry);
  const { version, createdAt } = node;
  return item(
    entry,
    node,
    html`<a class="name" href=${entry.href} draggable="false" data-index=${entry.index} tabindex=${reach(entry)}>
        <vf-thumbnail .node=${node}></vf-thumbnail>
        <span class="text" title=${node.name}>${node.name}</span>${marks(node)}
      </a>
      <span class="about"
        >${version ? `${sizeOf(version.size)} · ` : ''}${sayWhen(version?.modifiedAt ?? createdAt)}</span
      >
      ${choice(entry, node)} ${more(entry, node)}`,
  );
}

function item(
  { place, total, index, chosen, menu }: Entry,
  { id }: DocumentNode,
  inner: TemplateResult,
): TemplateResult {
  return html`<li
    class="entry ${chosen ? 'chosen' : ''}"
    .style=${place}
    aria-setsize=${total}
    aria-posinset=${index + 1}
    data-node=${id}
    @contextmenu=${(event: Event) => (event.preventDefault(), menu(event))}
  >
    ${inner}
  </li>`;
}

function waiting({ place }: Entry): TemplateResult {
  return html`<li class="entry waiting" .style=${place} aria-hidden="true"><i></i></li>`;
}

const reach = ({ reached }: Entry) => (reached ? '0' : '-1');

function marks({ id, kind, shared, lock }: DocumentNode): TemplateResult {
  const mark = html`<span class="mark" title=${words.value.isShared}
    >${icon('people')}<span class="visually-hidden">, ${words.value.isShared}</span></span
  >`;
  return html`${kind === 'folder' ? html`<span class="visually-hidden">, ${words.value.folder}</span>` : nothing}${shared ? mark : nothing}${lock ? lockMark(lock) : nothing}${editingPeople(editorsOf(id))}`;
}

function choice(entry: Entry, { name }: DocumentNode): TemplateResult {
  return html`<label class="choice"
    ><input
      type="checkbox"
      tabindex=${reach(entry)}
      aria-label=${words.value.choose(name)}
      .checked=${entry.chosen}
      @click=${entry.choose}
  /></label>`;
}

function more(entry: Entry, { name }: DocumentNode): TemplateResult {
  return html`<button
    class="icon-btn"
    tabindex=${reach(entry)}
    aria-label=${words.value.actionsFor(name)}
    aria-haspopup="menu"
    @click=${entry.menu}
  >
    ${icon('more')}
  </button>`;
}
