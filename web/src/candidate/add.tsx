import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { keys } from '../api/queries';
import { isAddress, parseRecipients, short } from '../composer/addresses';
import { useHere, useMe } from '../frame/hooks';
import { JobChoice } from '../jobs/choice';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Checkbox, Field, Input, showFaults } from '../ui/field';
import { notify } from '../ui/notice';
import { ProblemBanner } from '../ui/state';
import { useKeys } from './keys';
import {
  type Exchange,
  exchangeWith,
  SameAddress,
  SameName,
  SharedAddress,
  type Sharing,
  sharingOf,
  useExchange,
} from './shared';
import { useTakeBack } from './taking-back';

const OPEN = { open: true };

type Taking = { thread: string; name: string; address: string };

export function AddCandidate({
  job,
  taking,
  onClose,
}: {
  job?: string | undefined;
  taking?: Taking; // of an exchange with somebody who is no candidate yet
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe()?.user;
  // Others would not see whom they add without a job.
  const seesAll = me?.role === 'admin' || me?.all_jobs;
  const queries = useQueryClient();
  const [name, setName] = useState(taking?.name ?? '');
  const [addresses, setAddresses] = useState(taking?.address ?? '');
  const [chosen, setChosen] = useState(job ?? '');
  const [wrong, setWrong] = useState<{ name?: string; addresses?: string }>({});
  const [sharing, setSharing] = useState<Sharing>();
  const typed = useExchange(taking ? '' : addresses);
  const [late, setLate] = useState<Exchange>(); // found when it was saved: shown before it is done
  const exchange = typed ?? (late && addresses.includes(late.address) ? late : undefined);
  const [along, setAlong] = useState(true);
  // The conversation that shows which exchange comes along.
  const thread = taking?.thread ?? (along ? exchange?.thread : undefined);
  const about = useId();
  const offer = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const keyOf = useKeys();
  // Whoever has closed it, or gone elsewhere meanwhile, stays there.
  const here = useHere();
  const takeBack = useTakeBack();
  // As it stood when it was pressed, whatever is typed or ticked meanwhile.
  const pressed = (confirmed: boolean) => ({
    name: name.trim(),
    addresses: parseRecipients(addresses).map((one) => one.address),
    ...(chosen ? { job: chosen } : {}),
    ...(thread ? { thread } : {}),
    confirmed,
  });
  // A second press of the same moment comes before anything is drawn anew.
  const under = useRef(false);
  const look = useMutation({
    mutationFn: async (_asked: { body: ReturnType<typeof pressed>; shown: string | undefined }) =>
      taking ? undefined : exchangeWith(queries, addresses),
    // Nobody takes along what they weren't shown.
    onSuccess: (found, { body, shown }) => {
      if (!form.current) return; // closed meanwhile
      if (!found || shown === found.thread) return add.mutate(body);
      under.current = false;
      flushSync(() => setLate(found));
      offer.current?.querySelector('input')?.focus();
    },
    onError: () => {
      under.current = false;
    },
  });
  const add = useMutation({
    mutationFn: (body: ReturnType<typeof pressed>) =>
      unwrap(
        client.POST('/candidates', {
          params: { header: { 'Idempotency-Key': keyOf(body) } },
          body,
        }),
      ),
    onSuccess: (made, { thread: taken }) => {
      queries.setQueryData(keys.candidate(made.id), made);
      void queries.invalidateQueries({ queryKey: keys.candidates });
      void queries.invalidateQueries({ queryKey: keys.jobs });
      void queries.invalidateQueries({ queryKey: keys.stageCounts });
      if (taken) void queries.invalidateQueries({ queryKey: keys.thread(taken) });
      notify(
        t('candidate.added', { name: made.name }),
        taken
          ? {
              about: `exchange ${taken}`,
              action: { label: t('undo'), run: () => void takeBack(taken) },
            }
          : {},
      );
      if (here.current)
        void navigate({
          to: '/candidates/$candidateId',
          params: { candidateId: made.id },
          replace: !taking, // its own address would bring the dialog again
        });
    },
    onError: (error) => {
      under.current = false;
      const asked = sharingOf(error);
      if (asked) return setSharing(asked);
      const field = error instanceof ProblemError ? error.problem.field : undefined;
      const words = problemWords(error).title;
      showFaults(form.current, () => {
        setSharing(undefined);
        if (field?.startsWith('addresses')) setWrong({ addresses: words });
        else if (field === 'name') setWrong({ name: words });
      });
      // Where what is wrong stands; else where it is tried again.
      if (!form.current?.querySelector('[aria-invalid=true]')) {
        form.current?.querySelector<HTMLElement>('[type=submit]')?.focus();
      }
    },
  });
  const saving = look.isPending || add.isPending;
  const once = (act: () => void) => {
    if (saving || under.current) return;
    under.current = true;
    act();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('candidate.add')}
      {...(taking ? { description: t('nonCandidate.makeText') } : { describedBy: about })}
    >
      <form
        ref={form}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (saving) return;
          const bad = parseRecipients(addresses).find((one) => !isAddress(one.address));
          const found = {
            ...(name.trim() ? {} : { name: t('field.required') }),
            ...(bad ? { addresses: t('compose.notAddress', { text: short(bad.address) }) } : {}),
          };
          showFaults(form.current, () => {
            setWrong(found);
            setSharing(undefined);
          });
          if (Object.keys(found).length === 0) {
            once(() => look.mutate({ body: pressed(false), shown: exchange?.thread }));
          }
        }}
      >
        <Field label={t('field.name')} error={wrong.name}>
          <Input
            autoFocus
            value={name}
            maxLength={200}
            autoComplete="off"
            readOnly={saving}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <SameName name={name} onOpen={onClose} />
        <Field
          label={t('field.addresses')}
          hint={t('candidate.addressesHint')}
          error={wrong.addresses}
        >
          <Input
            value={addresses}
            inputMode="email"
            autoComplete="off"
            spellCheck={false}
            readOnly={saving}
            onChange={(event) => {
              setAddresses(event.target.value);
              setSharing(undefined);
            }}
          />
        </Field>
        <SameAddress text={sharing ? '' : addresses} onOpen={onClose} />
        {/* What is offered takes the place of the words that stood there: nothing below moves. */}
        <div ref={offer} id={about} role="status" className="adding-offer">
          {!taking && !exchange && <p className="quiet small">{t('candidate.addText')}</p>}
          {exchange && (
            <Checkbox checked={along} onChange={({ target }) => setAlong(target.checked)}>
              {t('nonCandidate.along', { address: exchange.address })}{' '}
              <span className="quiet small">{t('nonCandidate.makeText')}</span>
            </Checkbox>
          )}
        </div>
        <Field label={t('field.job')}>
          <JobChoice
            value={chosen}
            none={t(seesAll ? 'candidate.noJob' : 'application.choose')}
            filter={OPEN}
            onChange={setChosen}
          />
        </Field>
        {sharing ? (
          <SharedAddress
            sharing={sharing}
            busy={add.isPending}
            onOpen={onClose}
            onAnyway={() => once(() => add.mutate(pressed(true)))}
          />
        ) : (
          add.isError &&
          !sharingOf(add.error) &&
          !wrong.name &&
          !wrong.addresses && <ProblemBanner error={add.error} />
        )}
        <div className="dialog-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" busy={saving && !sharing}>
            {t('candidate.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
