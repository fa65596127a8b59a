import { IconAntennaBars3, IconAntennaBars4, IconAntennaBars5, IconEar, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import { useValue, Value } from '../../../live/value';
import type { Grade, Quality } from '../../../phone/quality';
import type { LiveCall } from '../state/model';
import { useMe, usePhone } from '../state/post';
import classes from './CallMarks.module.css';

const unmeasured = new Value<Quality | null>(null);
const bars: Readonly<Record<Grade, Icon>> = { good: IconAntennaBars5, fair: IconAntennaBars4, poor: IconAntennaBars3 };

/** What he should know while he talks: who else listens, who asked him, how good the line of his browser is. */
export function CallMarks({ call }: { readonly call: LiveCall }) {
  const { t } = useTranslation(['banner', 'common']);
  const quality = useValue(usePhone()?.quality ?? unmeasured);
  const talks = useMe((me) => me.activity === 'talking' || me.activity === 'held');
  const asks = call.part === 'consulted' ? call.operator?.name : undefined;
  if (!talks || (!quality && asks === undefined && call.observers.length === 0)) return null;
  return (
    <div className={classes['marks']}>
      {asks !== undefined && <span className={classes['asks']}>{t('card.consulted', { who: asks })}</span>}
      {call.observers.map(({ mode, name }) => (
        <span key={`${mode} ${name}`} className={classes['observer']} role="status">
          <IconEar size={16} aria-hidden />
          {t(`observer.${mode}`, { who: name })}
        </span>
      ))}
      {quality && <Line {...quality} />}
    </div>
  );
}

function Line({ grade, lossPercent, jitterMs, roundTripMs }: Quality) {
  const { t } = useTranslation(['banner', 'common']);
  const Bars = bars[grade];
  const figures = t('quality.figures', { loss: lossPercent.toLocaleString(currentLanguage()), jitter: jitterMs, trip: roundTripMs });
  return (
    <span className={classes['line']} data-grade={grade} title={figures}>
      <Bars size={18} aria-hidden />
      <span className={classes['word']}>{t(`quality.${grade}`)}</span>
    </span>
  );
}
