import { isDark, toggleTheme } from '../state/theme';

/** Switches between light and dark. */
export function ThemeToggle() {
  return (
    <button
      class="icon-button"
      type="button"
      aria-label="Dark theme"
      aria-pressed={isDark.value}
      onClick={toggleTheme}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="1.75" />
        <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
      </svg>
    </button>
  );
}
