import { useTranslation } from 'react-i18next';
import { Dialog } from '../ui/dialog';
import { Keys } from '../ui/tip';
import './help.css';

const MOD = /Mac|iP(hone|ad)/.test(navigator.platform) ? '⌘' : 'Ctrl';

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const groups = [
    {
      title: t('keys.lists'),
      rows: [
        ['j', t('keys.next')],
        ['k', t('keys.previous')],
        ['o', t('keys.open')],
        ['e', t('keys.done')],
        ['u', t('keys.unread')],
        ['z', t('keys.undo')],
      ],
    },
    {
      title: t('keys.writing'),
      rows: [
        ['r', t('keys.reply')],
        ['a', t('keys.replyAll')],
        ['c', t('keys.compose')],
        [`${MOD} Enter`, t('keys.send')],
        ['Esc', t('keys.leave')],
      ],
    },
    {
      title: t('keys.going'),
      rows: [
        ['/', t('keys.search')],
        [`${MOD} K`, t('keys.palette')],
        ['g i', t('place.inbox')],
        ['g s', t('place.sent')],
        ['g a', t('place.all')],
        ['g f', t('place.followed-candidates')],
        ['g o', t('place.followed-jobs')],
        ['g n', t('place.non-candidates')],
        ['g d', t('place.archived')],
        ['g c', t('place.candidates')],
        ['g j', t('place.jobs')],
        ['g e', t('keys.email')],
        ['F6', t('keys.pane')],
        ['?', t('keys.help')],
      ],
    },
  ] as const;
  return (
    <Dialog open onClose={onClose} title={t('keys.title')} wide>
      <div className="key-groups">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.rows.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <Keys keys={key} />
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
