// Before anything is painted, so that no page flashes in the other theme.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('coffer.theme');
  } catch (_) {
    // Storage is refused: the system's theme counts.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
