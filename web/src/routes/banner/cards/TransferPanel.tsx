import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';

import { SegmentedControl, Skeleton, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, type Schema } from '../../../api/client';
import { useValue } from '../../../live/value';
import { Dot } from '../../../ui/Dot';
import { readable } from '../../../ui/number';
import { Failure } from '../../../ui/States';
import { transfer } from '../state/actions';
import { useBusy, useLine, usePost } from '../state/post';
import { changePrefs, prefs } from '../state/prefs';
import { matching, numberIn } from '../state/targets';
import classes from './TransferPanel.module.css';

interface TransferPanelProps {
  readonly call: string;
  readonly close: () => void;
}

// Who is free changes by the minute; a refusal comes to the same.
const fresh = 2000;

/** To whom a call may go: colleagues, groups, or a number; given away at once, or asked first. */
export function TransferPanel({ call, close }: TransferPanelProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const lost = useLine().state !== 'live';
  const busy = useBusy(`transfer-${call}`);
  const { transferWay: way } = useValue(prefs);
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['transfer-targets'], queryFn: () => answer(api.GET('/api/v1/me/transfer-targets')), refetchInterval: fresh, gcTime: 0,
  });
  const { operators, groups } = matching(data ?? { operators: [], groups: [] }, text);
  const number = numberIn(text);
  const go = async (to: Schema<'TransferTarget'>): Promise<void> => {
    if (await transfer(post, call, to, way)) close();
  };
  const asksGroup = (free: number): boolean => way === 'transfer' || free > 0;
  const open: Schema<'TransferTarget'>[] = [
    ...(number === null ? [] : [{ type: 'number' as const, number }]),
    ...operators.filter(({ state }) => state === 'free').map(({ id }) => ({ type: 'operator' as const, id })),
    ...groups.filter(({ free }) => asksGroup(free)).map(({ id }) => ({ type: 'group' as const, id })),
  ];
  // Who is looked for is meant once only one is left; which of two is meant nobody knows.
  const [only] = open;
  const pick = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || text.trim() === '' || only === undefined || open.length > 1 || lost || busy) return;
    event.preventDefault();
    void go(only);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      step(list.current, event.key === 'ArrowDown' ? 1 : -1);
    }
  };
  const name = (who: string): string => (way === 'consult' ? t('side.askTo', { who }) : t('side.giveTo', { who }));
  return (
    // The keys of the keyboard move within what is shown; each of them is a button or a field of its own.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className={classes['panel']} aria-label={t('side.title')} onKeyDown={keys}>
      <SegmentedControl
        fullWidth
        aria-label={t('side.title')}
        value={way}
        onChange={(value) => changePrefs({ transferWay: value })}
        data={[{ value: 'consult' as const, label: t('side.ask') }, { value: 'transfer' as const, label: t('side.give') }]}
      />
      <TextInput label={t('side.search')} value={text} autoComplete="off" data-autofocus ref={focusFirst} onKeyDown={pick} onChange={(event) => setText(event.currentTarget.value)} />
      <div className={classes['list']} ref={list}>
        {number !== null && (
          <Entry name={name(readable(number))} off={lost || busy} pick={() => void go({ type: 'number', number })} mark={<IconPhone size={18} aria-hidden />} word={t('side.number')}>
            {readable(number)}
          </Entry>
        )}
        {!data && (error ? <Failure error={error} retry={() => void refetch()} /> : <Skeleton height={96} />)}
        {operators.length > 0 && <Text component="h3" className={classes['kind']}>{t('side.colleagues')}</Text>}
        {operators.map(({ id, name: who, state }) => (
          <Entry key={id} name={name(who)} off={lost || busy || state !== 'free'} pick={() => void go({ type: 'operator', id })}
            mark={<span className={classes['state']} data-state={state} aria-hidden />} word={t(`side.state.${state}`)}>
            {who}
          </Entry>
        ))}
        {groups.length > 0 && <Text component="h3" className={classes['kind']}>{t('side.groups')}</Text>}
        {groups.map(({ id, name: who, colour, free }) => (
          <Entry key={id} name={name(who)} off={lost || busy || !asksGroup(free)} pick={() => void go({ type: 'group', id })}
            mark={<Dot colour={colour} />} word={t('side.free', { count: free })}>
            {who}
          </Entry>
        ))}
        {data && operators.length + groups.length === 0 && number === null && (
          <Text size="sm" c="dimmed" role="status">{text === '' ? t('side.nobody') : t('side.none')}</Text>
        )}
      </div>
    </section>
  );
}

function focusFirst(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true });
}

/** From the field into the list and back. */
function step(list: HTMLElement | null, by: 1 | -1): void {
  const buttons = [...(list?.querySelectorAll<HTMLElement>('button:not([aria-disabled="true"])') ?? [])];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = buttons[at + by] ?? (by < 0 ? list?.parentElement?.querySelector<HTMLElement>('input[data-autofocus]') : null);
  next?.focus();
}

interface EntryProps {
  /** What a press comes to, as the choice above stands. */
  readonly name: string;
  readonly off: boolean;
  readonly pick: () => void;
  readonly mark: ReactNode;
  readonly word: string;
  readonly children: string;
}

function Entry({ name, off, pick, mark, word, children }: EntryProps) {
  return (
    <UnstyledButton className={classes['entry']} aria-disabled={off} title={name} onClick={() => !off && pick()}>
      {mark}
      <span className={classes['name']}>{children}</span>
      <span className={classes['word']}>{word}</span>
    </UnstyledButton>
  );
}
