// One of a few, chosen right there: looks like the words it stands for until somebody comes near.
import { Check, ChevronDown } from 'lucide-react';
import { Select } from 'radix-ui';
import { isCovered, press } from '../frame/shortcuts';
import './menu.css';
import './choice.css';

export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: { value: string; label: string };
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}) {
  return (
    <Select.Root value={value.value} onValueChange={onChange}>
      <Select.Trigger
        className="choice"
        aria-label={label}
        title={value.label}
        onKeyDown={(event) => {
          // A letter is a shortcut here as on any button; Radix would choose what begins with it.
          const { key, altKey, ctrlKey, metaKey } = event;
          if (key.length !== 1 || key === ' ' || altKey || ctrlKey || metaKey) return;
          event.preventDefault();
          if (!event.repeat && !isCovered()) press(key);
        }}
      >
        {/* Its own words, whatever the list holds by now. */}
        <Select.Value>
          <span className="truncate" dir="auto">
            {value.label}
          </span>
        </Select.Value>
        <Select.Icon asChild>
          <ChevronDown size={14} aria-hidden />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Content
          className="menu choice-list"
          position="popper"
          sideOffset={4}
          collisionPadding={8}
        >
          <Select.Viewport>
            {options.map((one) => (
              <Select.Item key={one.value} value={one.value} className="menu-item">
                <span className="menu-check">
                  <Select.ItemIndicator>
                    <Check size={16} aria-hidden />
                  </Select.ItemIndicator>
                </span>
                <Select.ItemText>
                  <span dir="auto">{one.label}</span>
                </Select.ItemText>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  );
}
