import { Button } from '@mantine/core';
import {
  IconAppWindow, IconClockExclamation, IconCloudOff, IconHourglass, IconNoteOff, IconPhoneOff, IconUsersMinus, IconVolumeOff,
} from '@tabler/icons-react';
import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { Countdown } from '../../../ui/Duration';
import { clockTime } from '../../../ui/time';
import type { Notice } from '../state/notices';
import { useMe, usePost, type Unsaved } from '../state/post';
import { ringer } from '../state/sound';
import { BrowserNotice } from './BrowserNotice';
import classes from './Notices.module.css';
import { Said } from './Said';

interface NoticeLineProps {
  readonly changePhone: () => void;
  readonly notice: Notice;
}

/** One notice, with what can be done about it. */
export function NoticeLine({ notice, changePhone }: NoticeLineProps) {
  const { t } = useTranslation(['banner', 'common']);
  const mayChange = useMe((me) => me.rights.phoneChange);
  const own = useMe((me) => me.phone.kind === 'browser');
  const zone = useMe((me) => me.centre.timeZone);
  switch (notice.kind) {
    case 'lost':
      return (
        <Said icon={IconCloudOff} colour="red" title={t('notice.lost', { time: clockTime(notice.at, zone, true) })}>
          {notice.inCall && !own ? t('notice.lostCall') : t('notice.lostText')}
        </Said>
      );
    case 'unsaved':
      return <LeftUnsaved {...notice.left} />;
    case 'pop':
      return <Said icon={IconAppWindow} colour="orange" title={t('pop.blocked')} action={<PopLink url={notice.url} />}>{t('pop.allow')}</Said>;
    case 'logout':
      return (
        <Said icon={IconClockExclamation} colour="orange" title={t('notice.logout')} figure={<Countdown until={notice.at} />}>
          {t('notice.logoutText')}
        </Said>
      );
    case 'phone':
      return (
        <Said
          icon={IconPhoneOff}
          colour="orange"
          title={t(`notice.phone.${notice.state}`)}
          action={mayChange && <Button size="xs" variant="default" onClick={changePhone}>{notice.state === 'missing' ? t('phone.give') : t('phone.change')}</Button>}
        >
          {!mayChange && notice.state !== 'unreachable' ? t('notice.phoneText.ask') : t(`notice.phoneText.${notice.state}`)}
        </Said>
      );
    case 'browser':
      return <BrowserNotice trouble={notice.trouble} inCall={notice.inCall} changePhone={changePhone} />;
    case 'noGroup':
      return <Said icon={IconUsersMinus} colour="orange" title={t('groups.none')}>{t('groups.noneText')}</Said>;
    case 'sound':
      return (
        <Said icon={IconVolumeOff} colour="orange" title={t('notice.sound')} action={<Button size="xs" variant="default" onClick={() => ringer.unlock()}>{t('notice.soundOn')}</Button>}>
          {t('notice.soundText')}
        </Said>
      );
    case 'ignored':
      return (
        <Said icon={IconHourglass} colour="gray" title={t('notice.ignored')} figure={<Countdown until={notice.until} />}>
          {t('notice.ignoredText')}
        </Said>
      );
  }
}

/** What he wrote to the last moment, for him to copy. */
function LeftUnsaved({ tags, note }: Unsaved) {
  const { t } = useTranslation(['banner', 'common']);
  const { unsaved } = usePost();
  const text = [...tags.map((tag) => `#${tag}`), note].filter((part) => part !== '').join(' ');
  return (
    <Said icon={IconNoteOff} colour="red" title={t('notice.unsaved')} action={<Button size="xs" variant="default" onClick={() => unsaved.set(null)}>{t('common:close')}</Button>}>
      {t('notice.unsavedText')} <span className={classes['left']}>{text}</span>
    </Said>
  );
}

/** A link, so that it can be opened and copied like any other; a plain click opens the window the record asks for. */
function PopLink({ url }: { readonly url: string }) {
  const { t } = useTranslation(['banner', 'common']);
  const { pop } = usePost();
  const follow = (event: MouseEvent): void => {
    if (pop.open()) event.preventDefault();
    // The link has to be there still when the browser follows it.
    else setTimeout(() => pop.followed());
  };
  return (
    <Button component="a" href={url} target="_blank" rel="noopener noreferrer" data-pop-link size="xs" variant="default" onClick={follow}>
      {t('pop.open')}
    </Button>
  );
}
