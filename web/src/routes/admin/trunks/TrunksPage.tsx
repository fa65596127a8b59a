import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { trunks, type Trunk } from '../parts/kinds';
import { ListPage } from '../parts/ListPage';
import { useList } from '../parts/resource';
import type { Column, Filter } from '../parts/view';
import { TrunkState } from './TrunkState';

/** Whether a trunk answers changes by itself. */
export const livePoll = 5000;

const states = ['up', 'silent', 'down', 'disabled'] as const;
const name = (trunk: Trunk): string => trunk.name;
const address = ({ host, port }: Trunk): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
const text = (trunk: Trunk): string => [trunk.name, address(trunk), trunk.username ?? '', ...trunk.sources].join(' ');

export function TrunksPage() {
  const { t } = useTranslation('admin');
  const list = useList(trunks, livePoll);
  const columns = useMemo((): readonly Column<Trunk>[] => [
    { id: 'name', label: t('trunks.name'), width: 'minmax(9rem, 1.3fr)', cell: name, sort: name },
    { id: 'state', label: t('trunks.state'), width: 'minmax(9rem, 1fr)', cell: ({ state }) => <TrunkState state={state} />, sort: ({ state }) => states.indexOf(state) },
    { id: 'address', label: t('trunks.address'), width: 'minmax(11rem, 1.5fr)', cell: (trunk) => `${address(trunk)} · ${trunk.transport.toUpperCase()}`, sort: address },
    {
      id: 'sources', label: t('trunks.inbound'), width: 'minmax(9rem, 1.2fr)', sort: ({ sources }) => sources[0] ?? '',
      cell: ({ sources }) => (sources.length === 0 ? t('trunks.noInbound') : sources.join(', ')),
    },
    { id: 'priority', label: t('trunks.priority'), width: '6.5rem', cell: ({ priority }) => String(priority), sort: ({ priority }) => priority, end: true },
  ], [t]);
  const filters = useMemo((): readonly Filter<Trunk>[] => [{
    id: 'state',
    label: t('trunks.state'),
    options: states.map((value) => ({ value, label: t(`trunks.states.${value}`) })),
    test: (trunk, value) => trunk.state === value,
  }], [t]);
  return <ListPage name="trunks" query={list} columns={columns} filters={filters} text={text} label={name} />;
}
