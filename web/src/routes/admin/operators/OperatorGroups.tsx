import { Anchor, Select, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconUsersGroup } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { SteadyButton } from '../../../ui/SteadyButton';
import { refused, said } from '../../../ui/toast';
import { groups, type Operator } from '../parts/kinds';
import { read, save, useList } from '../parts/resource';
import classes from './operators.module.css';

/** The groups an operator belongs to, and the next step after creating him: to add him to one. */
export function OperatorGroups({ operator }: { readonly operator: Operator }) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const all = useList(groups).data;
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (!all) return null;
  const his = all.filter((group) => group.members.some((member) => member.operator === operator.id));
  const others = all.filter((group) => !his.includes(group));
  const add = async (): Promise<void> => {
    const group = others.find(({ id }) => id === chosen);
    if (!group) return;
    setBusy(true);
    try {
      // With its ETag: a member another administrator is adding now is not lost.
      const { record, etag } = await read(groups, group.id);
      await save(queries, groups, { id: group.id, etag }, { members: [...record.members.map(({ operator: id, level, suspended }) => ({ operator: id, level, suspended })), { operator: operator.id }] });
      setChosen(null);
      said(t('operators.added', { group: group.name }));
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className={classes['groups']} data-none={his.length === 0} aria-label={t('operators.groups')}>
      <div className={classes['names']}>
        <Text size="sm" fw={600}>{his.length === 0 ? t('operators.nextStep') : t('operators.groups')}</Text>
        {his.length === 0
          ? <Text size="sm" c="dimmed">{t('operators.nextStepText')}</Text>
          : (
            <span className={classes['links']}>
              {his.map(({ id, name, colour }) => (
                <Link key={id} to="/admin/groups/$id" params={{ id }} className={classes['link']}><Dot colour={colour} />{name}</Link>
              ))}
            </span>
          )}
      </div>
      {all.length === 0
        ? <Anchor component={Link} to="/admin/groups/new" size="sm">{t('operators.firstGroup')}</Anchor>
        : others.length > 0 && (
          <div className={classes['add']}>
            <Select
              aria-label={t('operators.chooseGroup')}
              placeholder={t('operators.chooseGroup')}
              data={others.map(({ id, name }) => ({ value: id, label: name }))}
              value={chosen}
              onChange={setChosen}
              searchable
              nothingFoundMessage={t('form.noOption')}
            />
            <SteadyButton variant="default" leftSection={<IconUsersGroup size={16} aria-hidden />} off={chosen === null} busy={busy} onClick={() => void add()}>
              {t('operators.addToGroup')}
            </SteadyButton>
          </div>
        )}
    </section>
  );
}
