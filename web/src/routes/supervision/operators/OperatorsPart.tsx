import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import type { FloorOperator } from '../../../live/floor';
import { useVersion } from '../../../live/rows';
import { useValue } from '../../../live/value';
import { Empty, Loading } from '../../../ui/States';
import { AdminLink } from '../AdminLink';
import { useArranged } from '../arranged';
import { OperatorDrawer } from '../day/OperatorDrawer';
import { useGroupNames } from '../groupNames';
import { HeldWord } from '../HeldWord';
import { useKept } from '../kept';
import { useLive } from '../live';
import part from '../Part.module.css';
import { useUser } from '../user';
import { Filters } from './Filters';
import classes from './Operators.module.css';
import { OperatorTable } from './OperatorTable';
import { everybody, selected, sorted, type Selection, type Sort } from './select';

/** The operators: filters, the table, and the drawer of the one that was opened. */
export function OperatorsPart({ tall = false }: { readonly tall?: boolean }) {
  const { t } = useTranslation('supervision');
  const user = useUser();
  return (
    <section className={`${part['part']} ${tall ? classes['tall'] : ''}`} aria-labelledby="operators-title">
      {user?.rights.operatorDetail === false
        ? (
            <>
              <h2 id="operators-title" className={part['title']}>{t('operators.title')}</h2>
              <div className={part['card']}><Empty title={t('operators.noRight')} text={t('operators.noRightText')} /></div>
            </>
          )
        : <Operators zone={user?.centre.timeZone ?? 'UTC'} />}
    </section>
  );
}

function Operators({ zone }: { readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const [wanted, select] = useState<Selection>(everybody);
  const selection = useKnown(wanted);
  const [paging, setPaging] = useKept('bandeau-supervision-paging', ['scroll', 'pages'], 'scroll');
  const [opened, setOpened] = useState<string | null>(null);
  const ground = useRef<HTMLDivElement>(null);
  const language = currentLanguage();
  const collator = useMemo(() => new Intl.Collator(language, { numeric: true, sensitivity: 'base' }), [language]);
  const arrange = useCallback((operators: readonly FloorOperator[]) => {
    const numberOf = (id: string | null): string => {
      const call = id === null ? undefined : floor.calls.get(id);
      return (call?.direction === 'out' ? call.called : call?.caller) ?? '';
    };
    return sorted(operators.filter((operator) => selected(operator, selection, numberOf(operator.call))), selection.sort, {
      group: (id) => floor.groups.get(id)?.name ?? '', collator,
    });
  }, [floor, selection, collator]);
  const { ids, late } = useArranged(floor.operators, arrange, ground);
  const sortBy = useCallback((sort: Sort) => select((now) => ({ ...now, sort })), []);
  return (
    <>
      <div className={part['bar']}>
        <h2 id="operators-title" className={part['title']}>{t('operators.title')}</h2>
        <HeldWord held={late} />
      </div>
      <Filters selection={selection} select={select} paged={paging === 'pages'} setPaged={(paged) => setPaging(paged ? 'pages' : 'scroll')} />
      <OperatorTable ids={ids} sort={selection.sort} sortBy={sortBy} zone={zone} open={setOpened} paged={paging === 'pages'} ground={ground} />
      {ids.length === 0 && <NobodyThere reset={() => select({ ...everybody, sort: selection.sort })} />}
      <OperatorDrawer id={opened} zone={zone} close={() => setOpened(null)} />
    </>
  );
}

/** The selection without a group that is gone, as a view that was saved long ago may name one. */
function useKnown(selection: Selection): Selection {
  const groups = useGroupNames();
  const known = selection.group === '' || groups.some(({ id }) => id === selection.group);
  return useMemo(() => (known ? selection : { ...selection, group: '' }), [selection, known]);
}

/** Loading, no operators at all, or none that match. */
function NobodyThere({ reset }: { readonly reset: () => void }) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  useVersion(floor.operators);
  const connection = useValue(floor.connection);
  if (floor.operators.ids().length > 0) {
    return (
      <Empty
        title={t('operators.noMatch')}
        action={<button type="button" className={part['link']} onClick={reset}>{t('operators.showAll')}</button>}
      />
    );
  }
  if (connection.state === 'connecting') return <Loading />;
  return <Empty title={t('operators.empty')} text={t('operators.emptyText')} action={<AdminLink />} />;
}
