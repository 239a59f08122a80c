import { computed, signal } from '@preact/signals-core';
import { en } from './en.ts';
import { sv } from './sv.ts';

/** A language that the shell speaks. */
export type Language = 'sv' | 'en';

/** The language in which the shell speaks. */
export const language = signal<Language>('sv');

/** The texts of the first load. Read it while rendering: what is drawn follows the language. */
export const text = computed(() => (language.value === 'sv' ? sv : en));

/** Texts that a later part of the shell brings: `const words = texts({ sv: …, en: … })`, then `words.value.…`. */
export function texts<T>(both: { readonly sv: T; readonly en: T }): { readonly value: T } {
  return computed(() => both[language.value]);
}

/** What somebody else wrote: in each language, or in one for all. */
export type Said = string | { readonly sv: string; readonly en: string };

/** It in the reader's language, where there is a choice. */
export function saidIn(said: Said): string {
  return typeof said === 'string' ? said : said[language.value];
}

/** The language that the browser asks for, where it is one of ours. */
export function preferredLanguage(): Language {
  return navigator.languages.find((tag) => /^(sv|en)\b/.test(tag))?.startsWith('en') ? 'en' : 'sv';
}
