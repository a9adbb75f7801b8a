import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { type Candidate, candidateQuery, keys } from '../api/queries';
import type { operations } from '../api/schema';
import { isAddress, sameAddress, short } from '../composer/addresses';
import { useMayEdit } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { AddressText } from '../ui/address';
import { Button, IconButton } from '../ui/button';
import { Field, Input, showFaults } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Banner, Tag } from '../ui/state';
import type { Other } from './choosing';
import { MergeDialog } from './merged';
import { SameAddress, SharedAddress, type Sharing, sharingOf } from './shared';

type Change = operations['changeCandidate']['requestBody']['content']['application/json'];

export function Addresses({ candidate }: { candidate: Candidate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [adding, setAdding] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const [sharing, setSharing] = useState<Sharing>();
  const [merging, setMerging] = useState<Other>();
  const mayEdit = useMayEdit();
  const box = useRef<HTMLDivElement>(null);
  const focusAdd = () =>
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>('.address-add')?.focus({ preventScroll: true }),
    );
  const close = () => {
    setAdding(undefined);
    setWrong(undefined);
    setSharing(undefined);
    save.reset();
    focusAdd();
  };
  const current = candidate.addresses.map((one) => one.address);

  // What comes and what goes, whatever a colleague has changed in the list meanwhile.
  const change = (body: Change) =>
    unwrap(client.PATCH('/candidates/{id}', { params: { path: { id: candidate.id } }, body }));
  const show = (changed: Candidate) => {
    queries.setQueryData(candidateQuery(candidate.id).queryKey, changed);
    void queries.invalidateQueries({ queryKey: keys.candidates });
    void queries.resetQueries({ queryKey: keys.oldMail(candidate.id) });
  };
  const save = useMutation({ mutationFn: change, onSuccess: show });
  // Wherever the reader is by then.
  const back = useMutation({ mutationFn: change, onSuccess: show, onError: notifyProblem });
  const takeOff = useMutation({
    mutationFn: ({ address }: { address: string; addresses_at: number }) =>
      change({ addresses_removed: [address] }),
    onSuccess: (changed, { address, addresses_at }) => {
      show(changed);
      focusAdd();
      notify(t('address.removed', { address }), {
        series: `addresses ${candidate.id}`, // the last one is taken back first, so each finds its place
        action: {
          label: t('undo'),
          run: () => back.mutate({ addresses_added: [address], addresses_at, confirmed: true }),
        },
      });
    },
    onError: notifyProblem,
  });

  const fault = (words: string) =>
    showFaults(box.current?.querySelector('form') ?? null, () => setWrong(words));

  function add(address: string, confirmed: boolean) {
    setWrong(undefined);
    if (!confirmed) setSharing(undefined);
    save.mutate(
      { addresses_added: [address], confirmed },
      {
        onSuccess: (changed) => {
          setAdding(undefined);
          setSharing(undefined);
          focusAdd();
          const added = changed.addresses.find((one) => sameAddress(one.address, address));
          if (added?.synced) notify(t('address.added')); // else the card says why not
        },
        onError: (error) => {
          const asked = sharingOf(error);
          setSharing(asked);
          if (asked) return;
          fault(problemWords(error).title);
        },
      },
    );
  }

  return (
    <div className="stack tight" ref={box}>
      <ul className="card-list">
        {candidate.addresses.map((one, addresses_at) => (
          <li key={one.address}>
            <div className="row">
              <span className="grow">
                <AddressText address={one.address} />
              </span>
              {mayEdit && (
                <IconButton
                  label={t('compose.remove', { what: one.address })}
                  onClick={() => takeOff.mutate({ address: one.address, addresses_at })}
                >
                  <X size={14} aria-hidden />
                </IconButton>
              )}
            </div>
            <Tag tone={one.synced && !candidate.resting ? 'done' : 'attention'}>
              {!one.synced
                ? t('address.notSynced')
                : candidate.resting
                  ? t('rest.paused')
                  : t('address.synced')}
            </Tag>
            {!one.synced && (
              <Banner title={t('address.whyTitle', { date: format.day(one.since) })}>
                {one.why_not === 'internal-user'
                  ? t('address.internalUser', { address: one.address })
                  : one.why_not === 'other-candidate'
                    ? t('address.otherCandidate', { address: one.address })
                    : t('address.otherReason')}
              </Banner>
            )}
          </li>
        ))}
      </ul>
      {candidate.addresses.length === 0 && (
        <p className="small quiet">
          {t(mayEdit ? 'candidate.noAddressText' : 'candidate.noAddress')}
        </p>
      )}
      {!mayEdit ? null : adding === undefined ? (
        <div>
          <Button
            small
            className="address-add"
            look="ghost"
            icon={<Plus size={16} aria-hidden />}
            onClick={() => setAdding('')}
          >
            {t('address.add')}
          </Button>
        </div>
      ) : (
        <form
          className="stack"
          noValidate
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || save.isPending) return;
            event.stopPropagation(); // the card may lie in a drawer, which stays
            close();
          }}
          onSubmit={(event) => {
            event.preventDefault();
            if (save.isPending) return;
            const address = adding.trim();
            if (!isAddress(address))
              return fault(t('compose.notAddress', { text: short(address) }));
            if (current.some((one) => sameAddress(one, address))) {
              return fault(t('address.already'));
            }
            add(address, false);
          }}
        >
          <Field label={t('address.new')} hint={t('address.addHint')} error={wrong}>
            <Input
              autoFocus
              type="email"
              value={adding}
              onChange={(event) => {
                setAdding(event.target.value);
                setSharing(undefined);
              }}
            />
          </Field>
          {!sharing && <SameAddress text={adding} but={candidate.id} />}
          {sharing && (
            <SharedAddress
              sharing={sharing}
              busy={save.isPending}
              onAnyway={() => add(adding.trim(), true)}
              onMerge={setMerging}
            />
          )}
          <div className="row">
            <Button look="primary" small type="submit" busy={save.isPending && !sharing}>
              {t('address.save')}
            </Button>
            <Button small onClick={close}>
              {t('cancel')}
            </Button>
          </div>
        </form>
      )}
      {merging && (
        <MergeDialog
          candidate={candidate}
          other={merging}
          onClose={() => {
            setMerging(undefined);
            setAdding(undefined);
            setSharing(undefined);
          }}
        />
      )}
    </div>
  );
}
