import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { type Candidate, candidateQuery, keys } from '../api/queries';
import { isAddress, sameAddress, short } from '../composer/addresses';
import { useMayEdit } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { Button, IconButton } from '../ui/button';
import { Field, Input, showFaults } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Banner, Tag } from '../ui/state';
import { AddressText } from './card';
import type { Other } from './choosing';
import { MergeDialog } from './merged';
import { SameAddress, SharedAddress, type Sharing, sharingOf } from './shared';

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
  const current = candidate.addresses.map((one) => one.address);

  const save = useMutation({
    mutationFn: ({ addresses, confirmed }: { addresses: string[]; confirmed?: boolean }) =>
      unwrap(
        client.PATCH('/candidates/{id}', {
          params: { path: { id: candidate.id } },
          body: { addresses, ...(confirmed ? { confirmed } : {}) },
        }),
      ),
    onSuccess: (changed) => {
      queries.setQueryData(candidateQuery(candidate.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: keys.candidates });
      void queries.resetQueries({ queryKey: keys.oldMail(candidate.id) });
    },
  });
  const remove = (address: string) =>
    save.mutate(
      { addresses: current.filter((one) => one !== address) },
      {
        onSuccess: () => {
          focusAdd();
          notify(t('address.removed', { address }), {
            action: {
              label: t('undo'),
              run: () =>
                save.mutate({ addresses: current, confirmed: true }, { onError: notifyProblem }),
            },
          });
        },
        onError: notifyProblem,
      },
    );

  const fault = (words: string) =>
    showFaults(box.current?.querySelector('form') ?? null, () => setWrong(words));

  function add(address: string, confirmed: boolean) {
    setWrong(undefined);
    if (!confirmed) setSharing(undefined);
    save.mutate(
      { addresses: [...current, address], confirmed },
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
        {candidate.addresses.map((one) => (
          <li key={one.address}>
            <div className="row">
              <span className="grow">
                <AddressText address={one.address} />
              </span>
              {mayEdit && (
                <IconButton
                  label={t('compose.remove', { what: one.address })}
                  onClick={() => remove(one.address)}
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
            <Button
              small
              onClick={() => {
                setAdding(undefined);
                setWrong(undefined);
                setSharing(undefined);
                save.reset();
                focusAdd();
              }}
            >
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
