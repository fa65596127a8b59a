import { NativeSelect } from '@mantine/core';

import { found } from '../phone/choices';
import type { Device } from '../phone/platform';

interface DeviceChoiceProps {
  readonly label: string;
  readonly devices: readonly Device[];
  readonly chosen: Device | null;
  readonly choose: (device: Device | null) => void;
  /** What the system's own is called. */
  readonly usual: string;
  /** What the nth is called, from 1, where the browser does not say. */
  readonly unnamed: (n: number) => string;
  readonly className?: string | undefined;
}

/** One of the devices, or the system's own; one that was chosen and is not here is the system's meanwhile. */
export function DeviceChoice({ label, devices, chosen, choose, usual, unnamed, className }: DeviceChoiceProps) {
  const named = devices.map(({ id, label: name }, i) => ({ value: id, label: name || unnamed(i + 1) }));
  return (
    <NativeSelect
      label={label}
      value={found(chosen, devices)}
      onChange={(event) => choose(devices.find(({ id }) => id === event.currentTarget.value) ?? null)}
      data={[{ value: '', label: usual }, ...named]}
      className={className}
    />
  );
}
