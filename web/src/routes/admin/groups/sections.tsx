import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { ColourField } from '../parts/ColourField';
import { ChoiceField, NumberField, SelectField, SwitchField, TelField, TextField } from '../parts/fields';
import { groups } from '../parts/kinds';
import { useList } from '../parts/resource';
import { SoundField } from '../parts/SoundField';
import type { RecordForm } from '../parts/useRecordForm';
import classes from './groups.module.css';
import type { Values } from './values';

const strategies = ['longest_idle', 'fixed', 'rotating', 'random', 'fewest_calls', 'skill', 'everyone'] as const;

interface SectionProps {
  readonly form: RecordForm<Values>;
}

export function IdentitySection() {
  const { t } = useTranslation('admin');
  return (
    <>
      <TextField name="name" label={t('groups.name')} help={t('groups.help.name')} required high={100} />
      <ColourField name="colour" label={t('groups.colour')} help={t('groups.help.colour')} />
      <ChoiceField
        name="strategy"
        label={t('groups.strategy')}
        options={strategies.map((value) => ({ value, label: t(`groups.strategies.${value}`), help: t(`groups.help.strategy.${value}`) }))}
      />
      <NumberField name="priority" label={t('groups.priority')} help={t('groups.help.priority')} min={1} max={100} />
    </>
  );
}

export function CallsSection({ form }: SectionProps) {
  const { t } = useTranslation('admin');
  const { record } = form.values;
  return (
    <>
      <NumberField name="wrapUpSeconds" label={t('groups.wrapUpSeconds')} help={t('groups.help.wrapUpSeconds')} min={0} max={3600} unit={t('form.seconds')} />
      <div className={classes['pair']}>
        <NumberField name="serviceLevel.percent" label={t('groups.servicePercent')} help={t('groups.help.servicePercent')} min={1} max={100} unit="%" />
        <NumberField name="serviceLevel.seconds" label={t('groups.serviceSeconds')} help={t('groups.help.serviceSeconds')} min={1} max={3600} unit={t('form.seconds')} />
      </div>
      <SwitchField name="pickUp" label={t('groups.pickUp')} help={t('groups.help.pickUp')} />
      <SwitchField name="record.inbound" label={t('groups.recordInbound')} help={t('groups.help.record')} />
      <SwitchField name="record.outbound" label={t('groups.recordOutbound')} help={t('groups.help.record')} />
      {(record.inbound || record.outbound) && <Alert color="orange" icon={<IconInfoCircle aria-hidden />} py="xs">{t('operators.dutyToInform')}</Alert>}
    </>
  );
}

export function OverflowSection({ form, self }: SectionProps & { readonly self?: string }) {
  const { t } = useTranslation('admin');
  const { maxWaiting, maxWaitSeconds, whenNobody, overflow } = form.values;
  const others = (useList(groups).data ?? []).filter(({ id }) => id !== self);
  const idle = maxWaiting === null && maxWaitSeconds === null && whenNobody === 'wait';
  return (
    <>
      <NumberField name="maxWaiting" label={t('groups.maxWaiting')} help={t('groups.help.maxWaiting')} min={0} max={100_000} empty={t('groups.noLimit')} />
      <NumberField name="maxWaitSeconds" label={t('groups.maxWaitSeconds')} help={t('groups.help.maxWaitSeconds')} min={0} max={86_400} unit={t('form.seconds')} empty={t('groups.noLimit')} />
      <ChoiceField
        name="whenNobody"
        label={t('groups.whenNobody')}
        options={(['wait', 'overflow'] as const).map((value) => ({ value, label: t(`groups.nobody.${value}`), help: t(`groups.help.nobody.${value}`) }))}
      />
      <ChoiceField
        name="overflow.type"
        label={t('groups.overflow')}
        help={idle ? t('groups.overflowIdle') : undefined}
        options={(['hangup', 'group', 'number'] as const).map((value) => ({
          value, label: t(`groups.overflowTo.${value}`), help: t(`groups.help.overflowTo.${value}`), disabled: value === 'group' && others.length === 0,
        }))}
      />
      {overflow.type === 'group' && (
        <SelectField name="overflow.id" label={t('groups.overflowGroup')} options={others.map(({ id, name }) => ({ value: id, label: name }))} searchable required placeholder={t('operators.chooseGroup')} />
      )}
      {overflow.type === 'number' && <TelField name="overflow.number" label={t('groups.overflowNumber')} help={t('operators.help.phoneNumber')} required />}
    </>
  );
}

export function SoundsSection({ form }: SectionProps) {
  const { t } = useTranslation('admin');
  const { holdMusic, announcements } = form.values;
  const repeats = announcements.position || announcements.estimatedWait || announcements.periodic !== null;
  return (
    <>
      <SoundField name="holdMusic" label={t('groups.holdMusic')} help={t('groups.help.holdMusic')} value={holdMusic} empty={t('groups.ownMusic')} />
      <SoundField name="announcements.welcome" label={t('groups.welcome')} help={t('groups.help.welcome')} value={announcements.welcome} empty={t('groups.noSound')} />
      <SwitchField name="announcements.position" label={t('groups.position')} help={t('groups.help.position')} />
      <SwitchField name="announcements.estimatedWait" label={t('groups.estimatedWait')} help={t('groups.help.estimatedWait')} />
      <SoundField name="announcements.periodic" label={t('groups.periodic')} help={t('groups.help.periodic')} value={announcements.periodic} empty={t('groups.noSound')} />
      {repeats && <NumberField name="announcements.everySeconds" label={t('groups.everySeconds')} help={t('groups.help.everySeconds')} min={15} max={3600} unit={t('form.seconds')} />}
    </>
  );
}

export function NumbersSection() {
  const { t } = useTranslation('admin');
  return (
    <>
      <TelField name="outgoingNumber" label={t('groups.outgoingNumber')} help={t('groups.help.outgoingNumber')} />
      <TelField name="transferNumber" label={t('groups.transferNumber')} help={t('groups.help.transferNumber')} />
    </>
  );
}
