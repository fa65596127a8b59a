import { Text } from '@mantine/core';
import { IconDownload, IconFileSpreadsheet } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { SteadyButton } from '../../../ui/SteadyButton';
import { refused } from '../../../ui/toast';
import { FileDrop } from '../parts/FileDrop';
import { Page } from '../parts/Page';
import { ImportFaults, ImportPreview, ImportResult } from './ImportReport';
import classes from './import.module.css';
import { downloadTemplate } from './table';
import { useImport } from './useImport';

/** Operators from a file: chosen, looked through line by line, then imported. */
export function ImportPage() {
  const { t } = useTranslation('admin');
  const work = useImport();
  return (
    <Page title={t('operators.import.title')} intro={t('operators.import.intro')} back={{ to: '/admin/operators', label: t('operators.title') }}>
      {work.stored ? <ImportResult report={work.stored} again={work.reset} /> : <Choosing work={work} />}
    </Page>
  );
}

function Choosing({ work }: { readonly work: ReturnType<typeof useImport> }) {
  const { t } = useTranslation('admin');
  const { table, report, error, step, overtaken } = work;
  return (
    <div className={classes['steps']}>
      <section className={classes['card']} aria-labelledby="import-file">
        <h2 id="import-file" className={classes['heading']}>{t('operators.import.file')}</h2>
        <FileDrop
          name={table?.name}
          busy={step !== 'idle'}
          accept=".csv,text/csv"
          icon={IconFileSpreadsheet}
          words={{ drop: t('operators.import.drop'), choose: t('operators.import.choose'), chooseOther: t('operators.import.chooseOther') }}
          chosen={(file) => void work.preview(file)}
        />
        {!table && <Hints />}
      </section>
      <div role="status" className={classes['status']}>
        {step === 'reading' && <Text size="sm">{t('operators.import.reading')}</Text>}
        {step === 'storing' && <Text size="sm">{t('operators.import.storing')}</Text>}
      </div>
      {error !== undefined && <ImportFaults error={error} retry={work.retry} />}
      {report && <ImportPreview report={report} storing={step === 'storing'} overtaken={overtaken} store={() => void work.store()} />}
    </div>
  );
}

/** What a file has to look like, and an empty one to begin with. */
function Hints() {
  const { t } = useTranslation('admin');
  const [busy, setBusy] = useState(false);
  const template = (): void => {
    setBusy(true);
    downloadTemplate().catch(refused).finally(() => setBusy(false));
  };
  return (
    <>
      <ul className={classes['hints']}>
        <li>{t('operators.import.hintLogin')}</li>
        <li>{t('operators.import.hintEmpty')}</li>
        <li>{t('operators.import.hintGroups')}</li>
        <li>{t('operators.import.hintFormat')}</li>
      </ul>
      <SteadyButton variant="default" size="xs" leftSection={<IconDownload size={14} aria-hidden />} busy={busy} onClick={template}>
        {t('operators.import.template')}
      </SteadyButton>
    </>
  );
}
