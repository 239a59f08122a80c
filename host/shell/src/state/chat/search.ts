import { signal } from '@preact/signals-core';

/** The words that messages are searched for; kept while one goes from one finding to the next. */
export const searchWords = signal('');
/** Whether all of the reader's rooms are searched, and not only the one that is open. */
export const searchEverywhere = signal(false);

/** Searches all rooms for words as soon as the search is opened. */
export function searchFor(words: string): void {
  searchWords.value = words;
  searchEverywhere.value = true;
}

/** Begins anew, when the search has been closed. */
export function forgetSearch(): void {
  searchWords.value = '';
  searchEverywhere.value = false;
}
