const rules = { en: new Intl.PluralRules('en'), sv: new Intl.PluralRules('sv') };

/** The form of a text for a number. */
export function plural(
  language: 'en' | 'sv',
  n: number,
  forms: { readonly one: string; readonly other: string },
): string {
  return rules[language].select(n) === 'one' ? forms.one : forms.other;
}
