import { Alert, Button, Chip, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconDatabaseImport } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Problem } from '../../../api/client';
import { currentLanguage } from '../../../i18n';
import { figure } from '../../../ui/number';
import { problemText } from '../../../ui/problem';
import { Pair } from '../../../ui/Pair';
import { ruleText } from '../../../ui/rules';
import { SteadyButton } from '../../../ui/SteadyButton';
import { ListTable } from '../parts/ListTable';
import { Sign } from '../parts/Sign';
import type { Column, View } from '../parts/view';
import classes from './import.module.css';
import { faultsOf, type Line, type Report } from './table';
import { TooLarge, Unreadable } from './useImport';

const actions = ['refused', 'create', 'update', 'unchanged'] as const;
const tones = { refused: 'bad', create: 'good', update: 'sent', unchanged: 'off' } as const;
const counts = { refused: 'refused', create: 'created', update: 'updated', unchanged: 'unchanged' } as const;

interface Row extends Line {
  readonly id: string;
}

const inOrder: View = { search: '', filters: {}, sort: '', down: false };

function useColumns(): readonly Column<Row>[] {
  const { t } = useTranslation('admin');
  const words = useTranslation().t;
  return useMemo(() => [
    {
      id: 'line',
      label: t('operators.import.line'),
      width: '5rem',
      cell: ({ line }) => <><span className={classes['prefix']}>{t('operators.import.line')} </span>{figure(line, currentLanguage())}</>,
    },
    { id: 'login', label: t('operators.login'), width: 'minmax(7rem, 1fr)', cell: ({ login }) => login || '–' },
    { id: 'action', label: t('operators.import.what'), width: 'minmax(8rem, 1fr)', cell: ({ action }) => <Sign tone={tones[action]}>{t(`operators.import.action.${action}`)}</Sign> },
    {
      id: 'errors',
      label: t('operators.import.errors'),
      width: 'minmax(12rem, 4fr)',
      cell: ({ errors }) => (errors.length === 0 ? '–' : (
        <ul className={classes['errors']}>
          {errors.map(({ location, message }) => <li key={`${location} ${message}`}><Pair name={<code>{location}</code>} text={ruleText(words, message)} /></li>)}
        </ul>
      )),
    },
  ], [t, words]);
}

interface PreviewProps {
  readonly report: Report;
  readonly storing: boolean;
  readonly overtaken: boolean;
  readonly store: () => void;
}

/** What an import would do, line by line, and the button that does it where no line is refused. */
export function ImportPreview({ report, storing, overtaken, store }: PreviewProps) {
  const { t } = useTranslation('admin');
  const columns = useColumns();
  const [only, setOnly] = useState<string>('all');
  const heading = useHeading();
  const rows = useMemo(() => report.lines.map((line): Row => ({ ...line, id: String(line.line) })), [report]);
  const some = actions.filter((action) => report[counts[action]] > 0);
  // What is shown alone may be gone with the next file.
  const filter = some.find((action) => action === only);
  const shown = filter ? rows.filter(({ action }) => action === filter) : rows;
  const work = report.created + report.updated;
  return (
    <section aria-labelledby="import-preview" className={classes['preview']}>
      <h2 id="import-preview" ref={heading} tabIndex={-1} className={classes['heading']}>{t('operators.import.preview')}</h2>
      {overtaken && <Alert color="orange" role="alert" icon={<IconAlertTriangle aria-hidden />} py="xs">{t('operators.import.overtaken')}</Alert>}
      <Verdict report={report} />
      <div className={classes['tools']}>
        {some.length > 1 && (
          <Chip.Group value={filter ?? 'all'} onChange={(value) => setOnly(value)}>
            <div role="radiogroup" aria-label={t('operators.import.show')} className={classes['chips']}>
              <Chip value="all" size="sm" variant="outline">{t('operators.import.all', { count: rows.length })}</Chip>
              {some.map((action) => <Chip key={action} value={action} size="sm" variant="outline">{`${t(`operators.import.action.${action}`)} (${figure(report[counts[action]], currentLanguage())})`}</Chip>)}
            </div>
          </Chip.Group>
        )}
        <SteadyButton className={classes['go'] ?? ''} busy={storing} off={report.refused > 0 || work === 0} leftSection={<IconDatabaseImport size={16} aria-hidden />} onClick={store}>
          {t('operators.import.store')}
        </SteadyButton>
      </div>
      {rows.length > 0 && (
        <ListTable key={filter ?? 'all'} name="operators-import" title={t('operators.import.preview')} rows={shown} columns={columns} label={({ login }) => login} view={inOrder} sortBy={() => undefined} />
      )}
    </section>
  );
}

/** In a sentence: what would be done, or why nothing can be. */
function Verdict({ report }: { readonly report: Report }) {
  const { t } = useTranslation('admin');
  if (report.refused > 0) {
    return <Alert color="red" role="note" icon={<IconAlertTriangle aria-hidden />} py="xs">{t('operators.import.someRefused', { count: report.refused })}</Alert>;
  }
  if (report.lines.length === 0) return <Alert color="orange" role="note" icon={<IconAlertTriangle aria-hidden />} py="xs">{t('operators.import.noLines')}</Alert>;
  if (report.created + report.updated === 0) return <Text size="sm">{t('operators.import.nothingToDo')}</Text>;
  return (
    <Text size="sm">
      {[
        ...(report.created > 0 ? [t('operators.import.willCreate', { count: report.created })] : []),
        ...(report.updated > 0 ? [t('operators.import.willUpdate', { count: report.updated })] : []),
        ...(report.created > 0 ? [t('operators.import.willMail')] : []),
      ].join(' ')}
    </Text>
  );
}

/** Why a file could not be read at all, at its lines and columns. */
export function ImportFaults({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const { t } = useTranslation(['admin', 'common']);
  const words = useTranslation().t;
  const faults = faultsOf(error);
  const away = !(error instanceof TooLarge) && !(error instanceof Unreadable) && !(error instanceof Problem && error.status >= 400 && error.status < 500);
  const text = error instanceof TooLarge || (error instanceof Problem && error.status === 413)
    ? t('operators.import.tooLarge')
    : error instanceof Unreadable ? t('operators.import.gone')
      : error instanceof Problem && error.code === 'forbidden' ? t('operators.import.technical') : problemText(words, error);
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={t('operators.import.unreadable')}>
      {faults.length === 0
        ? <Text size="sm">{text}</Text>
        : (
          <ul className={classes['errors']}>
            {faults.map(({ place, name, rule }) => (
              <li key={`${place} ${name} ${rule}`}>
                {place === 'header' && <Pair name={<>{t('operators.import.column')} <code>{name}</code></>} text={ruleText(words, rule)} />}
                {place === 'line' && <Pair name={`${t('operators.import.line')} ${name}`} text={ruleText(words, rule)} />}
                {place !== 'header' && place !== 'line' && ruleText(words, rule)}
              </li>
            ))}
          </ul>
        )}
      {away && <Button size="xs" variant="default" mt="sm" onClick={retry}>{t('common:retry')}</Button>}
    </Alert>
  );
}

/** What an import has done, and where to go from there. */
export function ImportResult({ report, again }: { readonly report: Report; readonly again: () => void }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const heading = useHeading();
  return (
    <section className={classes['card']} aria-labelledby="import-result">
      <h2 id="import-result" ref={heading} tabIndex={-1} className={classes['heading']}>
        <IconCircleCheck size={22} aria-hidden className={classes['good']} />
        {t('operators.import.stored')}
      </h2>
      <ul className={classes['hints']}>
        {report.created > 0 && <li>{t('operators.import.created', { count: report.created })} {t('operators.import.mailed')}</li>}
        {report.updated > 0 && <li>{t('operators.import.updated', { count: report.updated })}</li>}
        {report.unchanged > 0 && <li>{t('operators.import.unchanged', { count: report.unchanged })}</li>}
      </ul>
      <div className={classes['chips']}>
        <Button onClick={() => void navigate({ to: '/admin/operators' })}>{t('operators.import.toList')}</Button>
        <Button variant="default" onClick={again}>{t('operators.import.another')}</Button>
      </div>
    </section>
  );
}

/** What has just come into being is read from its heading on. */
function useHeading() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return heading;
}
