import { Alert, Button, Text } from '@mantine/core';
import { IconExternalLink, IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { ChoiceField, NumberField, SwitchField, TextField, TimeField } from '../parts/fields';
import type { RecordForm } from '../parts/useRecordForm';
import { Cautioned } from './Cautioned';
import type { Caution } from './cautions';
import classes from './operators.module.css';
import { broken, examples, expand } from './template';
import type { Values } from './values';

interface SectionProps {
  readonly form: RecordForm<Values>;
}

const paused: readonly Caution[] = ['pausedButCalled', 'pausedButCalledAsked'];
const silence: readonly Caution[] = ['silenceWithoutEffect'];

/** Four rings are 25 seconds. */
const ring = 25 / 4;

export function CallsSection({ form }: SectionProps) {
  const { t } = useTranslation('admin');
  const { ringSeconds, record } = form.values;
  return (
    <>
      <NumberField
        name="ringSeconds"
        label={t('operators.ringSeconds')}
        help={`${t('operators.rings', { count: Math.max(1, Math.round((ringSeconds ?? 0) / ring)) })} ${t('operators.help.ringSeconds')}`}
        min={5}
        max={120}
        unit={t('form.seconds')}
      />
      <NumberField name="retrySeconds" label={t('operators.retrySeconds')} help={t('operators.help.retrySeconds')} min={0} max={3600} unit={t('form.seconds')} />
      <NumberField name="wrapUpSeconds" label={t('operators.wrapUpSeconds')} help={t('operators.help.wrapUpSeconds')} min={0} max={3600} unit={t('form.seconds')} empty={t('operators.theGroups')} />
      <SwitchField name="record" label={t('operators.record')} help={t('operators.help.record')} />
      {record && <Alert color="orange" icon={<IconInfoCircle aria-hidden />} py="xs">{t('operators.dutyToInform')}</Alert>}
      <Cautioned values={form.values} about={paused} said>
        <SwitchField name="alwaysConnected" label={t('operators.alwaysConnected')} help={t('operators.help.alwaysConnected')} />
      </Cautioned>
    </>
  );
}

export function BannerSection() {
  const { t } = useTranslation('admin');
  return (
    <>
      <SwitchField name="showWaiting" label={t('operators.showWaiting')} help={t('operators.help.showWaiting')} />
      <SwitchField name="showNumbersInHistory" label={t('operators.showNumbersInHistory')} help={t('operators.help.showNumbersInHistory')} />
      <SwitchField name="allowOutgoing" label={t('operators.allowOutgoing')} help={t('operators.help.allowOutgoing')} />
    </>
  );
}

export function SessionSection({ form }: SectionProps) {
  const { t } = useTranslation('admin');
  return (
    <>
      <Cautioned values={form.values} about={paused}>
        <SwitchField name="pauseAtLogin" label={t('operators.pauseAtLogin')} help={t('operators.help.pauseAtLogin')} />
      </Cautioned>
      <TimeField name="logoutAt" label={t('operators.logoutAt')} help={t('operators.help.logoutAt')} empty={t('operators.never')} />
      <SwitchField name="persistentSession" label={t('operators.persistentSession')} help={t('operators.help.persistentSession')} />
      <Cautioned values={form.values} about={silence} said>
        <SwitchField name="silenceLogout" label={t('operators.silenceLogout')} help={t('operators.help.silenceLogout')} />
      </Cautioned>
      <NumberField name="idleLogoutMinutes" label={t('operators.idleLogoutMinutes')} help={t('operators.help.idleLogoutMinutes')} min={1} max={1440} unit={t('form.minutes')} empty={t('operators.never')} />
      <NumberField name="missedLogoutCount" label={t('operators.missedLogoutCount')} help={t('operators.help.missedLogoutCount')} min={1} max={100} empty={t('operators.never')} />
    </>
  );
}

export function PopSection({ form, technical }: SectionProps & { readonly technical: boolean }) {
  const { t } = useTranslation('admin');
  return (
    <>
      <ChoiceField
        name="screenPop.window"
        label={t('operators.popWindow')}
        options={(['single', 'multiple', 'tab', 'none'] as const).map((value) => ({
          value, label: t(`operators.window.${value}`), help: t(`operators.help.window.${value}`),
        }))}
      />
      {technical && (
        <>
          <Address name="screenPop.incomingUrl" label={t('operators.incomingUrl')} help={t('operators.help.incomingUrl')} value={form.values.screenPop.incomingUrl} />
          <Address name="screenPop.outgoingUrl" label={t('operators.outgoingUrl')} help={t('operators.help.outgoingUrl')} value={form.values.screenPop.outgoingUrl} />
          <div>
            <Text size="xs" c="dimmed">{t('operators.placeholders')}</Text>
            <ul className={classes['placeholders']}>
              {Object.keys(examples).map((name) => <li key={name}><code>{`{${name}}`}</code></li>)}
            </ul>
          </div>
        </>
      )}
    </>
  );
}

/** A template of an address, and the button that opens it with the values of an imagined call. */
function Address({ name, label, help, value }: { readonly name: string; readonly label: string; readonly help: string; readonly value: string }) {
  const { t } = useTranslation('admin');
  const page = expand(value);
  return (
    <div className={classes['url']}>
      <TextField name={name} type="url" label={label} help={help} check={broken} placeholder="https://crm.example.com/contact?number={caller}" mono />
      <Button
        size="xs"
        variant="default"
        leftSection={<IconExternalLink size={14} aria-hidden />}
        disabled={page === undefined}
        onClick={() => window.open(page, '_blank', 'noopener,noreferrer')}
      >
        {t('operators.tryIt', { field: label })}
      </Button>
    </div>
  );
}
