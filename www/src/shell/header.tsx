import './header.css';
import { Mark } from './mark';
import { ModelStatus } from './model-status';
import { TabList } from './tab-list';
import { ThemeToggle } from './theme-toggle';

/** The page's top: its name, the tabs, the model's state, light or dark. */
export function Header() {
  return (
    <header class="header">
      <p class="header-name">
        <Mark />
        gennape
      </p>
      <TabList />
      <ModelStatus />
      <ThemeToggle />
    </header>
  );
}
