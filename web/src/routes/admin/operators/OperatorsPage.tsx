import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { IconBan, IconCircleCheck, IconFileExport, IconFileImport, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { readable } from '../../../ui/number';
import { SteadyButton } from '../../../ui/SteadyButton';
import { refused, said } from '../../../ui/toast';
import { Tags } from '../parts/Tags';
import { groups, operators, phones, type Group, type Operator, type Phone } from '../parts/kinds';
import { ListPage } from '../parts/ListPage';
import { save, useEach, useList } from '../parts/resource';
import { Sign } from '../parts/Sign';
import { useRemoval } from '../parts/useRemoval';
import type { Column, Filter } from '../parts/view';
import { BulkChangeButton } from './BulkChange';
import { EnabledState, PasswordState } from './states';
import { download } from './table';

/** The groups of each operator, in the groups' order. */
function groupsByOperator(all: readonly Group[] | undefined): ReadonlyMap<string, readonly Group[]> {
  const found = new Map<string, Group[]>();
  for (const group of all ?? []) {
    for (const { operator } of group.members) found.set(operator, [...(found.get(operator) ?? []), group]);
  }
  return found;
}

const text = (operator: Operator): string =>
  [operator.fullName, operator.login, operator.email, operator.directNumber ?? '', operator.phone?.number ?? ''].join(' ');
const name = (operator: Operator): string => operator.fullName;

export function OperatorsPage() {
  const list = useList(operators);
  const allGroups = useList(groups).data;
  const allPhones = useList(phones).data;
  const columns = useColumns(allGroups, allPhones);
  const filters = useFilters(allGroups);
  return (
    <ListPage
      name="operators"
      actions={<Exchange />}
      query={list}
      columns={columns}
      sort="fullName"
      filters={filters}
      text={text}
      label={name}
      bulk={(chosen, done) => <Bulk chosen={chosen} done={done} />}
    />
  );
}

/** All operators as a file, and operators from one. */
function Exchange() {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const keep = (): void => {
    setBusy(true);
    download().catch(refused).finally(() => setBusy(false));
  };
  return (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} aria-hidden />} onClick={() => void navigate({ to: '/admin/operators/import' })}>
        {t('operators.import.open')}
      </Button>
      <SteadyButton variant="default" leftSection={<IconFileExport size={16} aria-hidden />} busy={busy} onClick={keep}>{t('operators.export')}</SteadyButton>
    </>
  );
}

function useColumns(allGroups: readonly Group[] | undefined, allPhones: readonly Phone[] | undefined): readonly Column<Operator>[] {
  const { t } = useTranslation(['admin', 'common']);
  return useMemo(() => {
    const of = groupsByOperator(allGroups);
    const labels = new Map(allPhones?.map((phone) => [phone.id, phone.label]));
    const phone = (operator: Operator): string => {
      if (operator.phone?.kind === 'external') return readable(operator.phone.number ?? '');
      if (operator.phone?.kind === 'centrex') return labels.get(operator.phone.account ?? '') ?? t('common:phone.centrex');
      return operator.phone ? t('common:phone.browser') : t('operators.phoneAsked');
    };
    return [
      { id: 'fullName', label: t('operators.fullName'), width: 'minmax(9rem, 1.6fr)', cell: name, sort: name },
      { id: 'login', label: t('operators.login'), width: 'minmax(6rem, 1fr)', cell: (o) => o.login, sort: (o) => o.login },
      {
        id: 'groups',
        label: t('operators.groups'),
        width: 'minmax(8rem, 1.8fr)',
        cell: (o) => <Tags tags={of.get(o.id) ?? []} none={<Sign tone="waiting">{t('operators.noGroup')}</Sign>} />,
        sort: (o) => of.get(o.id)?.map((group) => group.name).join(' ') ?? '',
      },
      { id: 'phone', label: t('operators.phone'), width: 'minmax(9rem, 1.3fr)', cell: phone, sort: phone },
      { id: 'passwordState', label: t('operators.password'), width: 'minmax(8.5rem, 1fr)', cell: (o) => <PasswordState state={o.passwordState} />, sort: (o) => t(`operators.passwordState.${o.passwordState}`) },
      { id: 'enabled', label: t('operators.state'), width: '6.5rem', cell: (o) => <EnabledState enabled={o.enabled} />, sort: (o) => (o.enabled ? 0 : 1) },
    ];
  }, [allGroups, allPhones, t]);
}

function useFilters(allGroups: readonly Group[] | undefined): readonly Filter<Operator>[] {
  const { t } = useTranslation('admin');
  return useMemo(() => {
    const of = groupsByOperator(allGroups);
    return [
      {
        id: 'group',
        label: t('operators.group'),
        options: [{ value: 'none', label: t('operators.noGroup') }, ...(allGroups ?? []).map(({ id, name: label }) => ({ value: id, label }))],
        test: (o, value) => (value === 'none' ? !of.has(o.id) : of.get(o.id)?.some(({ id }) => id === value) === true),
      },
      {
        id: 'enabled',
        label: t('operators.state'),
        options: [{ value: 'on', label: t('operators.enabled') }, { value: 'off', label: t('operators.disabled') }],
        test: (o, value) => o.enabled === (value === 'on'),
      },
      {
        id: 'password',
        label: t('operators.password'),
        options: (['pending', 'delivered', 'failed', 'set'] as const).map((value) => ({ value, label: t(`operators.passwordState.${value}`) })),
        test: (o, value) => o.passwordState === value,
      },
    ];
  }, [allGroups, t]);
}

function Bulk({ chosen, done }: { readonly chosen: readonly Operator[]; readonly done: () => void }) {
  const { t } = useTranslation('admin');
  const each = useEach();
  const removal = useRemoval(operators);
  const enable = async (enabled: boolean): Promise<void> => {
    const other = chosen.filter((operator) => operator.enabled !== enabled);
    const count = await each(other, (queries, { id }) => save(queries, operators, { id }, { enabled }));
    if (count === other.length) said(enabled ? t('operators.enabledNow', { count: chosen.length }) : t('operators.disabledNow', { count: chosen.length }));
    done();
  };
  const erase = async (): Promise<void> => {
    const gone = await removal(chosen, name, { title: t('operators.deleteMany', { count: chosen.length }), text: t('operators.deleteText') });
    if (gone > 0) done();
  };
  return (
    <>
      <BulkChangeButton chosen={chosen} done={done} />
      <Button size="xs" variant="default" leftSection={<IconCircleCheck size={14} aria-hidden />} onClick={() => void enable(true)}>{t('operators.enable')}</Button>
      <Button size="xs" variant="default" leftSection={<IconBan size={14} aria-hidden />} onClick={() => void enable(false)}>{t('operators.disable')}</Button>
      <Button size="xs" variant="default" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => void erase()}>{t('form.delete')}</Button>
    </>
  );
}
