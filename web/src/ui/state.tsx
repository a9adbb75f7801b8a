import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemWords } from '../api/problem';
import { Button } from './button';
import './state.css';

export type Tone = 'neutral' | 'accent' | 'attention' | 'problem' | 'done' | 'private';

// Rows of grey that appear only when the answer takes longer than 300 ms (see state.css).
export function Skeleton({ rows = 6, tall }: { rows?: number; tall?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="skeleton" role="status">
      <span className="sr">{t('loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical placeholders
        <div className={`skeleton-row${tall ? ' tall' : ''}`} key={row} aria-hidden>
          <i style={{ width: `${34 + ((row * 17) % 30)}%` }} />
          <i style={{ width: `${58 + ((row * 23) % 36)}%` }} />
        </div>
      ))}
    </div>
  );
}

export function Empty({
  icon,
  title,
  text,
  alone,
  children,
}: {
  icon?: ReactNode;
  title: string;
  text?: ReactNode;
  alone?: boolean; // a list that holds nothing at all: what stands beside it makes room
  children?: ReactNode;
}) {
  return (
    <div className={`empty${alone ? ' alone' : ''}`}>
      {icon && <div className="empty-icon">{icon}</div>}
      <h2>{title}</h2>
      {text && <p className="quiet">{text}</p>}
      {children && <div className="empty-next">{children}</div>}
    </div>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const words = problemWords(error);
  return (
    <div className="empty" role="alert">
      <div className="empty-icon problem">
        <CircleAlert size={24} aria-hidden />
      </div>
      <h2>{words.title}</h2>
      {words.detail && <p className="quiet">{words.detail}</p>}
      {onRetry && (
        <div className="empty-next">
          <Button onClick={onRetry}>{t('tryAgain')}</Button>
        </div>
      )}
    </div>
  );
}

const ICONS = {
  neutral: Info,
  accent: Info,
  attention: TriangleAlert,
  problem: CircleAlert,
  done: CircleCheck,
  private: Info,
};

export function Banner({
  tone = 'neutral',
  title,
  children,
  actions,
  role,
}: {
  tone?: Tone;
  title?: string;
  children?: ReactNode;
  actions?: ReactNode;
  role?: 'alert' | 'status';
}) {
  const Icon = ICONS[tone];
  return (
    <div className={`banner ${tone}`} role={role}>
      <Icon size={16} aria-hidden />
      <div className="grow">
        {title && <strong>{title}</strong>}
        {children && <div className="banner-text">{children}</div>}
        {actions && <div className="row wrap banner-actions">{actions}</div>}
      </div>
    </div>
  );
}

export function ProblemBanner({ error, actions }: { error: unknown; actions?: ReactNode }) {
  const words = problemWords(error);
  return (
    <Banner tone="problem" role="alert" title={words.title} actions={actions}>
      {words.detail}
    </Banner>
  );
}

export function Tag({
  tone = 'neutral',
  icon,
  children,
}: {
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
}) {
  return (
    <span className={`tag ${tone}`}>
      {icon}
      {children}
    </span>
  );
}

const HUES = [176, 210, 250, 20, 320, 140, 42, 285];

export function Avatar({ name, small }: { name: string; small?: boolean }) {
  const words = name
    .replace(/[^\p{L}\p{N}\s@.-]/gu, '')
    .split(/[\s@.]+/)
    .filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? [...word][0] : ''))
    .join('');
  let hash = 0;
  for (const char of name) hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
  return (
    <span
      className={`avatar${small ? ' sm' : ''}`}
      style={{ ['--hue' as string]: HUES[hash % HUES.length] }}
      aria-hidden
    >
      {initials.toLocaleUpperCase()}
    </span>
  );
}
