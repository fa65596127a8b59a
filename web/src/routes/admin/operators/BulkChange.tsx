import { Alert, Button, Progress, Select, Text } from '@mantine/core';
import { closeModal, openModal, updateModal } from '@mantine/modals';
import { IconAdjustments, IconInfoCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { fieldProblems, Problem } from '../../../api/client';
import { problemNow } from '../../../ui/problem';
import { Pair } from '../../../ui/Pair';
import { ruleText } from '../../../ui/rules';
import { FieldContext } from '../parts/fieldContext';
import { operators, type Operator } from '../parts/kinds';
import { save } from '../parts/resource';
import type { Check, FormContext } from '../parts/useRecordForm';
import { cautions } from './cautions';
import classes from './operators.module.css';
import { SettingField, useSettingWords } from './SettingField';
import { settingNames, valueOf, type Setting } from './settings';

/** The button that opens the dialogue to change one setting of the chosen operators. */
export function BulkChangeButton({ chosen, done }: { readonly chosen: readonly Operator[]; readonly done: () => void }) {
  const { t } = useTranslation('admin');
  const open = (): void => {
    // It lives on while the list beneath changes: who is chosen is settled here.
    const id = openModal({
      title: i18next.t('operators.bulk.title', { ns: 'admin', count: chosen.length }),
      closeButtonProps: { 'aria-label': i18next.t('close') },
      children: <BulkChange chosen={chosen} done={done} close={() => closeModal(id)} held={(held) => hold(id, held)} />,
    });
  };
  return <Button size="xs" variant="default" leftSection={<IconAdjustments size={14} aria-hidden />} onClick={open}>{t('operators.bulk.open')}</Button>;
}

interface Refusal {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
}

interface BulkChangeProps {
  readonly chosen: readonly Operator[];
  readonly done: () => void;
  readonly close: () => void;
  /** While it is at work no key and no click beside closes the dialogue: it is ended by its button, and says how far it came. */
  readonly held: (held: boolean) => void;
}

function hold(modalId: string, held: boolean): void {
  updateModal({ modalId, closeOnEscape: !held, closeOnClickOutside: !held, withCloseButton: !held });
}

/** Choose a setting, give its value, confirm, and see what became of each. */
function BulkChange({ chosen, done, close, held }: BulkChangeProps) {
  const { t } = useTranslation('admin');
  const [setting, setSetting] = useState<Setting | null>(null);
  const [asked, setAsked] = useState<unknown>(undefined);
  const { label, shown } = useSettingWords();
  const change = useChange(chosen, held);
  if (change.at > 0 || change.running) return <Course change={change} total={chosen.length} done={done} close={close} />;
  if (setting !== null && asked !== undefined) {
    const value = valueOf(setting, asked);
    return (
      <Confirm
        text={t('operators.bulk.sure', { count: chosen.length, setting: label(setting), value: shown(setting, value) })}
        notes={<Notes chosen={chosen} setting={setting} value={value} />}
        back={() => setAsked(undefined)}
        go={() => change.run(setting, value)}
      />
    );
  }
  return (
    <div className={classes['bulk']}>
      <Select
        label={t('operators.bulk.setting')}
        placeholder={t('operators.bulk.choose')}
        data={settingNames.map((name) => ({ value: name, label: label(name) }))}
        value={setting}
        onChange={(name) => setSetting(settingNames.find((one) => one === name) ?? null)}
        allowDeselect={false}
        searchable
        openOnFocus={false}
        nothingFoundMessage={t('form.noOption')}
        data-autofocus
      />
      {setting === null
        ? <div className={classes['buttons']}><Button variant="default" onClick={close}>{t('operators.bulk.cancel')}</Button></div>
        : <Value key={setting} setting={setting} next={setAsked} close={close} />}
    </div>
  );
}

/** The field of one setting, with the rule it has in the form of an operator. */
function Value({ setting, next, close }: { readonly setting: Setting; readonly next: (value: unknown) => void; readonly close: () => void }) {
  const { t } = useTranslation('admin');
  const [value, setValue] = useState<unknown>(null);
  const [error, setError] = useState<string>();
  const check = useRef<Check>(() => undefined);
  const context = useMemo<FormContext>(() => ({
    input: () => ({
      value,
      error,
      onChange: (now) => {
        setValue(now);
        setError(undefined);
      },
    }),
    register: (_, rule) => {
      check.current = rule;
      return () => undefined;
    },
    checkOne: () => setError(check.current(value)),
    cautions: () => [],
    busy: false,
  }), [value, error]);
  const form = useRef<HTMLFormElement>(null);
  const submit = (): void => {
    const rule = check.current(value);
    if (rule === undefined) {
      next(value ?? '');
      return;
    }
    setError(rule);
    form.current?.querySelector<HTMLElement>('input')?.focus();
  };
  return (
    <FieldContext value={context}>
      <form
        ref={form}
        noValidate
        className={classes['bulk']}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <SettingField name={setting} />
        <div className={classes['buttons']}>
          <Button variant="default" onClick={close}>{t('operators.bulk.cancel')}</Button>
          <Button type="submit">{t('operators.bulk.next')}</Button>
        </div>
      </form>
    </FieldContext>
  );
}

interface ConfirmProps {
  readonly text: string;
  readonly notes: React.ReactNode;
  readonly back: () => void;
  readonly go: () => void;
}

function Confirm({ text, notes, back, go }: ConfirmProps) {
  const { t } = useTranslation('admin');
  const heading = useRef<HTMLParagraphElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={classes['bulk']}>
      <Text ref={heading} tabIndex={-1} className={classes['quiet'] ?? ''}>{text}</Text>
      {notes}
      <div className={classes['buttons']}>
        <Button variant="default" onClick={back}>{t('operators.bulk.back')}</Button>
        <Button onClick={go}>{t('operators.bulk.change')}</Button>
      </div>
    </div>
  );
}

/** What the change brings with it: a duty, and choices that then work against each other. */
function Notes({ chosen, setting, value }: { readonly chosen: readonly Operator[]; readonly setting: Setting; readonly value: unknown }) {
  const { t } = useTranslation('admin');
  const after = chosen.map((operator) => ({ before: cautions(operator), now: cautions({ ...operator, [setting]: value }) }));
  const kinds = ['pausedButCalled', 'pausedButCalledAsked', 'silenceWithoutEffect'] as const;
  const found = kinds.map((kind) => ({ kind, count: after.filter(({ before, now }) => now.includes(kind) && !before.includes(kind)).length }));
  return (
    <>
      {setting === 'record' && value === true && <Alert role="note" color="orange" icon={<IconInfoCircle aria-hidden />} py="xs">{t('operators.dutyToInform')}</Alert>}
      {found.filter(({ count }) => count > 0).map(({ kind, count }) => (
        <Alert key={kind} role="note" color="orange" icon={<IconInfoCircle aria-hidden />} py="xs" title={t('operators.bulk.concerned', { count })}>
          {t(`operators.caution.${kind}`)}
        </Alert>
      ))}
    </>
  );
}

interface Change {
  readonly at: number;
  readonly changed: number;
  readonly running: boolean;
  readonly refusals: readonly Refusal[];
  readonly run: (setting: Setting, value: unknown) => void;
  /** Ends it after the record that is being changed. */
  readonly stop: () => void;
}

function reasonOf(error: unknown): string {
  const rules = Object.values(fieldProblems(error));
  return rules.length > 0 ? rules.map((rule) => ruleText(i18next.t, rule)).join(' · ') : problemNow(error);
}

/** Changes them one after the other; only this one setting is written, so nobody's other change is lost. */
function useChange(chosen: readonly Operator[], held: (held: boolean) => void): Change {
  const queries = useQueryClient();
  const [state, setState] = useState<Omit<Change, 'run' | 'stop'>>({ at: 0, changed: 0, running: false, refusals: [] });
  const stopped = useRef(false);
  useEffect(() => {
    stopped.current = false;
    return () => {
      stopped.current = true;
    };
  }, []);
  const work = async (setting: Setting, value: unknown): Promise<void> => {
    let changed = 0;
    const refusals: Refusal[] = [];
    held(true);
    let at = 0;
    for (const [index, { id, fullName: name }] of chosen.entries()) {
      if (stopped.current) break;
      at = index + 1;
      setState({ at: index, changed, running: true, refusals: [...refusals] });
      try {
        await save(queries, operators, { id }, { [setting]: value });
        changed++;
      } catch (error) {
        refusals.push({ id, name, reason: reasonOf(error) });
        // What the network lost once it loses again.
        if (error instanceof Problem && (error.status === 0 || error.status === 401)) {
          refusals.push(...chosen.slice(index + 1).map((other) => ({ id: other.id, name: other.fullName, reason: reasonOf(error) })));
          break;
        }
      }
    }
    held(false);
    setState({ at, changed, running: false, refusals });
  };
  return {
    ...state,
    run: (setting, value) => void work(setting, value),
    stop: () => {
      stopped.current = true;
    },
  };
}

function Course({ change, total, done, close }: { readonly change: Change; readonly total: number; readonly done: () => void; readonly close: () => void }) {
  const { t } = useTranslation('admin');
  const { at, changed, running, refusals, stop } = change;
  const end = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!running) end.current?.focus();
  }, [running]);
  return (
    <div className={classes['bulk']}>
      <Progress value={(at / total) * 100} aria-label={t('operators.bulk.progress')} />
      <Text size="sm" role="status" className={classes['figures'] ?? ''}>
        {running ? t('operators.bulk.running', { at, total }) : t('operators.bulk.changed', { count: changed })}
      </Text>
      {refusals.length > 0 && (
        <div>
          <Text size="sm" fw={600}>{t('operators.bulk.refused', { count: refusals.length })}</Text>
          <ul className={classes['refusals']}>
            {refusals.map(({ id, name, reason }) => <li key={id}><Pair name={<strong>{name}</strong>} text={reason} /></li>)}
          </ul>
        </div>
      )}
      <div className={classes['buttons']}>
        {running
          ? <Button variant="default" onClick={stop}>{t('operators.bulk.stop')}</Button>
          : (
            <Button
              ref={end}
              onClick={() => {
                close();
                done();
              }}
            >
              {t('operators.bulk.done')}
            </Button>
          )}
      </div>
    </div>
  );
}
