import type { ComponentType } from 'preact';

import { opened, tab, type TabName } from '../state/tab';
import { panelId, tabId } from './tab-ids';

/** What a tab shows; it is drawn when the tab is first opened, and kept. */
export function TabPanel({ name, View }: { name: TabName; View: ComponentType }) {
  const isOpen = tab.value === name;
  return (
    <div id={panelId(name)} role="tabpanel" aria-labelledby={tabId(name)} hidden={!isOpen}>
      {(isOpen || opened.value.has(name)) && <View />}
    </div>
  );
}
