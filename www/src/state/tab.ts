// Which of the page's tabs is open. It stands in the address, so that a link opens it and the
// browser's Back leaves it.

import { effect, signal } from '@preact/signals';

import { tabOf, withTab } from '../format/link';

/** The tabs by name, in the order shown. */
export const TAB_NAMES = ['predict', 'map', 'compare', 'adapt', 'model'] as const;

/** One of them. */
export type TabName = (typeof TAB_NAMES)[number];

/** The tab that is open. */
export const tab = signal<TabName>(named(location.hash));

/** Those that have been open: their views stay, with all that was done in them. */
export const opened = signal<ReadonlySet<TabName>>(new Set());

/** Opens a tab. */
export function openTab(name: TabName): void {
  if (name === tab.peek()) return;
  history.pushState(null, '', withTab(location.href, name));
  tab.value = name;
}

/** The tab `steps` to the right of the open one, around the ends. */
export function tabBeside(steps: number): TabName {
  const { length } = TAB_NAMES;
  return TAB_NAMES[(TAB_NAMES.indexOf(tab.peek()) + steps + length) % length]!;
}

/** Starts to follow the address. */
export function followTab(): void {
  effect(() => {
    const { value: name } = tab;
    if (!opened.peek().has(name)) opened.value = new Set([...opened.peek(), name]);
  });
  addEventListener('popstate', () => {
    tab.value = named(location.hash);
  });
}

function named(hash: string): TabName {
  const asked = tabOf(hash);
  return TAB_NAMES.find((name) => name === asked) ?? 'predict';
}
