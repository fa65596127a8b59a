import { NativeSelect, useComputedColorScheme } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import { optional } from '../../../ui/Optional';
import { Loading } from '../../../ui/States';
import { clockTime } from '../../../ui/time';
import { colours } from './colours';
import { columnsOf, drawn, names, said, worth, type Drawn, type Row } from './figures';
import type { Answer } from './question';
import { Scroll } from './Scroll';
import classes from './WhatIf.module.css';

// The drawing library comes with the first answer, not with the page.
const Plot = optional(async () => (await import('./Plot')).Plot);

const nothing = '–';

/** What the day would come to. */
export function Results({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation('admin');
  return (
    <>
      <section className={classes['card']} aria-labelledby="what-if-result">
        <h2 id="what-if-result" className={classes['name']}>{t('whatIf.result')}</h2>
        <Whole answer={answer} />
      </section>
      <HalfHours answer={answer} />
      {answer.notes.length > 0 && (
        <section className={classes['card']} aria-labelledby="what-if-notes">
          <h2 id="what-if-notes" className={classes['name']}>{t('whatIf.notes.title')}</h2>
          <ul className={classes['notes']}>
            {answer.notes.map(({ code, count }) => <li key={code}>{t(`whatIf.notes.${code}`, { count })}</li>)}
          </ul>
        </section>
      )}
    </>
  );
}

const isDefined = (row: Row): row is Drawn | 'offered' => row === 'offered' || (drawn as readonly Row[]).includes(row);

function Whole({ answer: { simulated, asRecorded, erlang, confidence } }: { readonly answer: Answer }) {
  const { t } = useTranslation('admin');
  const percent = new Intl.NumberFormat(currentLanguage(), { style: 'percent' }).format(confidence);
  return (
    <Scroll label={t('whatIf.result')}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('whatIf.figure')}</th>
            <th scope="col">{t('whatIf.simulated')}</th>
            <th scope="col">{t('whatIf.interval', { percent })}</th>
            {asRecorded && <th scope="col">{t('whatIf.asRecorded')}</th>}
            {erlang && <th scope="col">{t('whatIf.erlang', { model: erlang.model })}</th>}
          </tr>
        </thead>
        <tbody>
          {names.map((row) => {
            const found = simulated.whole[row];
            if (found === null && !isDefined(row)) return null;
            const was = asRecorded?.whole[row];
            return (
              <tr key={row}>
                <th scope="row">
                  {t(`whatIf.figures.${row}`)}
                  {isDefined(row) && <span className={classes['define']}>{t(`whatIf.define.${row}`)}</span>}
                </th>
                <td className={classes['value']}>{found ? said(row, found.value) : nothing}</td>
                <td>{found ? t('whatIf.to', { low: said(row, found.low), high: said(row, found.high) }) : nothing}</td>
                {asRecorded && <td>{was ? said(row, was.value) : nothing}</td>}
                {erlang && <td>{row in erlang ? said(row, erlang[row as Drawn]) : nothing}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

function HalfHours({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation('admin');
  const scheme = useComputedColorScheme('light');
  const [figure, setFigure] = useState<Drawn>('serviceLevel');
  const columns = useMemo(() => columnsOf(answer, figure), [answer, figure]);
  const label = t(`whatIf.figures.${figure}`);
  const { simulated, recorded } = colours[scheme];
  return (
    <section className={classes['card']} aria-labelledby="what-if-halves">
      <div className={classes['head']}>
        <h2 id="what-if-halves" className={classes['name']}>{t('whatIf.byHalfHour')}</h2>
        <NativeSelect
          aria-label={t('whatIf.figure')} value={figure} onChange={(event) => setFigure(event.currentTarget.value as Drawn)}
          data={drawn.map((value) => ({ value, label: t(`whatIf.figures.${value}`) }))}
        />
      </div>
      <ul className={classes['key']}>
        <li><Sample colour={simulated} band />{t('whatIf.curveSimulated')}</li>
        {answer.asRecorded && <li><Sample colour={recorded} />{t('whatIf.curveRecorded')}</li>}
      </ul>
      <Plot
        columns={columns} figure={figure} scheme={scheme} zone={answer.timeZone} label={t('whatIf.plot', { figure: label })}
        fallback={<div className={classes['plot']}><Loading /></div>}
      />
      <details className={classes['details']}>
        <summary>{t('whatIf.table')}</summary>
        <Halves answer={answer} />
      </details>
    </section>
  );
}

function Sample({ colour, band }: { readonly colour: string; readonly band?: true }) {
  return (
    <svg viewBox="0 0 32 12" className={classes['sample']} aria-hidden>
      {band && <rect x="0" y="0" width="32" height="12" fill={colour} opacity="0.2" />}
      <line x1="0" x2="32" y1="6" y2="6" stroke={colour} strokeWidth="2" {...(!band && { strokeDasharray: '8 4' })} />
    </svg>
  );
}

function Halves({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation('admin');
  const recorded = answer.asRecorded !== null;
  return (
    <Scroll label={t('whatIf.table')}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('whatIf.from')}</th>
            <th scope="col">{t('whatIf.figures.offered')}</th>
            {drawn.map((row) => <th key={row} scope="col">{t(`whatIf.figures.${row}`)}</th>)}
            {recorded && <th scope="col">{`${t('whatIf.asRecorded')} · ${t('whatIf.figures.serviceLevel')}`}</th>}
          </tr>
        </thead>
        <tbody>
          {worth(answer).map(({ from, simulated, recorded: was }) => (
            <tr key={from}>
              <th scope="row">{clockTime(from, answer.timeZone)}</th>
              <td>{said('offered', simulated.offered.value)}</td>
              {drawn.map((row) => {
                const found = simulated[row];
                return (
                  <td key={row}>
                    {found ? said(row, found.value) : nothing}
                    {found && <span className={classes['define']}>{t('whatIf.to', { low: said(row, found.low), high: said(row, found.high) })}</span>}
                  </td>
                );
              })}
              {recorded && <td>{was?.serviceLevel ? said('serviceLevel', was.serviceLevel.value) : nothing}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
