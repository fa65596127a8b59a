import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { dateTime } from '../../../ui/time';
import { centreQuery, phones } from '../parts/kinds';
import { useList } from '../parts/resource';
import { livePoll, Registered } from './PhonesPage';
import classes from './Registration.module.css';

/** Where a phone is registered now. */
export function Registration({ id }: { readonly id: string }) {
  const { t } = useTranslation('admin');
  const zone = useQuery(centreQuery).data?.timeZone;
  const phone = useList(phones, livePoll).data?.find((one) => one.id === id);
  if (!phone) return null;
  return (
    <section className={classes['registration']} aria-label={t('phones.state')}>
      <Registered phone={phone} />
      {phone.contacts.length === 0 && <Text size="sm" c="dimmed">{t('phones.notRegisteredHelp')}</Text>}
      <ul className={classes['contacts']}>
        {phone.contacts.map(({ uri, source, transport, userAgent, expiresAt }) => (
          <li key={`${uri} ${source}`}>
            <span className={classes['source']}>{source} · {transport.toUpperCase()}</span>
            {userAgent !== '' && <span>{userAgent}</span>}
            <span className={classes['until']}>{t('phones.until', { time: dateTime(expiresAt, zone) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
