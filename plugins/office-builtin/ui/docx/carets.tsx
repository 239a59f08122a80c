import type { RenderedDomContext } from '@eigenpal/docx-editor-core/plugin-api';
import type { EditorView } from 'prosemirror-view';
import { type ReactNode, useEffect, useState } from 'react';
import { relativePositionToAbsolutePosition, ySyncPluginKey } from 'y-prosemirror';
import type { Awareness } from 'y-protocols/awareness';
import { createRelativePositionFromJSON, type Doc } from 'yjs';

/** Where somebody else is. */
interface Caret {
  readonly client: number;
  readonly name: string;
  readonly color: string;
  readonly anchor: number;
  readonly head: number;
}

interface Properties {
  readonly view: EditorView | undefined;
  readonly rendered: RenderedDomContext | undefined;
  readonly awareness: Awareness;
  readonly doc: Doc;
}

/** The carets and selections of the others, over the pages. */
export function Carets({ view, rendered, awareness, doc }: Properties): ReactNode {
  const [, redraw] = useState(0);
  useEffect(() => {
    let frame: number | undefined;
    const soon = () => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        redraw((count) => count + 1);
      });
    };
    awareness.on('change', soon);
    doc.on('update', soon);
    return () => {
      awareness.off('change', soon);
      doc.off('update', soon);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [awareness, doc]);
  if (!view || !rendered) return null;
  const { x, y } = rendered.getContainerOffset();
  return caretsIn(view, awareness, doc).map(({ client, name, color, anchor, head }) => {
    const place = rendered.getCoordinatesForPosition(head);
    const rects = anchor === head ? [] : rendered.getRectsForRange(Math.min(anchor, head), Math.max(anchor, head));
    return (
      <div key={client} aria-hidden="true">
        {rects.map((rect, i) => (
          <div
            key={i}
            className="caret-range"
            style={{ left: rect.x + x, top: rect.y + y, width: rect.width, height: rect.height, background: color }}
          />
        ))}
        {place && (
          <div
            className="caret"
            style={{ left: place.x + x, top: place.y + y, height: place.height, background: color }}
          >
            <span style={{ background: color }}>{name}</span>
          </div>
        )}
      </div>
    );
  });
}

function caretsIn(view: EditorView, awareness: Awareness, doc: Doc): readonly Caret[] {
  const sync = ySyncPluginKey.getState(view.state) as
    | { readonly type: never; readonly binding: { readonly mapping: never } | null }
    | undefined;
  if (!sync?.binding) return [];
  const { type, binding } = sync;
  return [...awareness.getStates()].flatMap(([client, state]) => {
    const { user, cursor } = state as {
      user?: { name: string; color: string };
      cursor?: { anchor: unknown; head: unknown };
    };
    if (client === doc.clientID || !user || !cursor) return [];
    const [anchor, head] = [cursor.anchor, cursor.head].map((place) =>
      relativePositionToAbsolutePosition(doc, type, createRelativePositionFromJSON(place), binding.mapping),
    );
    if (anchor === null || anchor === undefined || head === null || head === undefined) return [];
    return [{ client, name: user.name, color: user.color, anchor, head }];
  });
}
