import { Alert, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, fieldProblems, type Schema } from '../../api/client';
import { remember, remembered } from '../../kept';
import { problemText } from '../../ui/problem';
import { ruleText } from '../../ui/rules';
import { SteadyButton } from '../../ui/SteadyButton';

export type LoggedIn = Schema<'LoggedIn'>;

/** What he typed, for the page that follows. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
}

interface LoginFormProps {
  /** Said until something newer has to be. */
  readonly note: ReactNode;
  readonly loggedIn: (answer: LoggedIn, credentials: Credentials) => Promise<void>;
}

type Field = 'login' | 'password' | 'centre';

// The centre of a server that serves several, so that it is typed once.
const keptCentre = 'bandeau-centre';

export function LoginForm({ note, loggedIn }: LoginFormProps) {
  const { t } = useTranslation(['login', 'common']);
  const { t: common } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const [centre, setCentre] = useState(() => remembered('localStorage', keptCentre));
  const [errors, setErrors] = useState<Partial<Record<Field, string>>>({});
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  // A new object each time, so that the same field can be gone to twice. The field may
  // only come into being with what is drawn next, hence the effect.
  const [wanted, setWanted] = useState<{ readonly field: Field }>({ field: 'login' });
  useEffect(() => {
    const input = form.current?.querySelector<HTMLInputElement>(`[name="${wanted.field}"]`);
    input?.focus();
    input?.select();
  }, [wanted]);

  const refuse = (found: Partial<Record<Field, string>>): void => {
    setErrors(found);
    const first = (['login', 'password', 'centre'] as const).find((field) => found[field]);
    if (first) setWanted({ field: first });
  };

  const fail = (error: unknown): void => {
    const fields = fieldProblems(error);
    if (fields['centre'] !== undefined) {
      setCentre((before) => before ?? '');
      refuse({ centre: ruleText(common, fields['centre']) });
      return;
    }
    setFailure(error);
    setWanted({ field: 'password' });
  };

  const send = async (data: FormData): Promise<void> => {
    const text = (field: Field): string => {
      const value = data.get(field);
      return typeof value === 'string' ? value : '';
    };
    const login = text('login').trim();
    const password = text('password');
    const named = text('centre').trim();
    setFailure(undefined);
    setErrors({});
    if (login === '' || password === '') {
      refuse({ ...(login === '' && { login: t('loginMissing') }), ...(password === '' && { password: t('passwordMissing') }) });
      return;
    }
    setBusy(true);
    try {
      const got = await answer(api.POST('/api/v1/login', { body: { login, password, ...(named !== '' && { centre: named }) } }));
      remember('localStorage', keptCentre, named === '' ? null : named);
      await loggedIn(got, { login, password });
    } catch (error) {
      fail(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send(new FormData(event.currentTarget));
      }}
    >
      <Stack gap="md">
        {failure === undefined ? note : (
          <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">{problemText(common, failure)}</Alert>
        )}
        <TextInput
          name="login" label={t('login')} size="md" required withAsterisk={false}
          autoComplete="username" autoCapitalize="none" autoCorrect="off" spellCheck={false} maxLength={320} error={errors.login}
        />
        <PasswordInput
          name="password" label={t('password')} size="md" required withAsterisk={false} autoComplete="current-password"
          error={errors.password} visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
        />
        {centre !== null && (
          <TextInput
            name="centre" label={t('centre')} description={t('centreHelp')} size="md" defaultValue={centre} autoComplete="organization"
            spellCheck={false} error={errors.centre}
          />
        )}
        <SteadyButton type="submit" size="md" busy={busy} fullWidth mt="xs">{t('submit')}</SteadyButton>
        <Text size="sm" c="dimmed">{t('forgotten')}</Text>
      </Stack>
    </form>
  );
}
