// A link by which a colleague sets their password. It is shown once; who made it never learns the password.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { client, type Schemas, unwrap } from '../api/client';
import { keys } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field, Input } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Banner, ProblemBanner } from '../ui/state';

export function LinkShown({
  link,
  name,
  onClose,
}: {
  link: Schemas['Link'];
  name: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const url = `${window.location.origin}${link.path}`;
  return (
    <div className="stack">
      <Banner tone="done" role="status" title={t('link.made', { name })}>
        {t('link.once', { until: format.full(link.expires) })}
      </Banner>
      <Field label={t('link.label')} hint={t('link.hint')}>
        <Input readOnly value={url} spellCheck={false} onFocus={(event) => event.target.select()} />
      </Field>
      <div className="dialog-foot">
        <Button onClick={onClose}>{t('close')}</Button>
        <Button
          autoFocus // what was pressed has gone
          look="primary"
          icon={<Copy size={16} aria-hidden />}
          onClick={() => {
            void navigator.clipboard.writeText(url).then(() => notify(t('copied')), notifyProblem);
          }}
        >
          {t('link.copy')}
        </Button>
      </div>
    </div>
  );
}

export function LinkDialog({ user, onClose }: { user: Schemas['User']; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      unwrap(client.POST('/users/{id}/link', { params: { path: { id: user.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.users }),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(user.arrived ? 'link.resetTitle' : 'link.newTitle', { name: user.name })}
    >
      {make.data ? (
        <LinkShown link={make.data} name={user.name} onClose={onClose} />
      ) : (
        <div className="stack">
          <p className="quiet">{t(user.arrived ? 'link.resetText' : 'link.newText')}</p>
          {make.isError && <ProblemBanner error={make.error} />}
          <div className="dialog-foot">
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button look="primary" busy={make.isPending} onClick={() => make.mutate()}>
              {t('link.make')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
