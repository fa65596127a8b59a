import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { roleOf, whoQuery } from '../../../api/session';
import { EraseButton } from '../parts/EraseButton';
import { operators, type Operator } from '../parts/kinds';
import { Page } from '../parts/Page';
import type { Versioned } from '../parts/resource';
import { ResourceForm, type Section } from '../parts/ResourceForm';
import { useRecordForm } from '../parts/useRecordForm';
import { BannerSection, CallsSection, PopSection, SessionSection } from './sections';
import { IdentitySection } from './IdentitySection';
import { OperatorGroups } from './OperatorGroups';
import { CallerIdSection, PhoneSection } from './PhoneSection';
import { toBody, toValues, type Values } from './values';

interface OperatorFormProps {
  readonly known?: Versioned<Operator>;
  readonly start: Values;
  readonly back: { readonly to: '/admin/operators'; readonly label: string };
  /** The name of the operator this one is made after. */
  readonly like?: string;
}

export function OperatorForm({ known, start, back, like }: OperatorFormProps) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const { data: who } = useQuery(whoQuery);
  const technical = who ? roleOf(who) === 'technical' : false;
  const form = useRecordForm({
    kind: operators,
    known,
    start,
    toValues,
    toBody: (values) => toBody(values, technical),
    saved: (record, created) => {
      if (created) void navigate({ to: '/admin/operators/$id', params: { id: record.id }, ignoreBlocker: true, replace: true });
    },
  });
  const sections: Section[] = [
    { id: 'identity', title: t('operators.section.identity'), content: <IdentitySection form={form} {...(known && { known })} /> },
    { id: 'phone', title: t('operators.section.phone'), intro: t('operators.section.phoneIntro'), content: <PhoneSection form={form} /> },
    { id: 'callerId', title: t('operators.section.callerId'), intro: t('operators.section.callerIdIntro'), content: <CallerIdSection form={form} /> },
    { id: 'calls', title: t('operators.section.calls'), content: <CallsSection form={form} /> },
    { id: 'banner', title: t('operators.section.banner'), content: <BannerSection /> },
    { id: 'session', title: t('operators.section.session'), intro: t('operators.section.sessionIntro'), content: <SessionSection form={form} /> },
    { id: 'pop', title: t('operators.section.pop'), intro: t('operators.section.popIntro'), content: <PopSection form={form} technical={technical} /> },
  ];
  return (
    <Page
      title={known ? known.record.fullName : t('operators.new')}
      back={back}
      {...(known && { actions: <Actions operator={known.record} /> })}
    >
      {like !== undefined && <Text size="sm" c="dimmed" mb="md">{t('operators.like', { name: like })}</Text>}
      <ResourceForm form={form} sections={sections} top={known && <OperatorGroups operator={known.record} />} />
    </Page>
  );
}

function Actions({ operator }: { readonly operator: Operator }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconCopy size={16} aria-hidden />}
        onClick={() => void navigate({ to: '/admin/operators/new', search: { from: operator.id } })}
      >
        {t('operators.duplicate')}
      </Button>
      <EraseButton
        kind={operators} record={operator} name={operator.fullName} to="/admin/operators"
        question={{ title: t('operators.deleteOne', { name: operator.fullName }), text: t('operators.deleteText') }}
      />
    </>
  );
}
