// The form of one record: sections with an index beside them on wide screens, a bar to
// save that stays in sight, a guard on leaving, and what the server refuses at its field.
//
//   const form = useRecordForm({ kind: phones, known, start, toValues, toBody, saved });
//   <ResourceForm form={form} sections={[{ id: 'identity', title: …, content: <TextField name="label" … /> }]} />
//
// Fields (parts/fields) find their value by its name in the values, "phone.number" for
// an inner one. The page shows the form with key={id}, once the record has arrived.
import { Alert, Button, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconDeviceFloppy } from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ruleText } from '../../../ui/rules';
import { SteadyButton } from '../../../ui/SteadyButton';
import { FieldContext } from './fieldContext';
import { mayLeave } from './leaving';
import classes from './ResourceForm.module.css';
import type { RecordForm } from './useRecordForm';

/** Parts of records the server has warnings about. */
const parts = ['members', 'strategy', 'announcements', 'openingHours', 'overflow', 'destination'] as const;

export interface Section {
  readonly id: string;
  readonly title: string;
  /** One sentence under the title. */
  readonly intro?: string | undefined;
  readonly content: ReactNode;
}

interface ResourceFormProps<V extends object> {
  readonly form: RecordForm<V>;
  readonly sections: readonly Section[];
  /** Above the sections, as a warning about the whole record. */
  readonly top?: ReactNode;
  /** Beside the form, under the index, where the window is wide enough for both: see useWide. */
  readonly aside?: ReactNode;
}

/** Asks before unsaved changes are left. A session that has ended is not asked: it could not save any more. */
function useGuard(dirty: boolean): void {
  const { t } = useTranslation('admin');
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (!dirty || next.pathname === '/login' || current.pathname === next.pathname) return false;
      return !(await mayLeave(t));
    },
    enableBeforeUnload: () => dirty,
  });
}

/** True while the window has room for what stands beside a form. */
export function useWide(): boolean {
  return useMediaQuery('(min-width: 75.0625em)', false, { getInitialValueInEffect: false });
}

export function ResourceForm<V extends object>({ form, sections, top, aside }: ResourceFormProps<V>) {
  const { t } = useTranslation('admin');
  const element = useRef<HTMLFormElement>(null);
  useGuard(form.dirty && !form.busy);
  // What is refused first gets the focus: a field, else what is said above them.
  useEffect(() => {
    if (form.refusals === 0) return;
    element.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-refusal]')?.focus();
  }, [form.refusals]);

  return (
    <FieldContext value={form.context}>
      <form
        ref={element}
        noValidate
        data-dirty={form.dirty}
        aria-busy={form.busy}
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit();
        }}
      >
        {sections.length > 2 && (
          <div className={classes['side']} data-aside={aside !== undefined && aside !== false}>
            <Index sections={sections} />
            {aside}
          </div>
        )}
        <div className={classes['sections']}>
          {form.refusal !== '' && (
            <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={t('form.refused')} role="alert" data-refusal tabIndex={-1}>{form.refusal}</Alert>
          )}
          {form.overtaken && <Overtaken form={form} />}
          {top}
          <Warnings form={form} />
          {sections.map(({ id, title, intro, content }) => (
            <section key={id} id={`section-${id}`} aria-labelledby={`title-${id}`} className={classes['section']}>
              <div className={classes['heading']}>
                <Title order={2} size="h4" id={`title-${id}`} tabIndex={-1}>{title}</Title>
                {intro && <Text size="sm" c="dimmed">{intro}</Text>}
              </div>
              <div className={classes['fields']}>{content}</div>
            </section>
          ))}
          <SaveBar form={form} />
        </div>
      </form>
    </FieldContext>
  );
}

function Overtaken<V extends object>({ form }: { readonly form: RecordForm<V> }) {
  const { t } = useTranslation('admin');
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={t('form.overtaken')} role="alert" data-refusal tabIndex={-1}>
      <Text size="sm" mb="sm">{t('form.overtakenText')}</Text>
      <div className={classes['choices']}>
        <Button size="xs" variant="default" onClick={() => void form.catchUp(true)}>{t('form.keepMine')}</Button>
        <Button size="xs" variant="default" onClick={() => void form.catchUp(false)}>{t('form.takeTheirs')}</Button>
      </div>
    </Alert>
  );
}

/** What was saved though it is hardly meant; each is said at its field as well. */
function Warnings<V extends object>({ form }: { readonly form: RecordForm<V> }) {
  const { t } = useTranslation(['admin', 'common']);
  const words = useTranslation().t;
  const texts = new Set(form.warnings.map(({ location, message }) => {
    const part = parts.find((known) => location.startsWith(known));
    const text = ruleText(words, message);
    return part === undefined ? text : t('common:pair', { name: t(`form.parts.${part}`), text });
  }));
  return (
    <div aria-live="polite" className={classes['warnings']}>
      {texts.size > 0 && !form.dirty && (
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={t('form.warned', { count: texts.size })} role="note">
          {[...texts].map((text) => <Text key={text} size="sm">{text}</Text>)}
        </Alert>
      )}
    </div>
  );
}

function SaveBar<V extends object>({ form }: { readonly form: RecordForm<V> }) {
  const { t } = useTranslation(['admin', 'common']);
  const quiet = !form.fresh && !form.dirty;
  return (
    <div className={classes['bar']}>
      <Text size="sm" c="dimmed" role="status" className={classes['state'] ?? ''}>
        {form.dirty && !form.fresh && t('form.dirty')}
      </Text>
      <SteadyButton variant="default" off={!form.dirty || form.busy} onClick={form.revert}>{t('form.revert')}</SteadyButton>
      <SteadyButton type="submit" busy={form.busy} off={quiet} leftSection={<IconDeviceFloppy size={16} aria-hidden />}>
        {form.fresh ? t('form.create') : t('common:save')}
      </SteadyButton>
    </div>
  );
}

/** The sections by name; the one at the top of the screen is marked. */
function Index({ sections }: { readonly sections: readonly Section[] }) {
  const { t } = useTranslation('admin');
  const [at, setAt] = useState(sections[0]?.id);
  const still = useMediaQuery('(prefers-reduced-motion: reduce)');
  const ids = sections.map(({ id }) => id).join(' ');
  useEffect(() => {
    const inSight = new Set<string>();
    const watcher = new IntersectionObserver((changed) => {
      for (const { target, isIntersecting } of changed) {
        if (isIntersecting) inSight.add(target.id);
        else inSight.delete(target.id);
      }
      const first = ids.split(' ').find((id) => inSight.has(`section-${id}`));
      if (first !== undefined) setAt(first);
    }, { rootMargin: '-72px 0px -40% 0px' });
    for (const id of ids.split(' ')) {
      const section = document.getElementById(`section-${id}`);
      if (section) watcher.observe(section);
    }
    return () => watcher.disconnect();
  }, [ids]);
  const go = (id: string): void => {
    document.getElementById(`section-${id}`)?.scrollIntoView({ behavior: still ? 'auto' : 'smooth' });
    document.getElementById(`title-${id}`)?.focus({ preventScroll: true });
  };
  return (
    <nav className={classes['index']} aria-label={t('form.sections')}>
      <ol>
        {sections.map(({ id, title }) => (
          <li key={id}>
            <button type="button" aria-current={at === id ? 'location' : undefined} onClick={() => go(id)}>{title}</button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
