import { Button } from '@mantine/core';
import { IconDeviceDesktopOff, IconMicrophoneOff, IconVolumeOff, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { readable } from '../../../ui/number';
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

const nothingOffered: ReadonlySet<BrowserTrouble> = new Set(['lost', 'permission']);

function iconOf(trouble: BrowserTrouble): Icon {
  if (trouble === 'blocked') return IconVolumeOff;
  return elsewhere.has(trouble) ? IconDeviceDesktopOff : IconMicrophoneOff;
}

/** Why this page takes no calls though it is his phone, and what can be done about it. */
export function BrowserNotice({ trouble, inCall, changePhone }: BrowserNoticeProps) {
  const { t } = useTranslation(['banner', 'common']);
  const mayChange = useMe((me) => me.rights.phoneChange && me.activity === 'idle');
  const number = useMe((me) => me.phone.fallback);
  const remedy = useRemedy(trouble, inCall);
  const music = inCall && (trouble === 'lost' || trouble === 'permission');
  const fallback = trouble !== 'blocked' && number !== null ? t('mic.fallback', { number: readable(number) }) : null;
  // What is said of calls that are not offered is not so where another number is rung.
  const own = fallback !== null && nothingOffered.has(trouble) ? null : t(`mic.trouble.${trouble}.text`);
  const said = music ? [t('mic.music')] : [own, fallback].filter((text) => text !== null);
  const act = remedy ?? (mayChange && (trouble === 'insecure' || trouble === 'unsupported') ? { text: t('phone.change'), run: changePhone } : null);
  return (
    <Said icon={iconOf(trouble)} colour="orange" title={t(`mic.trouble.${trouble}.title`)} action={act && <Button size="xs" variant="default" onClick={act.run}>{act.text}</Button>}>
      {said.join(' ')}
    </Said>
  );
}
