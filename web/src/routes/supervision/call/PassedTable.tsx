import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import { figure } from '../../../ui/number';
import classes from './Call.module.css';
import { passedFor } from './say';
import type { Passed } from './tell';

interface PassedTableProps {
  readonly caption: string;
  readonly passed: readonly Passed[];
}

/** Those who did not get the call, by reason; their names where the reader may see them. */
export function PassedTable({ caption, passed }: PassedTableProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const language = currentLanguage();
  if (passed.length === 0) return null;
  const named = passed.some(({ names }) => names.length > 0);
  const list = new Intl.ListFormat(language, { type: 'unit' });
  return (
    <table className={classes['passed']}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('offer.why')}</th>
          <th scope="col" className={classes['count']}>{t('offer.count')}</th>
          {named && <th scope="col">{t('offer.who')}</th>}
        </tr>
      </thead>
      <tbody>
        {passed.map(({ reason, count, names }) => (
          <tr key={reason} data-reason={reason}>
            <th scope="row">{passedFor(common, reason)}</th>
            <td className={classes['count']}>{figure(count, language)}</td>
            {named && <td>{list.format(names)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
