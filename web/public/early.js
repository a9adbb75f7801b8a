// What can't wait for the page. A file of its own because the page's policy allows no inline script.

// Before the first paint, so that the chosen theme never flashes.
(() => {
  try {
    const theme = localStorage.getItem('hearback.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {}
})();

// The words come beside the page's code, in the language that it will choose (i18n/index.ts).
(() => {
  const names = JSON.parse(document.querySelector('meta[name=words]')?.content ?? '{}');
  const wanted = navigator.languages.map((one) => one.slice(0, 2));
  try {
    wanted.unshift(localStorage.getItem('hearback.language'));
  } catch {}
  const href = names[wanted.find((one) => Object.hasOwn(names, one)) ?? 'en'];
  if (href)
    document.head.append(
      Object.assign(document.createElement('link'), { rel: 'modulepreload', href }),
    );
})();
