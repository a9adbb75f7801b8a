// Two profiles of one person become one (O-5): who the other one is, what that comes to in plain words, and
// taking it back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isLost } from '../api/client';
import { type MergePreview, merge, mergePreviewQuery } from '../api/merging';
import { type Candidate, failed } from '../api/queries';
import { folded } from '../search/folded';
import { AddressText } from '../ui/address';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Radio } from '../ui/field';
import { notifier } from '../ui/notice';
import { Failed, ProblemBanner, Skeleton, Tag } from '../ui/state';
import { Choices, type Other } from './choosing';
import { useKeys } from './keys';
import { usePart } from './merged';

/** `other`: who it is, where that is known; else it is asked. */
export function MergeDialog({
  candidate,
  other,
  onClose,
}: {
  candidate: Candidate;
  other?: Other | undefined;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Other | undefined>(other);
  return (
    <Dialog
      open
      onClose={onClose}
      title={
        chosen && !isNamedAlike(chosen, candidate)
          ? t('merging.previewTitle', { other: chosen.name, name: candidate.name })
          : t('merging.title', { name: candidate.name })
      }
      description={t(chosen ? 'merging.previewText' : 'merging.text')}
    >
      {chosen ? (
        <Preview
          key={chosen.id}
          candidate={candidate}
          other={chosen}
          onAnother={() => setChosen(undefined)}
          onClose={onClose}
        />
      ) : (
        <Choices
          label={t('merging.find')}
          first={lastWord(candidate.name)} // those who share a word of the name
          but={candidate.id}
          onChoose={setChosen}
        />
      )}
    </Dialog>
  );
}

type Named = { name: string; address?: string | undefined };

// Mostly both have one name: then an address says which is which.
const isNamedAlike = (one: Named, other: Named) => folded(one.name) === folded(other.name);
function toldApart(kept: Named, merged: Named): { name: string; other: string } {
  const alike = isNamedAlike(kept, merged);
  const told = ({ name, address }: Named) => (alike && address ? `${name} (${address})` : name);
  return { name: told(kept), other: told(merged) };
}

const lastWord = (name: string) => name.trim().split(/\s+/).at(-1) ?? '';

function Preview({
  candidate,
  other,
  onAnother,
  onClose,
}: {
  candidate: Candidate;
  other: Other;
  onAnother: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const takeBack = usePart();
  const preview = useQuery(mergePreviewQuery(candidate.id, other.id));
  const [name, setName] = useState<'kept' | 'merged'>('kept');
  const keyOf = useKeys();
  const save = useMutation({
    mutationFn: (shown: MergePreview) => {
      const body = { with: other.id, version: shown.version, name };
      return merge(queries, candidate.id, body, keyOf(body));
    },
    onMutate: notifier,
    onSuccess: (_, shown, notify) => {
      onClose();
      notify(t('merging.done', { name: name === 'kept' ? shown.kept_name : shown.merged_name }), {
        about: `merge ${other.id}`,
        action: { label: t('undo'), run: () => void takeBack(other.id) },
      });
    },
    // What has changed is shown. Where no answer came it may have been done: the same is asked once more.
    onError: (error) => {
      if (!isLost(error)) void preview.refetch();
    },
  });
  // That it may be done already is what may have changed the preview.
  const unanswered = save.isError && isLost(save.error) ? save.variables : undefined;
  const data = unanswered ?? preview.data;
  if (!data && preview.isPending) return <Skeleton rows={5} />;
  if (!data || (!unanswered && failed(preview))) {
    return (
      <div className="stack">
        <Failed error={preview.error} onRetry={() => void preview.refetch()} />
        <div className="dialog-foot">
          <Button onClick={onAnother}>{t('merging.another')}</Button>
        </div>
      </div>
    );
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending && !preview.isFetching) save.mutate(data);
      }}
    >
      {data.kept_name !== data.merged_name && (
        <fieldset className="stack tight merging-names">
          <legend className="label">{t('merging.nameStays')}</legend>
          {(['kept', 'merged'] as const).map((which) => (
            <Radio key={which} name="name" checked={name === which} onChange={() => setName(which)}>
              <bdi>{which === 'kept' ? data.kept_name : data.merged_name}</bdi>
            </Radio>
          ))}
        </fieldset>
      )}
      <WhatComes preview={data} />
      {save.isError && <ProblemBanner error={save.error} />}
      <div className="dialog-foot">
        <Button onClick={onAnother} disabled={save.isPending}>
          {t('merging.another')}
        </Button>
        <Button look="primary" type="submit" busy={save.isPending || preview.isFetching}>
          {t('merging.do')}
        </Button>
      </div>
    </form>
  );
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="stack tight">
    <h3 className="label">{title}</h3>
    {children}
  </section>
);

function WhatComes({ preview }: { preview: MergePreview }) {
  const { t, i18n } = useTranslation();
  const list = (words: string[]) => new Intl.ListFormat(i18n.language).format(words);
  const first = (of: 'kept' | 'merged') => preview.addresses.find((one) => one.of === of)?.address;
  const both = toldApart(
    { name: preview.kept_name, address: first('kept') },
    { name: preview.merged_name, address: first('merged') },
  );
  const counted = [
    t('merging.conversations', { count: preview.threads }),
    t('merging.messages', { count: preview.messages }),
    ...(preview.files > 0 ? [t('merging.files', { count: preview.files })] : []),
  ];
  const gain = (sees: 'kept' | 'merged') =>
    preview.gain.filter((one) => one.sees === sees).map((one) => one.name);
  const gains = (sees: 'kept' | 'merged', seen: string, more: string) =>
    gain(sees).length > 0 && (
      <li>{t('merging.gains', { people: list(gain(sees)), seen, other: more })}</li>
    );
  return (
    <>
      {preview.addresses.length > 0 && (
        <Part title={t('merging.addresses')}>
          <ul className="card-list">
            {preview.addresses.map((one) => (
              <li key={one.address} className="row wrap">
                <AddressText address={one.address} />
                {one.of !== 'kept' && (
                  <Tag tone={one.of === 'merged' ? 'accent' : 'neutral'}>
                    {t(one.of === 'merged' ? 'merging.comes' : 'merging.both')}
                  </Tag>
                )}
                {!one.synced && <Tag tone="attention">{t('address.notSynced')}</Tag>}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {preview.applications.length > 0 && (
        <Part title={t('merging.jobs')}>
          <ul className="card-list">
            {preview.applications.map((one) => (
              <li key={one.id}>
                <span className="row wrap">
                  <bdi>
                    {one.job.title}: {one.phase}, {one.status}
                  </bdi>
                  {one.of === 'merged' && !one.left_out && (
                    <Tag tone="accent">{t('merging.comes')}</Tag>
                  )}
                </span>
                {one.left_out && <span className="quiet small">{t('merging.leftOut', both)}</span>}
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={t('merging.mail')}>
        <p>
          {preview.threads === 0
            ? t('merging.noMail', both)
            : t(preview.more ? 'merging.comeMore' : 'merging.come', {
                ...both,
                what: list(counted),
              })}
        </p>
        {preview.followers > 0 && (
          <p>{t('merging.followers', { ...both, count: preview.followers })}</p>
        )}
      </Part>
      <Part title={t('merging.gain')}>
        {preview.gain.length === 0 ? (
          <p>{t('merging.nobody')}</p>
        ) : (
          <ul className="card-list">
            {gains('kept', both.name, both.other)}
            {gains('merged', both.other, both.name)}
          </ul>
        )}
        <p className="quiet small">{t('merging.private')}</p>
      </Part>
    </>
  );
}
