import './tab-list.css';
import { openTab, tab, tabBeside, TAB_NAMES, type TabName } from '../state/tab';
import { TABS } from '../tabs';
import { panelId, tabId } from './tab-ids';

/** The tabs: one stop of the Tab key, arrow keys between them. */
export function TabList() {
  return (
    <div class="tab-list" role="tablist" aria-label="What to do" onKeyDown={move}>
      {TAB_NAMES.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabId(name)}
          class="tab"
          data-title={TABS[name].title}
          aria-controls={panelId(name)}
          aria-selected={tab.value === name}
          tabIndex={tab.value === name ? 0 : -1}
          onClick={() => openTab(name)}
        >
          {TABS[name].title}
        </button>
      ))}
    </div>
  );
}

function move(event: KeyboardEvent): void {
  const to = goalOf(event.key);
  if (to === null) return;
  event.preventDefault();
  openTab(to);
  document.getElementById(tabId(to))?.focus();
}

function goalOf(key: string): TabName | null {
  switch (key) {
    case 'ArrowRight':
      return tabBeside(1);
    case 'ArrowLeft':
      return tabBeside(-1);
    case 'Home':
      return TAB_NAMES[0];
    case 'End':
      return TAB_NAMES[TAB_NAMES.length - 1]!;
    default:
      return null;
  }
}
