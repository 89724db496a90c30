// Light or dark: the system's choice until a person makes one, which is remembered.
// public/theme.js sets the first value before the first paint, under the same key.

import { effect, signal } from '@preact/signals';

const STORED_AS = 'gennape.theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark. */
export const isDark = signal(document.documentElement.dataset['theme'] === 'dark');

/** Keeps the document's theme equal to the signal and follows the system where nothing is stored. */
export function keepTheme(): void {
  effect(() => {
    document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light';
  });
  systemIsDark.addEventListener('change', ({ matches }) => {
    if (stored() === null) isDark.value = matches;
  });
}

/** The other theme, from now on. */
export function toggleTheme(): void {
  isDark.value = !isDark.value;
  try {
    localStorage.setItem(STORED_AS, isDark.value ? 'dark' : 'light');
  } catch {
    // storage is blocked: the choice lasts until the page is closed
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}
