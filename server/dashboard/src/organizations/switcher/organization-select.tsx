import { Select } from '@base-ui/react/select';
import { useRef } from 'react';

interface OrganizationSelectProps {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

export function OrganizationSelect({ options, value, onChoose }: OrganizationSelectProps) {
  // The list opens within the top bar: all content belongs to a landmark.
  const place = useRef<HTMLDivElement>(null);
  return (
    <div ref={place}>
      <Select.Root
        items={options}
        value={value}
        onValueChange={(chosen) => chosen !== null && onChoose(chosen)}
      >
        <Select.Trigger className="button button-small switcher" aria-label="Organization">
          <Select.Value className="switcher-name" />
          <Select.Icon aria-hidden="true">▾</Select.Icon>
        </Select.Trigger>
        <Select.Portal container={place}>
          <Select.Positioner
            className="options-place"
            alignItemWithTrigger={false}
            // Does not make the page wider while the window changes its width.
            positionMethod="fixed"
            sideOffset={4}
            align="start"
          >
            <Select.Popup className="options">
              <Select.List>
                {options.map((option) => (
                  <Select.Item key={option.value} value={option.value} className="option">
                    <Select.ItemText>{option.label}</Select.ItemText>
                    <Select.ItemIndicator aria-hidden="true">✓</Select.ItemIndicator>
                  </Select.Item>
                ))}
              </Select.List>
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
    </div>
  );
}
