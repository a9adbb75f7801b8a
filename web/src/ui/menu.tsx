import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ReactElement, type ReactNode, type RefObject, useEffect } from 'react';
import './menu.css';

export function Menu({
  trigger,
  children,
  side,
  align = 'start',
  open,
  onOpenChange,
  button,
}: {
  trigger: ReactElement;
  children: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
  align?: 'start' | 'end';
  // Where the trigger only marks the place of a button that was there before the menu:
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  button?: RefObject<HTMLElement | null>;
}) {
  return (
    <DropdownMenu.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          {...(button && {
            'aria-labelledby': button.current?.id,
            onCloseAutoFocus: (event: Event) => {
              event.preventDefault();
              button.current?.focus({ preventScroll: true });
            },
          })}
        >
          <Behind />
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

// What nobody hears while a menu is open takes no focus either.
function Behind() {
  useEffect(() => {
    let behind: HTMLElement[] = [];
    let open = true;
    // Radix marks it as the menu opens, after this.
    queueMicrotask(() => {
      if (!open) return;
      behind = [...document.querySelectorAll<HTMLElement>('[data-aria-hidden=true]:not([inert])')];
      for (const one of behind) one.inert = true;
    });
    return () => {
      open = false;
      for (const one of behind) one.inert = false;
    };
  }, []);
  return null;
}

export function MenuItem({
  icon,
  danger,
  children,
  onSelect,
}: {
  icon?: ReactNode;
  danger?: boolean;
  children: ReactNode;
  onSelect: () => void;
}) {
  return (
    <DropdownMenu.Item className={`menu-item${danger ? ' problem' : ''}`} onSelect={onSelect}>
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}

export function MenuChoice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      <DropdownMenu.Label className="menu-label">{label}</DropdownMenu.Label>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className="menu-item">
          <span className="menu-check">
            <DropdownMenu.ItemIndicator>
              <Check size={16} aria-hidden />
            </DropdownMenu.ItemIndicator>
          </span>
          {option.label}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

// The menu stays open: several may be chosen.
export function MenuCheck({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <DropdownMenu.CheckboxItem
      className="menu-item"
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <span className="menu-check">
        <DropdownMenu.ItemIndicator>
          <Check size={16} aria-hidden />
        </DropdownMenu.ItemIndicator>
      </span>
      {children}
    </DropdownMenu.CheckboxItem>
  );
}

// Words among the choices; heard as they change.
export function MenuWords({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="menu-label" role="status">
      {children}
    </DropdownMenu.Label>
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator className="menu-line" />;
}
