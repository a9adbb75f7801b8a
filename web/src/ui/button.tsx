import { LoaderCircle } from 'lucide-react';
import { Slot } from 'radix-ui';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Tip } from './tip';
import './button.css';

type Look = 'primary' | 'secondary' | 'ghost' | 'danger';

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: Look;
  small?: boolean;
  icon?: ReactNode;
  busy?: boolean;
  asChild?: boolean;
};

// A busy button keeps its focus and its width, and takes no second click. So does one that can't be pressed
// for now: browsers take the focus from what is `disabled`.
export function Button({
  look = 'secondary',
  small,
  icon,
  busy,
  disabled,
  asChild,
  className = '',
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const still = busy || disabled;
  const classes = `button ${look}${small ? ' sm' : ''} ${className}`;
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={classes}
      aria-busy={busy || undefined}
      aria-disabled={still || undefined}
      onClick={(event) => {
        if (still) event.preventDefault();
        else onClick?.(event);
      }}
      {...rest}
    >
      {busy ? <LoaderCircle className="spin" aria-hidden size={16} /> : icon}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ButtonProps, 'children' | 'icon'> & {
  ref?: Ref<HTMLButtonElement>;
  label: string;
  shortcut?: string;
  children: ReactNode;
};

export function IconButton({
  label,
  shortcut,
  children,
  look = 'ghost',
  className = '',
  ...rest
}: IconButtonProps) {
  return (
    <Tip text={label} shortcut={shortcut}>
      <button
        type="button"
        className={`button icon ${look} ${className}`}
        aria-label={label}
        aria-keyshortcuts={shortcut}
        {...rest}
      >
        {children}
      </button>
    </Tip>
  );
}
