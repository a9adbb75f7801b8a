// A piece of the page that comes when it is first needed, or a little before. One that doesn't come (the
// server is away) is asked for again until it is there, and what stands around it stays: React's own
// `lazy` keeps the failure, and takes the whole page down with it.
import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toProblem } from '../api/client';
import { Button } from './button';
import { fetchModule } from './fetch-module';
import { ProblemBanner } from './state';

const AGAIN = 2000; // milliseconds
const away = () => toProblem(undefined, 0);

// waiting: shown until it is there. onFail: what to do instead of waiting for it. silent: that it doesn't come is
// not said.
export function part<P extends object, K extends string>(
  load: () => Promise<Record<K, ComponentType<P>>>,
  name: K,
  {
    waiting,
    onFail,
    silent,
  }: {
    waiting?: ReactNode | ((props: P) => ReactNode);
    onFail?: (error: unknown, props: P) => void;
    silent?: boolean;
  } = {},
) {
  let Known: ComponentType<P> | undefined;
  const fetched = async () => {
    Known ??= (await fetchModule(load))[name];
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, where modules begin
  function Part(props: P) {
    const { t } = useTranslation();
    const [state, setState] = useState<'waiting' | 'failed' | 'there'>(Known ? 'there' : 'waiting');
    // biome-ignore lint/correctness/useExhaustiveDependencies: fetched once
    useEffect(() => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let ended = false;
      const ask = async () => {
        try {
          await fetched();
          if (!ended) setState('there');
        } catch {
          if (ended) return;
          if (onFail) return onFail(away(), props);
          if (!silent) setState('failed');
          timer = setTimeout(() => void ask(), AGAIN);
        }
      };
      if (!Known) void ask();
      return () => {
        ended = true;
        clearTimeout(timer);
      };
    }, []);
    if (Known) return <Known {...props} />;
    if (state !== 'failed') return typeof waiting === 'function' ? waiting(props) : waiting;
    return (
      <ProblemBanner
        error={away()}
        actions={
          <Button small onClick={() => location.reload()}>
            {t('tryAgain')}
          </Button>
        }
      />
    );
  }
  // Fetched before it is needed; not getting it says nothing yet.
  Part.ahead = () => void fetched().catch(() => {});
  return Part;
}

// Once the page has come to rest.
export function ahead(...parts: { ahead: () => void }[]): () => void {
  const timer = setTimeout(() => {
    for (const one of parts) one.ahead();
  }, 1500);
  return () => clearTimeout(timer);
}
