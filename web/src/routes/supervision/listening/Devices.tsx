import { ActionIcon, Button, Popover, Stack, Text } from '@mantine/core';
import { IconHeadset } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { choices, choose } from '../../../phone/choices';
import { DeviceChoice } from '../../../ui/DeviceChoice';
import { useListening } from './useListening';

/** Which microphone and which loudspeaker he uses: a change is heard at once, and kept in this browser as the banner's is. */
export function Devices() {
  const { t } = useTranslation('supervision');
  const [opened, change] = useState(false);
  const title = t('listening.devices.title');
  return (
    <Popover opened={opened} onChange={change} position="top-end" width={288} shadow="md" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <ActionIcon variant="default" size={30} aria-label={title} title={title} onClick={() => change(!opened)}>
          <IconHeadset size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown><Choices /></Popover.Dropdown>
    </Popover>
  );
}

function Choices() {
  const { t } = useTranslation('supervision');
  const { phone } = useListening();
  const { inputs, outputs } = useValue(phone.devices);
  const { input, output } = useValue(choices);
  const trouble = useValue(phone.microphone.trouble);
  const unnamed = [...inputs, ...outputs].every(({ label }) => label === '');
  const asks = unnamed && inputs.length > 0;
  const box = useRef<HTMLDivElement>(null);
  const asked = useRef(asks);
  useEffect(() => {
    // The button that had the focus is gone with the question.
    if (asked.current && !asks) (box.current?.querySelector('select') ?? box.current)?.focus();
    asked.current = asks;
    // Some browsers name the devices only while one of them is open, and say nothing then.
    if (asks && phone.microphone.track.get()) void phone.name();
  }, [phone, asks]);
  return (
    <Stack gap="sm" ref={box} tabIndex={-1}>
      {asks && (
        <>
          <Text size="sm" role="status">{t(trouble ? `listening.trouble.${trouble}` : 'listening.devices.ask')}</Text>
          <Button size="xs" variant="default" onClick={() => void phone.name()}>{t('listening.devices.allow')}</Button>
        </>
      )}
      {inputs.length === 0 && <Text size="sm">{t('listening.devices.none')}</Text>}
      {!asks && inputs.length > 0 && <Choice label={t('listening.devices.input')} devices={inputs} chosen={input} choose={(device) => choose({ input: device })} />}
      {!asks && outputs.length > 0 && <Choice label={t('listening.devices.output')} devices={outputs} chosen={output} choose={(device) => choose({ output: device })} />}
    </Stack>
  );
}

type ChoiceProps = Pick<ComponentProps<typeof DeviceChoice>, 'label' | 'devices' | 'chosen' | 'choose'>;

function Choice(props: ChoiceProps) {
  const { t } = useTranslation('supervision');
  return <DeviceChoice {...props} usual={t('listening.devices.usual')} unnamed={(n) => t('listening.devices.unnamed', { n })} />;
}
