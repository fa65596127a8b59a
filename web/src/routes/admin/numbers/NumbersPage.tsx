import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { readable } from '../../../ui/number';
import { centreQuery, groups, numbers, operators, type ServiceNumber } from '../parts/kinds';
import { ListPage } from '../parts/ListPage';
import { useList } from '../parts/resource';
import { Sign } from '../parts/Sign';
import type { Column, Filter } from '../parts/view';
import type { Destination } from '../parts/destination';
import classes from './NumbersPage.module.css';

const name = (number: ServiceNumber): string => readable(number.number);
const text = ({ number, label }: ServiceNumber): string => [number, readable(number), label].join(' ');

interface Place {
  readonly name: string;
  readonly colour?: string;
}

/** What a destination is called. */
function usePlaces(): (destination: Destination) => Place {
  const { t } = useTranslation('admin');
  const allGroups = useList(groups).data;
  const allOperators = useList(operators).data;
  return useMemo(() => {
    const known = new Map<string | undefined, Place>([
      ...(allGroups ?? []).map(({ id, name: group, colour }) => [id, { name: group, colour }] as const),
      ...(allOperators ?? []).map(({ id, fullName }) => [id, { name: fullName }] as const),
    ]);
    return ({ type, id, number }) => {
      if (type === 'hangup') return { name: t('destination.hangup') };
      if (type === 'number') return { name: readable(number ?? '') };
      return known.get(id) ?? { name: '…' };
    };
  }, [allGroups, allOperators, t]);
}

export function NumbersPage() {
  const { t } = useTranslation('admin');
  const list = useList(numbers);
  const main = useQuery(centreQuery).data?.mainNumber;
  const place = usePlaces();
  const columns = useMemo((): readonly Column<ServiceNumber>[] => [
    { id: 'number', label: t('numbers.number'), width: 'minmax(10rem, 1fr)', cell: name, sort: (n) => n.number },
    { id: 'label', label: t('numbers.label'), width: 'minmax(8rem, 1.3fr)', cell: (n) => <Label number={n} main={n.number === main} />, sort: (n) => n.label },
    {
      id: 'destination',
      label: t('numbers.destination'),
      width: 'minmax(10rem, 1.5fr)',
      cell: (n) => {
        const { name: to, colour } = place(n.destination);
        return <span className={classes['place']}>{colour !== undefined && <Dot colour={colour} />}<span>{to}</span></span>;
      },
      sort: (n) => place(n.destination).name,
    },
    { id: 'answer', label: t('numbers.answer'), width: 'minmax(9rem, 1fr)', cell: (n) => t(`numbers.answers.${n.answer}`), sort: (n) => n.answer },
    {
      id: 'record', label: t('numbers.record'), width: '9rem', sort: (n) => (n.record ? 0 : 1),
      cell: (n) => <Sign tone={n.record ? 'good' : 'off'}>{n.record ? t('numbers.recorded') : t('numbers.notRecorded')}</Sign>,
    },
  ], [main, place, t]);
  const filters = useMemo((): readonly Filter<ServiceNumber>[] => [{
    id: 'type',
    label: t('numbers.destination'),
    options: (['group', 'operator', 'number', 'hangup'] as const).map((value) => ({ value, label: t(`destination.${value}`) })),
    test: (n, value) => n.destination.type === value,
  }], [t]);
  return <ListPage name="numbers" query={list} columns={columns} filters={filters} text={text} label={name} />;
}

function Label({ number, main }: { readonly number: ServiceNumber; readonly main: boolean }) {
  const { t } = useTranslation('admin');
  return (
    <span className={classes['label']}>
      <span>{number.label}</span>
      {main && <span className={classes['main']}>{t('numbers.main')}</span>}
    </span>
  );
}
