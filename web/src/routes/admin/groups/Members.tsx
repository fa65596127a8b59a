import { Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Awaited } from '../../../ui/States';
import { Cautions } from '../parts/Cautions';
import { useField, useSaid } from '../parts/fieldContext';
import { operators } from '../parts/kinds';
import { useList } from '../parts/resource';
import type { RecordForm } from '../parts/useRecordForm';
import { Available } from './Available';
import classes from './groups.module.css';
import { MemberRow, type MemberActions } from './MemberRow';
import { added, moved, without } from './members';
import { useDragging } from './useDragging';
import type { Member, Values } from './values';

const fine = (): undefined => undefined;

/** Where the focus goes after a row has moved or gone: a button of the row of this operator, or the search. */
interface Target {
  readonly operator: string | undefined;
  readonly button: string;
}

/**
 * The members of a group beside those who could be: moved by buttons or by dragging,
 * each move said aloud.
 */
export function Members({ form }: { readonly form: RecordForm<Values> }) {
  const { t } = useTranslation('admin');
  const people = useList(operators);
  const field = useField('members', fine);
  const error = useSaid(field.error);
  const { members } = form.values;
  const box = useRef<HTMLDivElement>(null);
  const target = useRef<Target | null>(null);
  const [news, setNews] = useState('');
  const names = useMemo(() => new Map(people.data?.map(({ id, fullName }) => [id, fullName])), [people.data]);
  useEffect(() => {
    if (target.current === null) return;
    const { operator, button } = target.current;
    target.current = null;
    const row = operator === undefined ? undefined : box.current?.querySelector(`[data-operator="${operator}"]`);
    const wanted = row?.querySelector<HTMLElement>(`[data-button="${button}"]:not(:disabled)`) ?? row?.querySelector<HTMLElement>('button:not(:disabled)');
    (wanted ?? box.current?.querySelector<HTMLElement>('input'))?.focus();
  });
  const name = (id: string): string => names.get(id) ?? t('groups.gone');
  const put = (list: readonly Member[]): void => form.set({ members: list });
  const add = (operator: string, at?: number, next?: string): void => {
    const list = added(members, operator, at);
    put(list);
    if (next !== undefined) target.current = { operator: next === '' ? undefined : next, button: 'add' };
    setNews(t('groups.saidAdded', { name: name(operator), place: list.findIndex((m) => m.operator === operator) + 1, total: list.length }));
  };
  const move = (from: number, to: number, button?: string): void => {
    const member = members[from];
    const list = moved(members, from, to);
    if (!member || list === members) return;
    put(list);
    if (button !== undefined) target.current = { operator: member.operator, button };
    setNews(t('groups.saidMoved', { name: name(member.operator), place: to + 1, total: list.length }));
  };
  const actions: MemberActions = {
    up: (index) => move(index, index - 1, 'up'),
    down: (index) => move(index, index + 1, 'down'),
    change: (index, part) => put(members.map((member, i) => (i === index ? { ...member, ...part } : member))),
    remove: (index) => {
      const member = members[index];
      if (!member) return;
      const list = without(members, member.operator);
      put(list);
      target.current = { operator: (list[index] ?? list.at(-1))?.operator, button: 'remove' };
      setNews(t('groups.saidRemoved', { name: name(member.operator) }));
    },
  };
  const over = useDragging(box, people.data !== undefined, (operator, at) => {
    const from = members.findIndex((member) => member.operator === operator);
    if (from >= 0) move(from, from < at ? at - 1 : at);
    else if (names.has(operator)) add(operator, at);
  });
  if (!people.data) return <Awaited query={people}>{() => null}</Awaited>;
  const free = people.data.filter(({ id }) => !members.some((member) => member.operator === id));
  return (
    <div ref={box} className={classes['lists']}>
      {error !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" className={classes['wide'] ?? ''} data-refusal tabIndex={-1} role="alert">{error}</Text>
      )}
      {field.cautions.length > 0 && <div className={`${classes['wide'] ?? ''} ${classes['cautions'] ?? ''}`}><Cautions texts={field.cautions} /></div>}
      <div role="group" aria-label={t('groups.members')} className={classes['list']}>
        <Text size="sm" fw={600}>{t('groups.membersCount', { count: members.length })}</Text>
        <ol className={classes['rows']} data-drop data-over={over === members.length}>
          {members.map((member, index) => (
            <MemberRow
              key={member.operator}
              member={member}
              name={name(member.operator)}
              index={index}
              last={index === members.length - 1}
              over={over === index}
              actions={actions}
            />
          ))}
          {members.length === 0 && <li className={classes['hint']}>{t('groups.membersEmpty')}</li>}
        </ol>
      </div>
      <Available people={free} add={(operator, next) => add(operator, undefined, next)} />
      <VisuallyHidden aria-live="polite" role="status">{news}</VisuallyHidden>
    </div>
  );
}
