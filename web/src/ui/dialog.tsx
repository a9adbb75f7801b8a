import { X } from 'lucide-react';
import { AlertDialog, Dialog as Radix } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { ASKS } from './field';
import { useBackCloses } from './on-top';
import './dialog.css';

// A menu's item is gone by then: its button isn't.
function goneBackTo(focused: Element | null): Element | null {
  const button = focused?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return button ? document.getElementById(button) : focused;
}

// What had the focus when a dialog opened gets it back, unless another dialog has opened since and has
// it: this comes a moment after the dialog has gone. (Radix would give it to the dialog's trigger; ours
// are opened by keys and menus as well.) `otherwise`: where nothing had it.
export function useFocusBack(
  open: boolean,
  otherwise?: () => HTMLElement | null | undefined,
): (event: Event) => void {
  const before = useRef<Element | null>(null);
  const was = useRef(false);
  if (open && !was.current) before.current = goneBackTo(document.activeElement);
  was.current = open;
  return (event) => {
    event.preventDefault();
    const target = before.current;
    const dialog = document.activeElement?.closest('[role=dialog], [role=alertdialog]');
    if (dialog && dialog !== event.target && !dialog.contains(target)) return;
    if (target instanceof HTMLElement && target.isConnected && target !== document.body) {
      target.focus({ preventScroll: true });
    } else if (document.activeElement === document.body || !document.activeElement) {
      // (A dialog that lay below and has gone along may have given it back already.)
      const place = otherwise?.() ?? document.getElementById('main');
      place?.focus({ preventScroll: true });
    }
  };
}

export function Dialog({
  open,
  onClose,
  title,
  description,
  describedBy,
  wide,
  side,
  className = '',
  onKeyDown,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  describedBy?: string; // where there is none: the id of what says it further down
  wide?: boolean;
  side?: 'left' | 'right';
  className?: string;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const focusBack = useFocusBack(open);
  useBackCloses(open, onClose);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="shade" />
        <Radix.Content
          className={`${side ? `drawer ${side}` : `dialog${wide ? ' wide' : ''}`} ${className}`}
          {...(description ? {} : { 'aria-describedby': describedBy })}
          onKeyDown={onKeyDown}
          onCloseAutoFocus={focusBack}
          onOpenAutoFocus={(event) => {
            // Not the close button, which comes first: the dialog itself, unless a field asked. (Where a menu that
            // opened it had the focus still, the field didn't get it.)
            event.preventDefault();
            const dialog = event.currentTarget as HTMLElement | null;
            (dialog?.querySelector<HTMLElement>(`[${ASKS}]`) ?? dialog)?.focus();
          }}
        >
          <header className="dialog-head">
            <Radix.Title asChild>
              <h2>{title}</h2>
            </Radix.Title>
            <Radix.Close asChild>
              <Button look="ghost" className="icon" aria-label={t('close')}>
                <X size={18} aria-hidden />
              </Button>
            </Radix.Close>
          </header>
          {description && <Radix.Description className="quiet">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

// A question before something that can't be undone. The safe answer has the focus.
export function Ask({
  open,
  onClose,
  title,
  text,
  confirm,
  cancel,
  onConfirm,
  danger,
  busy,
  blocked,
  focusBackTo,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  text: string;
  confirm: string;
  cancel?: string;
  onConfirm: () => void;
  danger?: boolean;
  busy?: boolean;
  blocked?: boolean; // there is no answer to be given yet
  focusBackTo?: () => HTMLElement | null | undefined; // where nothing had the focus
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const focusBack = useFocusBack(open, focusBackTo);
  useBackCloses(open, onClose);
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="shade" />
        <AlertDialog.Content className="dialog" onCloseAutoFocus={focusBack}>
          <AlertDialog.Title asChild>
            <h2>{title}</h2>
          </AlertDialog.Title>
          <AlertDialog.Description className="quiet">{text}</AlertDialog.Description>
          {children}
          <div className="dialog-foot">
            <AlertDialog.Cancel asChild>
              <Button>{cancel ?? t('cancel')}</Button>
            </AlertDialog.Cancel>
            <Button
              look={danger ? 'danger' : 'primary'}
              busy={busy}
              disabled={blocked && !busy}
              onClick={onConfirm}
            >
              {confirm}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
