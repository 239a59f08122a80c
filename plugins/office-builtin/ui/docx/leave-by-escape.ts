import type { Shell } from '@valfri/sdk/ui';
import { Plugin } from 'prosemirror-state';

/** Escape leaves the text for the shell: Tab belongs to the document. */
export function leaveByEscape(shell: Shell): Plugin {
  return new Plugin({
    props: {
      handleKeyDown(_, { key }) {
        if (key === 'Escape') shell.leave();
        return false;
      },
    },
  });
}
