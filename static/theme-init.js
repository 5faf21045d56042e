// Runs before first paint; an external file so that script-src 'self' is enough.
(function () {
  var theme = null;
  try {
    theme = JSON.parse(localStorage.getItem('plaza.theme'));
  } catch {
    /* storage blocked: follow the system */
  }
  if (theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches))
    document.documentElement.classList.add('app-dark');
})();
