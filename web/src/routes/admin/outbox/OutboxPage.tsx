import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { all, answer, api, type Schema } from '../../../api/client';
import { serverNow } from '../../../live/clock';
import { dateTime } from '../../../ui/time';
import { centreQuery } from '../parts/kinds';
import { Page } from '../parts/Page';
import { ResourceList } from '../parts/ResourceList';
import { Sign } from '../parts/Sign';
import type { Column, Filter } from '../parts/view';

type Mail = Schema<'Mail'>;

// Our own server's word for a mail that is no longer worth sending; other errors are the mail server's.
const replaced = 'replaced by a newer mail';

const tones = { waiting: 'waiting', sent: 'good', failed: 'bad' } as const;
const states = ['waiting', 'failed', 'sent'] as const;
const name = (mail: Mail): string => mail.to;
const text = ({ to, subject, lastError }: Mail): string => [to, subject, lastError ?? ''].join(' ');

export function OutboxPage() {
  const { t } = useTranslation('admin');
  const zone = useQuery(centreQuery).data?.timeZone;
  const query = useQuery({
    queryKey: ['outbox', 'list'],
    queryFn: () => all<Mail>((cursor) => answer(api.GET('/api/v1/outbox', { params: { query: { limit: 500, ...(cursor !== undefined && { cursor }) } } }))),
    refetchInterval: 5000,
  });
  const columns = useMemo((): readonly Column<Mail>[] => [
    { id: 'to', label: t('outbox.to'), width: 'minmax(11rem, 1.3fr)', cell: name, sort: name },
    { id: 'subject', label: t('outbox.subject'), width: 'minmax(11rem, 1.5fr)', cell: (m) => m.subject, sort: (m) => m.subject },
    {
      id: 'state', label: t('outbox.state'), width: 'minmax(8rem, 0.8fr)',
      cell: (m) => <Sign tone={tones[m.state]}>{t(`outbox.states.${m.state}`)}</Sign>, sort: (m) => states.indexOf(m.state),
    },
    { id: 'attempts', label: t('outbox.attempts'), width: '5.5rem', cell: (m) => String(m.attempts), sort: (m) => m.attempts },
    {
      id: 'when', label: t('outbox.when'), width: 'minmax(11rem, 1fr)', sort: (m) => m.sentAt ?? m.nextAttempt ?? m.createdAt,
      cell: (m) => {
        if (m.sentAt !== null) return t('outbox.sentAt', { time: dateTime(m.sentAt, zone) });
        // An attempt that is due and not made waits for a mail server to be set.
        if (m.nextAttempt !== null && Date.parse(m.nextAttempt) > serverNow()) return t('outbox.nextAttempt', { time: dateTime(m.nextAttempt, zone) });
        return t('outbox.madeAt', { time: dateTime(m.createdAt, zone) });
      },
    },
    { id: 'lastError', label: t('outbox.lastError'), width: 'minmax(9rem, 1.5fr)', cell: (m) => (m.lastError === replaced ? t('outbox.replaced') : m.lastError ?? '–') },
  ], [t, zone]);
  const filters = useMemo((): readonly Filter<Mail>[] => [{
    id: 'state',
    label: t('outbox.state'),
    options: states.map((value) => ({ value, label: t(`outbox.states.${value}`) })),
    test: (mail, value) => mail.state === value,
  }], [t]);
  return (
    <Page title={t('outbox.title')} intro={t('outbox.intro')}>
      <ResourceList
        name="outbox"
        title={t('outbox.title')}
        query={query}
        columns={columns}
        filters={filters}
        text={text}
        label={name}
        count={(n) => t('outbox.count', { count: n })}
        empty={{ title: t('outbox.empty'), text: t('outbox.emptyText') }}
      />
    </Page>
  );
}
