import { useTranslation } from 'react-i18next';
import { useEffect, type ReactNode } from 'react';

import { changeLanguage, languageNames, languages } from '../../i18n';
import { Brand } from '../../ui/Brand';
import classes from './Entrance.module.css';
import { Motif } from './Motif';

interface EntranceProps {
  readonly title: string;
  readonly lead: string;
  /** Somebody who is logged in has his language from his record. */
  readonly chooseLanguage?: boolean;
  readonly children: ReactNode;
}

/** The frame of the pages before the faces. */
export function Entrance({ title, lead, chooseLanguage = false, children }: EntranceProps) {
  const { t } = useTranslation('login');
  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);
  return (
    <div className={classes['page']}>
      <aside className={classes['side']}>
        <p className={classes['motto']}>{t('motto')}</p>
        <Motif />
      </aside>
      <div className={classes['entrance']}>
        <header className={classes['header']}>
          <Brand />
          {chooseLanguage && <Languages />}
        </header>
        <main id="content" tabIndex={-1} className={classes['main']}>
          <div className={classes['form']}>
            <h1 className={classes['title']}>{title}</h1>
            <p className={classes['lead']}>{lead}</p>
            {children}
          </div>
        </main>
      </div>
    </div>
  );
}

function Languages() {
  const { t, i18n } = useTranslation();
  return (
    <div role="group" aria-label={t('language')} className={classes['languages']}>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          className={classes['language']}
          aria-pressed={language === i18n.language}
          onClick={() => void changeLanguage(language, true)}
        >
          {languageNames[language]}
        </button>
      ))}
    </div>
  );
}
