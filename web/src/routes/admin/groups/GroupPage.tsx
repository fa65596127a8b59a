import { Title } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Awaited } from '../../../ui/States';
import { presets } from '../parts/ColourField';
import { EraseButton } from '../parts/EraseButton';
import { HoursEditor } from '../parts/hours/HoursEditor';
import { groups, type Group } from '../parts/kinds';
import { Page } from '../parts/Page';
import { useList, type Versioned } from '../parts/resource';
import { ResourceForm, useWide, type Section } from '../parts/ResourceForm';
import { useRecordForm } from '../parts/useRecordForm';
import { WithRecord } from '../parts/WithRecord';
import { Members } from './Members';
import classes from './groups.module.css';
import { NextCall } from './NextCall';
import { CallsSection, IdentitySection, NumbersSection, OverflowSection, SoundsSection } from './sections';
import { useDeleteQuestion } from './useDeleteQuestion';
import { newValues, toBody, toValues, type Values } from './values';

function useBack() {
  const { t } = useTranslation('admin');
  return { to: '/admin/groups', label: t('groups.title') } as const;
}

export function GroupPage() {
  const { t } = useTranslation('admin');
  const { id } = useParams({ from: '/admin/groups/$id' });
  return (
    <WithRecord kind={groups} id={id} title={t('groups.one')} back={useBack()}>
      {(known) => <GroupForm key={id} known={known} start={toValues(known.record)} />}
    </WithRecord>
  );
}

export function NewGroupPage() {
  const { t } = useTranslation('admin');
  const all = useList(groups);
  const back = useBack();
  if (!all.data) return <Page title={t('groups.new')} back={back}><Awaited query={all}>{() => null}</Awaited></Page>;
  // The first colour that no group has yet.
  const used = new Set(all.data.map((group) => group.colour));
  return <GroupForm start={newValues(presets.find((preset) => !used.has(preset)) ?? presets[0])} />;
}

function GroupForm({ known, start }: { readonly known?: Versioned<Group>; readonly start: Values }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const back = useBack();
  const question = useDeleteQuestion();
  const form = useRecordForm({
    kind: groups,
    known,
    start,
    toValues,
    toBody,
    saved: (record, created) => {
      if (created) void navigate({ to: '/admin/groups/$id', params: { id: record.id }, ignoreBlocker: true, replace: true });
    },
  });
  const wide = useWide();
  const { strategy, members } = form.values;
  const next = <NextCall {...(known && { id: known.record.id })} strategy={strategy} members={members} />;
  const sections: Section[] = [
    { id: 'identity', title: t('groups.section.identity'), content: <IdentitySection /> },
    { id: 'members', title: t('groups.section.members'), intro: t(`groups.membersRule.${strategy}`), content: <Members form={form} /> },
    ...(wide ? [] : [{ id: 'next', title: t('groups.next.title'), intro: t('groups.next.intro'), content: next }]),
    { id: 'calls', title: t('groups.section.calls'), content: <CallsSection form={form} /> },
    { id: 'overflow', title: t('groups.section.overflow'), intro: t('groups.section.overflowIntro'), content: <OverflowSection form={form} {...(known && { self: known.record.id })} /> },
    { id: 'sounds', title: t('groups.section.sounds'), intro: t('groups.section.soundsIntro'), content: <SoundsSection form={form} /> },
    {
      id: 'hours',
      title: t('hours.title'),
      intro: t('hours.groupIntro'),
      content: <HoursEditor value={form.values.openingHours} exitEmpty={t('hours.overflow')} exitHelp={t('hours.groupExitHelp')} />,
    },
    { id: 'numbers', title: t('groups.section.numbers'), content: <NumbersSection /> },
  ];
  return (
    <Page
      title={known ? known.record.name : t('groups.new')}
      back={back}
      actions={known && (
        <EraseButton
          kind={groups} record={known.record} name={known.record.name} to={back.to}
          question={() => question(known.record)}
        />
      )}
    >
      <ResourceForm
        form={form}
        sections={sections}
        aside={wide && (
          <section className={classes['aside']} aria-labelledby="title-next">
            <Title order={2} size="h5" id="title-next">{t('groups.next.title')}</Title>
            {next}
          </section>
        )}
      />
    </Page>
  );
}

