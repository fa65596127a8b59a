import { Button } from '@mantine/core';
import { IconMicrophone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { PhoneState } from '../../../phone/phone';
import { usePhone } from '../state/post';
import { useBrowserTrouble, usePhoneState, type BrowserTrouble } from '../state/useBrowser';
import { Check } from './Check';
import { Devices } from './Devices';
import { useRemedy } from './useRemedy';

/** Whether the page can be his phone: the permission, the level of his voice, the devices, and what to do where one fails. */
export function MicrophoneCheck() {
  const { t } = useTranslation(['banner', 'common']);
  const phone = usePhone();
  const state = usePhoneState();
  const trouble = useBrowserTrouble();
  const remedy = useRemedy(trouble, false);
  const said = trouble ? t(`mic.trouble.${trouble}.title`) : t(`mic.state.${wordOf(state)}`);
  const text = trouble && trouble !== 'lost' && trouble !== 'permission' ? `${said}. ${t(`mic.trouble.${trouble}.text`)}` : said;
  const usable = phone !== null && !hopeless.has(trouble);
  return (
    <Check icon={IconMicrophone} title={t('mic.title')} text={text} alarm={trouble !== null && trouble !== 'permission'}
      action={remedy && <Button size="xs" variant={trouble === 'permission' ? 'filled' : 'default'} onClick={remedy.run}>{remedy.text}</Button>}>
      {usable && <Devices phone={phone} />}
    </Check>
  );
}

/** Nothing can be chosen, or tried, while the browser does not let the page near the microphone. */
const hopeless: ReadonlySet<BrowserTrouble | null> = new Set<BrowserTrouble | null>(['insecure', 'unsupported', 'permission', 'denied', 'no_device', 'taken']);

function wordOf({ state }: PhoneState): 'connecting' | 'ready' | 'asking' | 'lost' | 'taken' {
  return state === 'idle' || state === 'failed' ? 'connecting' : state;
}
