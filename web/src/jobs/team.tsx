// What kind of job it is, and who is on its hiring team: for one that is made, and one that is changed.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { MOST_SEARCHED, userPageQuery } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { Checkbox, Input, Radio } from '../ui/field';
import './jobs.css';

const ACTIVE = { active: true };
const KINDS = ['offer', 'talent_pool', 'campaign'] as const;
export type Kind = (typeof KINDS)[number];

export function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useTranslation();
  const group = useId();
  return (
    <fieldset>
      <legend className="legend">{t('jobs.what')}</legend>
      {KINDS.map((one) => (
        <Radio key={one} name={group} checked={kind === one} onChange={() => onChange(one)}>
          {t(`jobs.kind.${one}`)}
        </Radio>
      ))}
    </fieldset>
  );
}

export type Member = Pick<Schemas['User'], 'id' | 'name'> & Partial<Pick<Schemas['User'], 'role'>>;

// Where there are more colleagues than a page of them, a box finds the others at the server.
export function TeamChoice({
  team,
  held,
  onChange,
}: {
  team: Member[];
  held?: string | undefined; // who can't be taken off here
  onChange: (team: Member[]) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 150);
  const first = useQuery(userPageQuery(ACTIVE));
  const found = useQuery({
    ...userPageQuery(q ? { ...ACTIVE, q } : ACTIVE),
    placeholderData: keepPreviousData,
  });
  const rows: Member[] = found.data?.rows ?? [];
  // Whoever was on it once stays in the list: unticked, too, and whatever is searched for.
  const [met, setMet] = useState(team);
  const kept = met.filter((one) => !rows.some((row) => row.id === one.id));
  return (
    <fieldset>
      <legend className="legend">{t('jobs.team')}</legend>
      <p className="field-hint">{t('jobs.teamHint')}</p>
      {first.data?.next && (
        <Input
          type="search"
          aria-label={t('users.find')}
          placeholder={t('users.find')}
          maxLength={MOST_SEARCHED}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      )}
      <div className="team-choice">
        {[...kept, ...rows].map((user) => (
          <Checkbox
            key={user.id}
            checked={team.some((one) => one.id === user.id)}
            disabled={user.id === held}
            onChange={({ target: { checked } }) => {
              if (!met.some((one) => one.id === user.id)) setMet([...met, user]);
              onChange(checked ? [...team, user] : team.filter((one) => one.id !== user.id));
            }}
          >
            {user.name} {user.role && <span className="quiet small">{t(`role.${user.role}`)}</span>}
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}
