import './header.css';
import { Mark } from './mark';
import { ModelStatus } from './model-status';
import { ThemeToggle } from './theme-toggle';

/** The page's top: its name, the model's state, light or dark. */
export function Header() {
  return (
    <header class="header">
      <p class="header-name">
        <Mark />
        gennape
      </p>
      <ModelStatus />
      <ThemeToggle />
    </header>
  );
}
