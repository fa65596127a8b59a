import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, fieldProblems } from '../../../api/client';
import { Empty, Failure, Loading } from '../../../ui/States';
import part from '../Part.module.css';
import { filterOf, type CallFilter } from '../search';
import { useUser } from '../user';
import { CallFilters } from './CallFilters';
import classes from './Calls.module.css';
import { CallsTable } from './CallsTable';
import { queryOf } from './query';

/** The calls of the centre, newest first, by what the filter in the address says. */
export function CallsPart() {
  const filter = filterOf(useSearch({ from: '/supervision' }));
  const navigate = useNavigate();
  const choose = (next: CallFilter): void => void navigate({ to: '/supervision', search: { view: 'calls', ...next }, replace: true });
  return <Calls filter={filter} choose={choose} />;
}

interface CallsProps {
  readonly filter: CallFilter;
  readonly choose: (filter: CallFilter) => void;
}

export function Calls({ filter, choose }: CallsProps) {
  const { t } = useTranslation('supervision');
  const zone = useUser()?.centre.timeZone ?? 'UTC';
  const { data, error, isPending, isPlaceholderData, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['calls', filter, zone],
    queryFn: ({ signal, pageParam: cursor }) => answer(api.GET('/api/v1/calls', {
      params: { query: { ...queryOf(filter, zone), ...(cursor !== '' && { cursor }) } }, signal,
    })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => (next === '' ? undefined : next),
    placeholderData: keepPreviousData,
  });
  // A call that came while older ones were read stands on two pages.
  const calls = [...new Map(data?.pages.flatMap(({ items }) => items).map((call) => [call.id, call])).values()];
  const numberProblem = 'query.number' in fieldProblems(error) ? t('calls.badNumber') : undefined;
  const [ground, focusNext] = useNewRowFocused(calls.length);
  return (
    <section className={part['part']} aria-labelledby="calls-title">
      <div className={part['bar']}><h2 id="calls-title" className={part['title']}>{t('calls.title')}</h2></div>
      <CallFilters filter={filter} choose={choose} refresh={() => void refetch()} numberProblem={numberProblem} />
      {isPending && <Loading />}
      {error && numberProblem === undefined && <Failure error={error} retry={() => void refetch()} />}
      {data && numberProblem === undefined && (
        <div ref={ground} className={`${part['card']} ${classes['card']}`} data-old={isPlaceholderData}>
          {calls.length > 0 ? <CallsTable calls={calls} zone={zone} /> : <NoCalls filtered={Object.keys(filter).length > 0} reset={() => choose({})} />}
        </div>
      )}
      {data && numberProblem === undefined && calls.length > 0 && (
        <div className={classes['foot']}>
          <span role="status" className={classes['shown']}>{t('calls.shown', { count: calls.length })}</span>
          {hasNextPage && (
            <Button
              variant="default" loading={isFetchingNextPage}
              onClick={() => {
                focusNext();
                void fetchNextPage();
              }}
            >
              {t('calls.more')}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

/** After more was asked for, the focus goes to the first of what came: the button may be gone, and is far below. */
function useNewRowFocused(count: number): [RefObject<HTMLDivElement | null>, () => void] {
  const ref = useRef<HTMLDivElement>(null);
  const from = useRef<number | null>(null);
  useEffect(() => {
    if (from.current === null || count <= from.current) return;
    ref.current?.querySelectorAll<HTMLElement>('[data-call] a')[from.current]?.focus();
    from.current = null;
  }, [count]);
  return [ref, () => {
    from.current = count;
  }];
}

function NoCalls({ filtered, reset }: { readonly filtered: boolean; readonly reset: () => void }) {
  const { t } = useTranslation('supervision');
  if (!filtered) return <Empty title={t('calls.empty')} text={t('calls.emptyText')} />;
  return <Empty title={t('calls.noMatch')} action={<button type="button" className={part['link']} onClick={reset}>{t('calls.reset')}</button>} />;
}
