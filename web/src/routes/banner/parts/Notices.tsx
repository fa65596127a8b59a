import { Alert, Button, Text } from '@mantine/core';
import { IconAppWindow, IconClockExclamation, IconCloudOff, IconHourglass, IconPhoneOff, IconUsersMinus, type Icon } from '@tabler/icons-react';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { useValue } from '../../../live/value';
import { Countdown } from '../../../ui/Duration';
import { clockTime } from '../../../ui/time';
import { noticesOf, type Notice } from '../state/notices';
import { useLine, useMe, usePost } from '../state/post';
import classes from './Notices.module.css';

interface NoticesProps {
  readonly changePhone: () => void;
}

/** Everything that keeps calls away or soon will, with what can be done about it. */
export function Notices({ changePhone }: NoticesProps) {
  const post = usePost();
  const me = useValue(post.line.me);
  const page = useValue(post.pop.keptBack);
  const line = useLine();
  useSecond(me.logoutAt !== null || me.ignoredUntil !== null);
  const notices = noticesOf(me, line, serverNow(), page);
  if (notices.length === 0) return null;
  return (
    <div className={classes['notices']}>
      {notices.map((notice) => <Line key={notice.kind} notice={notice} changePhone={changePhone} />)}
    </div>
  );
}

interface LineProps extends NoticesProps {
  readonly notice: Notice;
}

function Line({ notice, changePhone }: LineProps) {
  const { t } = useTranslation(['banner', 'common']);
  const mayChange = useMe((me) => me.rights.phoneChange);
  const zone = useMe((me) => me.centre.timeZone);
  switch (notice.kind) {
    case 'lost':
      return (
        <Said icon={IconCloudOff} colour="red" title={t('notice.lost', { time: clockTime(notice.at, zone, true) })}>
          {notice.inCall ? t('notice.lostCall') : t('notice.lostText')}
        </Said>
      );
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
    case 'noGroup':
      return <Said icon={IconUsersMinus} colour="orange" title={t('groups.none')}>{t('groups.noneText')}</Said>;
    case 'ignored':
      return (
        <Said icon={IconHourglass} colour="gray" title={t('notice.ignored')} figure={<Countdown until={notice.until} />}>
          {t('notice.ignoredText')}
        </Said>
      );
  }
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

interface SaidProps {
  readonly icon: Icon;
  readonly colour: string;
  readonly title: string;
  readonly figure?: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function Said({ icon: Picture, colour, title, figure, action, children }: SaidProps) {
  return (
    <Alert color={colour} variant="light" icon={<Picture size={20} aria-hidden />} className={classes['notice']}
      title={<span className={classes['title']}><span role="status">{title}</span>{figure && <strong>{figure}</strong>}</span>}>
      <div className={classes['body']}>
        <Text size="sm">{children}</Text>
        {action}
      </div>
    </Alert>
  );
}
