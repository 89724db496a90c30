// How tabs and panels name each other.

import type { TabName } from '../state/tab';

/** The id of a tab. */
export const tabId = (name: TabName) => `tab-${name}`;

/** The id of what it shows. */
export const panelId = (name: TabName) => `panel-${name}`;
