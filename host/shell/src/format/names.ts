const collators = new Map<string, Intl.Collator>();

/** The order of two names in a language, for sorting: in Swedish å, ä and ö come last. */
export function compareNames(a: string, b: string, language: 'sv' | 'en'): number {
  const known = collators.get(language) ?? new Intl.Collator(language === 'sv' ? 'sv-SE' : 'en-GB');
  collators.set(language, known);
  return known.compare(a, b);
}
