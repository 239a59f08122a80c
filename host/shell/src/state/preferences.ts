import { effect, signal } from '@preact/signals-core';
import { language, preferredLanguage } from '../text/text.ts';
import { api } from './api.ts';
import { bootstrap, type PreferenceValues } from './bootstrap.ts';

const KEY = 'valfri.preferences';

/** What the person has chosen; kept by the host, and on this device so that the sign-in page looks right too. */
export const preferences = signal<PreferenceValues>(bootstrap.preferences ?? remembered());

function remembered(): PreferenceValues {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as PreferenceValues;
  } catch {
    return {};
  }
}

/** Changes what is given, here at once and at the host. */
export function changePreferences(changes: PreferenceValues): void {
  preferences.value = { ...preferences.value, ...changes };
  if (bootstrap.session.signedIn) void api.session.changePreferences.mutate(changes).catch(() => undefined);
}

const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const contrastSystem = matchMedia('(prefers-contrast: more)');

type Theme = 'light' | 'dark' | 'contrast';

/** The colours that the page has now. */
export const theme = signal<Theme>('light');

function themeNow({ theme = 'system' }: PreferenceValues): Theme {
  if (theme !== 'system') return theme;
  return contrastSystem.matches ? 'contrast' : darkSystem.matches ? 'dark' : 'light';
}

/** Keeps the page in step with what is chosen. */
export function applyPreferences(): void {
  const apply = () => {
    const { language: chosen, density = 'comfortable', widths = {} } = preferences.value;
    const root = document.documentElement;
    theme.value = themeNow(preferences.value);
    root.dataset['theme'] = theme.value;
    root.dataset['density'] = density;
    if (widths.list) root.style.setProperty('--list', `${widths.list}px`);
    if (widths.panel) root.style.setProperty('--panel', `${widths.panel}px`);
    if (widths.file) root.style.setProperty('--file', `${widths.file}px`);
    language.value = chosen ?? preferredLanguage();
    root.lang = language.value;
    localStorage.setItem(KEY, JSON.stringify(preferences.value));
  };
  effect(apply);
  for (const query of [darkSystem, contrastSystem]) query.addEventListener('change', apply);
}
