import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { phones, type Phone } from '../parts/kinds';
import { ListPage } from '../parts/ListPage';
import { useList } from '../parts/resource';
import { Sign } from '../parts/Sign';
import type { Column, Filter } from '../parts/view';

/** Whether a phone is registered changes by itself. */
export const livePoll = 5000;

const name = (phone: Phone): string => phone.label;
const text = ({ label, username, number, contacts }: Phone): string => [label, username, number ?? '', ...contacts.map(({ source }) => source)].join(' ');

export function Registered({ phone }: { readonly phone: Pick<Phone, 'registered'> }) {
  const { t } = useTranslation('admin');
  return <Sign tone={phone.registered ? 'good' : 'off'}>{phone.registered ? t('phones.registered') : t('phones.notRegistered')}</Sign>;
}

export function PhonesPage() {
  const { t } = useTranslation('admin');
  const list = useList(phones, livePoll);
  const columns = useMemo((): readonly Column<Phone>[] => [
    { id: 'label', label: t('phones.label'), width: 'minmax(10rem, 1.4fr)', cell: name, sort: name },
    { id: 'number', label: t('phones.number'), width: '9rem', cell: (p) => p.number ?? '–', sort: (p) => p.number ?? '' },
    { id: 'username', label: t('phones.username'), width: 'minmax(8rem, 1fr)', cell: (p) => p.username, sort: (p) => p.username },
    { id: 'registered', label: t('phones.state'), width: 'minmax(9rem, 0.8fr)', cell: (p) => <Registered phone={p} />, sort: (p) => (p.registered ? 0 : 1) },
    { id: 'source', label: t('phones.source'), width: 'minmax(10rem, 1.2fr)', cell: (p) => p.contacts.map(({ source }) => source).join(', ') || '–' },
  ], [t]);
  const filters = useMemo((): readonly Filter<Phone>[] => [{
    id: 'registered',
    label: t('phones.state'),
    options: [{ value: 'on', label: t('phones.registered') }, { value: 'off', label: t('phones.notRegistered') }],
    test: (p, value) => p.registered === (value === 'on'),
  }], [t]);
  return <ListPage name="phones" query={list} columns={columns} filters={filters} text={text} label={name} />;
}
