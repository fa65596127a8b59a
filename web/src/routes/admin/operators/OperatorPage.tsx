import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Awaited } from '../../../ui/States';
import { centreQuery, operators } from '../parts/kinds';
import { Page } from '../parts/Page';
import { WithRecord } from '../parts/WithRecord';
import { OperatorForm } from './OperatorForm';
import { duplicated, newValues, toValues } from './values';

function useBack() {
  const { t } = useTranslation('admin');
  return { to: '/admin/operators', label: t('operators.title') } as const;
}

export function OperatorPage() {
  const { t } = useTranslation('admin');
  const { id } = useParams({ from: '/admin/operators/$id' });
  const back = useBack();
  return (
    <WithRecord kind={operators} id={id} title={t('operators.one')} back={back}>
      {(known) => <OperatorForm key={id} known={known} start={toValues(known.record)} back={back} />}
    </WithRecord>
  );
}

export function NewOperatorPage() {
  const { t } = useTranslation('admin');
  const { from } = useSearch({ from: '/admin/operators/new' });
  const centre = useQuery(centreQuery);
  const back = useBack();
  if (!centre.data) return <Page title={t('operators.new')} back={back}><Awaited query={centre}>{() => null}</Awaited></Page>;
  if (from === undefined) return <OperatorForm start={newValues(centre.data)} back={back} />;
  return (
    <WithRecord kind={operators} id={from} title={t('operators.new')} back={back}>
      {({ record }) => <OperatorForm key={from} start={duplicated(record)} back={back} like={record.fullName} />}
    </WithRecord>
  );
}
