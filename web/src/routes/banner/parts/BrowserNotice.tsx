import { Button } from '@mantine/core';
import { IconDeviceDesktopOff, IconMicrophoneOff, IconVolumeOff, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { useMe } from '../state/post';
import type { BrowserTrouble } from '../state/useBrowser';
import { useRemedy } from './useRemedy';
import { Said } from './Said';

interface BrowserNoticeProps {
  readonly trouble: BrowserTrouble;
  readonly inCall: boolean;
  readonly changePhone: () => void;
}

const elsewhere: ReadonlySet<BrowserTrouble> = new Set(['lost', 'taken', 'refused', 'insecure', 'unsupported']);

function iconOf(trouble: BrowserTrouble): Icon {
  if (trouble === 'blocked') return IconVolumeOff;
  return elsewhere.has(trouble) ? IconDeviceDesktopOff : IconMicrophoneOff;
}

/** Why this page takes no calls though it is his phone, and what can be done about it. */
export function BrowserNotice({ trouble, inCall, changePhone }: BrowserNoticeProps) {
  const { t } = useTranslation(['banner', 'common']);
  const mayChange = useMe((me) => me.rights.phoneChange && me.activity === 'idle');
  const remedy = useRemedy(trouble, inCall);
  const music = inCall && (trouble === 'lost' || trouble === 'permission');
  const act = remedy ?? (mayChange && (trouble === 'insecure' || trouble === 'unsupported') ? { text: t('phone.change'), run: changePhone } : null);
  return (
    <Said icon={iconOf(trouble)} colour="orange" title={t(`mic.trouble.${trouble}.title`)} action={act && <Button size="xs" variant="default" onClick={act.run}>{act.text}</Button>}>
      {music ? t('mic.music') : t(`mic.trouble.${trouble}.text`)}
    </Said>
  );
}
