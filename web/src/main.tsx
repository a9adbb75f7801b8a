import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keys, makeQueryClient } from './api/queries';
import { followTheme } from './frame/hooks';
import { wearPanes } from './frame/panes';
import { listenToKeys } from './frame/shortcuts';
import { Wordless } from './frame/wordless';
import { preferredLanguage, startLanguage } from './i18n';
import { makeRouter } from './router';
import { signedInAgain } from './setup/again';
import { Notices } from './ui/notice';
import './base.css';

const queries = makeQueryClient((user) => {
  const { pathname, href } = router.state.location;
  // Who was in stays where they are; who comes without a session goes to the door.
  if (queries.getQueryData(keys.me)) void signedInAgain(user);
  else if (!['/sign-in', '/setup', '/welcome'].includes(pathname)) {
    void router.navigate({ to: '/sign-in', search: { next: href } });
  }
});
const router = makeRouter(queries);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

listenToKeys();
followTheme();
wearPanes();
const root = createRoot(document.getElementById('root')!);
void startLanguage(preferredLanguage(), () => root.render(<Wordless />)).then(() => {
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Notices />
      </QueryClientProvider>
    </StrictMode>,
  );
});
