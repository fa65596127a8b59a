import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';

import { Button, Pill, Switch, Text, Textarea, TextInput, UnstyledButton } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue, type Value } from '../../../live/value';
import { keepRecording } from '../state/actions';
import { type Draft, type SaveState } from '../state/draft';
import type { LiveCall } from '../state/model';
import { useLine, usePost } from '../state/post';
import { maxTag, maxTags, suggestTags, tidyTag, withTag } from '../state/tags';
import { useHistory } from '../parts/useHistory';
import classes from './Qualify.module.css';

/** Tags and a note: during the call and in wrap-up, kept while he writes. */
export function Qualify({ call }: { readonly call: LiveCall }) {
  const { tags, typed, note } = usePost().qualification(call);
  return (
    <div className={classes['qualify']}>
      <Tags draft={tags} input={typed} />
      <Note draft={note} />
      {call.mayKeepRecording && <Keep call={call} />}
    </div>
  );
}

/** The recording stays beyond the time that recordings are kept for, where the group lets its operators say so. */
function Keep({ call }: { readonly call: LiveCall }) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const lost = useLine().state !== 'live';
  return (
    <Switch checked={call.recordingKept} disabled={lost} label={t('card.keepRecording')} onChange={(event) => keepRecording(post, call.id, event.currentTarget.checked)} />
  );
}

interface TagsProps {
  readonly draft: Draft<readonly string[]>;
  /** What is in the field. */
  readonly input: Value<string>;
}

function Tags({ draft, input }: TagsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const tags = useValue(draft.text);
  const state = useValue(draft.state);
  const typed = useValue(input);
  const { data: calls = [] } = useHistory();
  const full = tags.length >= maxTags;

  const set = (next: readonly string[]): void => {
    draft.edit(next);
    void draft.flush();
  };
  const add = (text: string): void => {
    set(withTag(tags, text));
    input.set('');
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if ((event.key === 'Enter' || event.key === ',') && tidyTag(typed) !== '') {
      event.preventDefault();
      add(typed);
    } else if (event.key === 'Backspace' && typed === '' && tags.length > 0) {
      set(tags.slice(0, -1));
    }
  };
  return (
    <div>
      <TextInput
        label={t('tags.label')}
        placeholder={full ? t('tags.full') : t('tags.placeholder')}
        value={typed}
        maxLength={maxTag}
        disabled={full}
        onChange={(event) => input.set(event.currentTarget.value)}
        onKeyDown={press}
        onBlur={() => {
          if (tidyTag(typed) !== '') add(typed);
        }}
        rightSection={null}
      />
      {tags.length > 0 && (
        <ul className={classes['chosen']} aria-label={t('tags.chosen')}>
          {tags.map((tag) => (
            <li key={tag}>
              <Pill
                size="md"
                withRemoveButton
                onRemove={() => set(tags.filter((other) => other !== tag))}
                removeButtonProps={{ 'aria-label': t('tags.remove', { tag }), 'aria-hidden': false, tabIndex: 0 }}
              >
                {tag}
              </Pill>
            </li>
          ))}
        </ul>
      )}
      {!full && <Suggestions tags={suggestTags(calls, tags, typed)} add={add} />}
      {state === 'failed' && <Saved state={state} retry={() => void draft.flush()} />}
    </div>
  );
}

function Suggestions({ tags, add }: { readonly tags: readonly string[]; readonly add: (tag: string) => void }) {
  const { t } = useTranslation(['banner', 'common']);
  if (tags.length === 0) return null;
  return (
    <div className={classes['suggestions']} role="group" aria-label={t('tags.suggestions')}>
      {tags.map((tag) => (
        // The field keeps the focus, so that its blur does not add what is half typed.
        <UnstyledButton key={tag} className={classes['suggestion']} onMouseDown={(event) => event.preventDefault()} onClick={() => add(tag)}>
          + {tag}
        </UnstyledButton>
      ))}
    </div>
  );
}

function Note({ draft }: { readonly draft: Draft<string> }) {
  const { t } = useTranslation(['banner', 'common']);
  const text = useValue(draft.text);
  const state = useValue(draft.state);
  return (
    <div>
      <Textarea
        label={t('note.label')}
        rows={3}
        maxLength={4000}
        value={text}
        onChange={(event) => draft.edit(event.currentTarget.value)}
        onBlur={() => void draft.flush()}
      />
      <Saved state={state} empty={text === ''} retry={() => void draft.flush()} />
    </div>
  );
}

interface SavedProps {
  readonly state: SaveState;
  readonly empty?: boolean;
  readonly retry: () => void;
}

function Saved({ state, empty = false, retry }: SavedProps) {
  const { t } = useTranslation(['banner', 'common']);
  return (
    <div className={classes['saved']}>
      <Text size="xs" c={state === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'} role={state === 'failed' ? 'alert' : undefined}>
        {empty && state === 'saved' ? '\u00A0' : t(`note.${state}`)}
      </Text>
      {state === 'failed' && <Button variant="subtle" size="compact-xs" onClick={retry}>{t('common:retry')}</Button>}
    </div>
  );
}
