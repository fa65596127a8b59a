import { Button, NativeSelect, NumberInput, Radio, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { groups as groupKind } from '../parts/kinds';
import { useList } from '../parts/resource';
import { strategies, type Question, type Strategy } from './question';
import { StaffRows } from './StaffRows';
import classes from './WhatIf.module.css';

interface QuestionFormProps {
  readonly question: Question;
  readonly change: (part: Partial<Question>) => void;
  /** What is wrong with a member of the body. */
  readonly wrong: (field: string) => string | undefined;
  readonly busy: boolean;
  readonly ask: () => void;
}

type Part = Omit<QuestionFormProps, 'busy' | 'ask'>;

/** Asks what is to be simulated. */
export function QuestionForm(props: QuestionFormProps) {
  const { question: q, change, wrong, busy, ask } = props;
  const { t } = useTranslation('admin');
  return (
    <form
      className={classes['card']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <Radio.Group label={t('whatIf.day')} value={q.recorded ? 'recorded' : 'generated'} onChange={(value) => change({ recorded: value === 'recorded' })}>
        <div className={classes['choice']}>
          <Radio value="generated" label={t('whatIf.generated')} />
          <Radio value="recorded" label={t('whatIf.recorded')} />
        </div>
      </Radio.Group>
      <div className={classes['fields']}>
        {q.recorded ? <RecordedFields {...props} /> : <GeneratedFields {...props} />}
        <SettingFields {...props} />
      </div>
      <StaffRows staff={q.staff} change={(staff) => change({ staff })} wrong={wrong} />
      <div className={classes['actions']}>
        <Figure label={t('whatIf.runs')} help={t('whatIf.runsHelp')} value={q.runs} low={2} high={200} set={(runs) => change({ runs })} error={wrong('runs')} />
        <Button type="submit" loading={busy}>{busy ? t('whatIf.asking') : t('whatIf.ask')}</Button>
      </div>
    </form>
  );
}

function RecordedFields({ question: q, change, wrong }: Part) {
  const { t } = useTranslation('admin');
  const groups = useList(groupKind).data ?? [];
  return (
    <>
      <TextInput
        type="date" label={t('whatIf.date')} value={q.date} required withAsterisk={false} error={wrong('day') ?? wrong('generate')}
        onChange={(event) => change({ date: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('whatIf.group')} value={q.group} error={wrong('group')} onChange={(event) => change({ group: event.currentTarget.value })}
        data={[{ value: '', label: t('whatIf.allGroups') }, ...groups.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      <Figure label={t('whatIf.priority')} value={q.priority} low={1} high={100} none={t('whatIf.asIs')} set={(priority) => change({ priority })} error={wrong('changes.groups[0].priority')} />
    </>
  );
}

function GeneratedFields({ question: q, change, wrong }: Part) {
  const { t } = useTranslation('admin');
  const seconds = t('form.seconds');
  return (
    <>
      <Figure label={t('whatIf.callsPerHour')} value={q.callsPerHour} low={0} high={10_000} set={(callsPerHour) => change({ callsPerHour })} error={wrong('generate.callsPerHour[0]')} />
      <Figure label={t('whatIf.talk')} value={q.talk} low={1} high={86_400} unit={seconds} set={(talk) => change({ talk })} error={wrong('generate.talk.seconds')} />
      <Figure label={t('whatIf.patience')} help={t('whatIf.patienceHelp')} value={q.patience} low={0} high={86_400} unit={seconds} set={(patience) => change({ patience })} error={wrong('generate.patience.seconds')} />
      <Figure label={t('whatIf.operators')} value={q.operators} low={1} high={1000} set={(operators) => change({ operators })} error={wrong('generate.operators')} />
      <Figure label={t('whatIf.hours')} value={q.hours} low={1} high={24} unit={t('whatIf.hoursUnit')} set={(hours) => change({ hours })} error={wrong('generate.hours')} />
    </>
  );
}

function SettingFields({ question: q, change, wrong }: Part) {
  const { t } = useTranslation('admin');
  const seconds = t('form.seconds');
  const none = q.recorded ? t('whatIf.asIs') : undefined;
  return (
    <>
      <NativeSelect
        label={t('whatIf.strategy')} value={q.strategy} error={wrong('changes.groups[0].strategy')}
        onChange={(event) => change({ strategy: event.currentTarget.value as Strategy | '' })}
        data={[
          ...(q.recorded ? [{ value: '', label: t('whatIf.asIs') }] : []),
          ...strategies.map((value) => ({ value: q.recorded || value !== 'longest_idle' ? value : '', label: t(`groups.strategies.${value}`) })),
        ]}
      />
      <Figure label={t('whatIf.wrapUp')} value={q.wrapUp} low={0} high={3600} unit={seconds} none={none ?? '0'} set={(wrapUp) => change({ wrapUp })} error={wrong('changes.groups[0].wrapUpSeconds')} />
      <Figure label={t('whatIf.target')} value={q.target} low={0} high={3600} unit={seconds} none={none ?? '20'} set={(target) => change({ target })} error={wrong('changes.groups[0].serviceLevelSeconds')} />
      <Figure label={t('whatIf.maxWait')} value={q.maxWait} low={0} high={86_400} unit={seconds} none={none ?? t('groups.noLimit')} set={(maxWait) => change({ maxWait })} error={wrong('changes.groups[0].maxWaitSeconds')} />
    </>
  );
}

interface FigureProps {
  readonly label: string;
  readonly help?: string;
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
  readonly unit?: string;
  /** What an empty field means. */
  readonly none?: string;
  readonly set: (value: number | null) => void;
  readonly error: string | undefined;
}

function Figure({ label, help, value, low, high, unit, none, set, error }: FigureProps) {
  return (
    <NumberInput
      label={label} value={value ?? ''} min={low} max={high} allowDecimal={false} allowNegative={false} clampBehavior="none" error={error}
      {...(help !== undefined && { description: help, inputWrapperOrder: ['label', 'input', 'description', 'error'] as const })}
      {...(unit !== undefined && { suffix: ` ${unit}` })}
      {...(none !== undefined && { placeholder: none })}
      onChange={(next) => set(typeof next === 'number' ? next : null)}
    />
  );
}
