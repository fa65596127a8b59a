import { Alert, Text } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import { languageNames, languages } from '../../../i18n';
import { confirm } from '../../../ui/confirm';
import { SteadyButton } from '../../../ui/SteadyButton';
import { refused, said } from '../../../ui/toast';
import { SelectField, SwitchField, TextField } from '../parts/fields';
import { operators, type Operator } from '../parts/kinds';
import { useList, type Versioned } from '../parts/resource';
import { email, login } from '../parts/rules';
import type { RecordForm } from '../parts/useRecordForm';
import classes from './operators.module.css';
import { PasswordState } from './states';
import { useLoginSuggestion } from './useLoginSuggestion';
import type { Values } from './values';

const languageOptions = languages.map((value) => ({ value, label: languageNames[value] }));

export function IdentitySection({ form, known }: { readonly form: RecordForm<Values>; readonly known?: Versioned<Operator> }) {
  const { t } = useTranslation('admin');
  const loginTyped = useLoginSuggestion(form.values.fullName, form.fresh, (proposed) => form.set({ login: proposed }));
  return (
    <>
      <TextField name="fullName" label={t('operators.fullName')} help={t('operators.help.fullName')} required high={100} />
      <TextField name="login" label={t('operators.login')} help={t('operators.help.login')} required check={login} typed={loginTyped} />
      <TextField name="email" type="email" label={t('operators.email')} help={t('operators.help.email')} required check={email} />
      {known ? <Password operator={known.record} moved={form.moved} /> : <Text size="sm" c="dimmed">{t('operators.passwordMailed')}</Text>}
      <SelectField name="language" label={t('operators.language')} help={t('operators.help.language')} options={languageOptions} />
      <SwitchField name="enabled" label={t('operators.mayLogIn')} help={t('operators.help.enabled')} />
    </>
  );
}

/** The password is never shown, to anyone: only where it stands, and a new one can be mailed. */
function Password({ operator, moved }: { readonly operator: Operator; readonly moved: (etag: string) => void }) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  // A mail on its way is followed: whether it arrived is known a moment after saving.
  const [pending, setPending] = useState(operator.passwordState === 'pending');
  const now = useList(operators, pending ? 3000 : undefined).data?.find(({ id }) => id === operator.id)?.passwordState;
  const state = now ?? operator.passwordState;
  if (pending !== (state === 'pending')) setPending(state === 'pending');
  const [busy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    const text = state === 'set' ? t('operators.resendTextSet', { email: operator.email }) : t('operators.resendText', { email: operator.email });
    if (!(await confirm({ title: t('operators.resendTitle'), text, yes: t('operators.resendYes') }))) return;
    setBusy(true);
    try {
      let etag = '';
      const sent = await answer(api.POST('/api/v1/operators/{id}/password', { params: { path: { id: operator.id } } }).then((got) => {
        etag = got.response.headers.get('ETag') ?? '';
        return got;
      }));
      moved(etag);
      queries.setQueryData<Operator[]>([operators.name, 'list'], (list) => list?.map((one) => (one.id === sent.id ? sent : one)));
      said(t('operators.resent', { email: operator.email }));
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>{t('operators.password')}</Text>
      <div className={classes['password']}>
        <PasswordState state={state} />
        <SteadyButton size="xs" variant="default" busy={busy} leftSection={<IconMail size={14} aria-hidden />} onClick={() => void send()}>{t('operators.resend')}</SteadyButton>
      </div>
      {state === 'failed' && <Alert color="red" mt="xs" py="xs">{t('operators.passwordFailed')}</Alert>}
      <Text size="xs" c="dimmed" mt={4}>{t('operators.help.password')}</Text>
    </div>
  );
}
