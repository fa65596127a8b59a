import { Alert, PasswordInput, Stack, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconPoint } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, fieldProblems } from '../api/client';
import classes from './PasswordForm.module.css';
import { problemText } from './problem';
import { ruleSaid, ruleText } from './rules';
import { SteadyButton } from './SteadyButton';

const shortest = 12;
const longest = 128;

interface PasswordFormProps {
  /** Whose password it is. */
  readonly login: string;
  /** The present password where the page has just been given it; else it is asked for. */
  readonly current?: string | undefined;
  readonly done: () => void | Promise<void>;
}

interface Entries {
  readonly current: string;
  readonly chosen: string;
  readonly again: string;
}

type Errors = Partial<Record<keyof Entries, string>>;

/** Replaces one's own password. The words "login" and "rules" have to be loaded. */
export function PasswordForm({ login, current: known, done }: PasswordFormProps) {
  const { t } = useTranslation(['login', 'common']);
  const { t: common } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const [entries, setEntries] = useState<Entries>({ current: known ?? '', chosen: '', again: '' });
  const [asked, setAsked] = useState(known === undefined);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);

  const enter = (field: keyof Entries) => (event: React.ChangeEvent<HTMLInputElement>): void => {
    const { value } = event.currentTarget;
    setEntries((before) => ({ ...before, [field]: value }));
    setErrors((before) => ({ ...before, [field]: '' }));
  };

  const complain = (found: Errors): void => {
    setErrors(found);
    const first = (['current', 'chosen', 'again'] as const).find((field) => found[field]);
    form.current?.querySelector<HTMLInputElement>(`[name="${first ?? ''}"]`)?.focus();
  };

  const check = (): Errors => {
    const found: Errors = {};
    const { current, chosen, again } = entries;
    if (current === '') found.current = t('passwordMissing');
    if (!fits(chosen)) found.chosen = ruleSaid(common, 'length', { low: shortest, high: longest });
    else if (isLogin(chosen, login)) found.chosen = ruleSaid(common, 'passwordLogin');
    else if (chosen === current) found.chosen = ruleSaid(common, 'passwordOld');
    else if (chosen !== again) found.again = t('change.againWrong');
    return found;
  };

  const send = async (): Promise<void> => {
    setFailure(undefined);
    const found = check();
    if (Object.keys(found).length > 0) {
      complain(found);
      return;
    }
    setBusy(true);
    try {
      await answer(api.POST('/api/v1/password', { body: { current: entries.current, new: entries.chosen } }));
      await done();
    } catch (error) {
      const { current, new: chosen } = fieldProblems(error);
      setBusy(false);
      if (current === undefined && chosen === undefined) {
        setFailure(problemText(common, error));
        return;
      }
      if (current !== undefined) setAsked(true);
      complain({ ...(current && { current: ruleText(common, current) }), ...(chosen && { chosen: ruleText(common, chosen) }) });
    }
  };

  const { current, chosen, again } = entries;
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <Stack gap="md">
        {failure && <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert">{failure}</Alert>}
        {/* For the browser's own keeper of passwords. */}
        <input type="text" name="username" autoComplete="username" value={login} readOnly hidden />
        {asked && (
          <PasswordInput
            name="current" label={t('change.current')} autoComplete="current-password" size="md" required withAsterisk={false}
            value={current} onChange={enter('current')} error={errors.current} data-autofocus
            visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
          />
        )}
        <PasswordInput
          name="chosen" label={t('change.new')} autoComplete="new-password" size="md" required withAsterisk={false}
          value={chosen} onChange={enter('chosen')} error={errors.chosen} data-autofocus={!asked}
          inputWrapperOrder={['label', 'input', 'error', 'description']} descriptionProps={{ component: 'div', className: classes['rules'] ?? '' }}
          description={(
            <>
              <span>{t('change.rules')}</span>
              <ul>
                <Wish met={fits(chosen)} text={t('change.ruleLength')} />
                <Wish met={chosen !== '' && !isLogin(chosen, login)} text={t('change.ruleLogin')} />
                <Wish met={chosen !== '' && chosen !== current} text={t('change.ruleOld')} />
              </ul>
            </>
          )}
          visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
        />
        <PasswordInput
          name="again" label={t('change.again')} autoComplete="new-password" size="md" required withAsterisk={false}
          value={again} onChange={enter('again')} error={errors.again}
          visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
        />
        <SteadyButton type="submit" size="md" busy={busy} fullWidth>{t('change.submit')}</SteadyButton>
      </Stack>
    </form>
  );
}

/** The server counts characters, not the halves JavaScript makes of some. */
function fits(chosen: string): boolean {
  const { length } = Array.from(chosen);
  return length >= shortest && length <= longest;
}

function isLogin(chosen: string, login: string): boolean {
  return chosen.toLowerCase() === login.toLowerCase();
}

function Wish({ met, text }: { readonly met: boolean; readonly text: string }) {
  const { t } = useTranslation('login');
  const Mark = met ? IconCheck : IconPoint;
  return (
    <li className={classes['rule']} data-met={met}>
      <Mark size={16} aria-hidden />
      <span>{text}</span>
      {met && <VisuallyHidden>({t('change.met')})</VisuallyHidden>}
    </li>
  );
}
