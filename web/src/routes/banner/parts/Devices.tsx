import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';

import { Button, Switch, Text } from '@mantine/core';
import { useEffect, useRef, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { choices, choose } from '../../../phone/choices';
import { meter } from '../../../phone/meter';
import type { Phone } from '../../../phone/phone';
import { DeviceChoice } from '../../../ui/DeviceChoice';
import classes from './Devices.module.css';

/** Which devices the phone uses, and whether they are heard. */
export function Devices({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation(['banner', 'common']);
  const { inputs, outputs } = useValue(phone.devices);
  const { input, output, clean } = useValue(choices);
  return (
    <div className={classes['devices']}>
      <Level phone={phone} />
      <Choice label={t('mic.input')} devices={inputs} chosen={input} choose={(device) => choose({ input: device })} />
      {outputs.length > 0 && <Choice label={t('mic.output')} devices={outputs} chosen={output} choose={(device) => choose({ output: device })} />}
      <Switch checked={clean} onChange={(event) => choose({ clean: event.currentTarget.checked })} label={t('mic.clean')} />
    </div>
  );
}

/** Where it rings: often a loudspeaker, where the voice is in the headset. */
export function RingDevice({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation(['banner', 'common']);
  const { outputs } = useValue(phone.devices);
  const { ring } = useValue(choices);
  if (outputs.length === 0) return null;
  return <Choice label={t('mic.ring')} devices={outputs} chosen={ring} choose={(device) => choose({ ring: device })} />;
}

type ChoiceProps = Pick<ComponentProps<typeof DeviceChoice>, 'label' | 'devices' | 'chosen' | 'choose'>;

function Choice(props: ChoiceProps) {
  const { t } = useTranslation(['banner', 'common']);
  return <DeviceChoice {...props} usual={t('mic.usual')} unnamed={(n) => t('mic.unnamed', { n })} className={classes['choice']} />;
}

// So long without a sound, and something is wrong.
const patience = 4000;
const heardFrom = 0.2;

/** The level of his voice, while he tries it: the microphone is open no longer than that. */
function Level({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation(['banner', 'common']);
  const [tries, setTries] = useState(false);
  const [quiet, setQuiet] = useState(false);
  const track = useValue(phone.microphone.track);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!tries) return undefined;
    void phone.microphone.use('trial');
    return () => phone.microphone.release('trial');
  }, [phone, tries]);
  useEffect(() => {
    if (!tries || !track) return undefined;
    let heard = performance.now();
    return meter(track, (level) => {
      if (level > heardFrom) heard = performance.now();
      setQuiet(performance.now() - heard > patience);
      if (bar.current) bar.current.style.transform = `scaleX(${level.toFixed(2)})`;
    });
  }, [tries, track]);
  const stop = (): void => {
    setTries(false);
    setQuiet(false);
  };
  return (
    <div className={classes['trial']}>
      <Button variant="default" size="sm" onClick={() => (tries ? stop() : setTries(true))}>{tries ? t('mic.stop') : t('mic.try')}</Button>
      {tries && (
        <div className={classes['voice']}>
          <div className={classes['level']} role="img" aria-label={t('mic.level')}><div className={classes['bar']} ref={bar} /></div>
          <Text size="sm" c={quiet ? 'var(--mantine-color-error)' : 'dimmed'} role="status">{quiet ? t('mic.quiet') : t('mic.speak')}</Text>
        </div>
      )}
    </div>
  );
}
