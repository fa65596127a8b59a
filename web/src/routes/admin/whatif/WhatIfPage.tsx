import { Alert, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { fieldProblems, Problem } from '../../../api/client';
import { Failure } from '../../../ui/States';
import { ruleText } from '../../../ui/rules';
import { Page } from '../parts/Page';
import { said } from './figures';
import { ask, first, type Question } from './question';
import { QuestionForm } from './QuestionForm';
import { Results } from './Results';

/** What another staffing or other settings would do to a day. */
export function WhatIfPage() {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const [question, setQuestion] = useState<Question>(first);
  const { mutate, data, error, isPending } = useMutation({ mutationFn: ask });
  const fields = fieldProblems(error);
  const wrong = (field: string): string | undefined => {
    const rule = fields[field];
    return rule === undefined ? undefined : ruleText(common, rule);
  };
  return (
    <Page title={t('whatIf.title')} intro={t('whatIf.intro')}>
      <QuestionForm
        question={question}
        change={(part) => setQuestion((old) => ({ ...old, ...part }))}
        wrong={wrong}
        busy={isPending}
        ask={() => mutate(question)}
      />
      <VisuallyHidden role="status">
        {data && t('whatIf.said', {
          runs: data.runs,
          level: data.simulated.whole.serviceLevel ? said('serviceLevel', data.simulated.whole.serviceLevel.value) : '–',
          occupancy: data.simulated.whole.occupancy ? said('occupancy', data.simulated.whole.occupancy.value) : '–',
        })}
      </VisuallyHidden>
      {error !== null && <Refusal error={error} />}
      {data && <Results answer={data} />}
    </Page>
  );
}

function Refusal({ error }: { readonly error: Error }) {
  const { t } = useTranslation('admin');
  if (error instanceof Problem && error.code === 'simulation_running') return <Alert color="orange" mb="md" role="alert">{t('whatIf.busy')}</Alert>;
  return <Failure error={error} />;
}
