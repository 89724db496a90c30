// Sets light or dark before the first paint; a module would come too late and flash.
// src/state/theme.ts goes on from here and keeps the same storage key.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('gennape.theme');
  } catch {
    // storage is blocked: follow the system
  }
  const isDark =
    chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
