import { signal } from '@preact/signals-core';

const query = matchMedia('(max-width: 600px)');

/** Whether there is room for one column only; the same width as in the style sheets. */
export const narrow = signal(query.matches);
query.addEventListener('change', () => (narrow.value = query.matches));
