// The state of a form over one record: values, what the rules say of them, saving with
// the ETag, and what to do when somebody else was faster.
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { fieldProblems, Problem, type Schema } from '../../../api/client';
import { problemNow } from '../../../ui/problem';
import { ruleText } from '../../../ui/rules';
import { said } from '../../../ui/toast';
import { inUseText } from './inUse';
import type { Kind, Stored } from './kinds';
import { read, save, type Versioned } from './resource';

type Warning = Schema<'Warning'>;

const noWarnings: readonly Warning[] = [];

/** A rule of a field: the server's own English sentence, or nothing. */
export type Check = (value: unknown) => string | undefined;

/** What a field needs of its form. */
export interface FormContext {
  readonly input: (name: string) => { readonly value: unknown; readonly error: unknown; readonly onChange: (value: unknown) => void };
  /** Tells the form that a field is on the screen, and its rule. */
  readonly register: (name: string, check: Check) => () => void;
  readonly checkOne: (name: string) => void;
  /** What the server took of a field though it is hardly meant, until its value changes. */
  readonly cautions: (name: string) => readonly string[];
  readonly busy: boolean;
}

interface Options<R extends Stored, C extends object, V extends object> {
  readonly kind: Kind<R, C>;
  /** The record that is changed; none for a new one. */
  readonly known?: Versioned<R> | undefined;
  /** The values a form begins with. */
  readonly start: V;
  readonly toValues: (record: R) => V;
  readonly toBody: (values: V) => C;
  readonly saved: (record: R, created: boolean) => void;
}

export interface RecordForm<V extends object> {
  readonly values: V;
  readonly set: (values: Partial<V>) => void;
  readonly fresh: boolean;
  readonly dirty: boolean;
  readonly busy: boolean;
  /** What was refused and belongs to no field on the screen. */
  readonly refusal: string;
  /** True when somebody else has changed the record meanwhile. */
  readonly overtaken: boolean;
  /** What the server took though it is hardly meant. */
  readonly warnings: readonly Warning[];
  /** Counts the refusals, so that each moves the focus. */
  readonly refusals: number;
  readonly submit: () => Promise<void>;
  readonly revert: () => void;
  /** After overtaken: takes the other's record, with one's own changes upon it or without. */
  readonly catchUp: (keep: boolean) => Promise<void>;
  /** Tells of a change to the record that the page made beside the form. */
  readonly moved: (etag: string) => void;
  readonly context: FormContext;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The members of `now` that differ from `before`. */
export function changes<T extends object>(before: T, now: T): Partial<T> {
  const keys = Object.keys(now) as (keyof T)[];
  return Object.fromEntries(keys.filter((key) => !same(before[key], now[key])).map((key) => [key, now[key]])) as Partial<T>;
}

/** "members[2].operator" as the form's own paths write it. */
const path = (location: string): string => location.replace(/\[(\d+)\]/g, '.$1');

/** The field on the screen that a refused value belongs to: itself, or what holds it. */
function place(location: string, fields: ReadonlyMap<string, Check>): string | undefined {
  for (let name = path(location); name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    if (fields.has(name)) return name;
  }
  return undefined;
}

function valueAt(values: object, name: string): unknown {
  return name.split('.').reduce<unknown>((value, key) => (
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
  ), values);
}

export function useRecordForm<R extends Stored, C extends object, V extends object>(options: Options<R, C, V>): RecordForm<V> {
  const { kind, known, start, toValues, toBody, saved } = options;
  const { t } = useTranslation(['admin', 'common']);
  const words = useTranslation().t;
  const queries = useQueryClient();
  const form = useForm<V>({ initialValues: start });
  // The record as it was read: what is sent is what differs from it.
  const [base, setBase] = useState({ values: start, etag: known?.etag });
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const [overtaken, setOvertaken] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const fields = useRef(new Map<string, Check>());
  const dirty = !same(form.values, base.values);

  const begin = (values: V, etag: string | undefined, now: V = values): void => {
    setBase({ values, etag });
    form.setValues(now);
    form.clearErrors();
    setRefusal('');
    setOvertaken(false);
  };
  const refuse = (problems: Readonly<Record<string, string>>, other: string): void => {
    const placed: Record<string, string> = {};
    const homeless: string[] = other === '' ? [] : [other];
    for (const [location, rule] of Object.entries(problems)) {
      const name = place(location, fields.current);
      if (name === undefined) homeless.push(words('pair', { name: location, text: ruleText(words, rule) }));
      else placed[name] ??= rule;
    }
    form.setErrors(placed);
    setRefusal(homeless.join(' · '));
    setRefusals((n) => n + 1);
  };
  const failed = (error: unknown): void => {
    if (error instanceof Problem && error.status === 412) {
      setOvertaken(true);
      setRefusals((n) => n + 1);
      return;
    }
    const problems = fieldProblems(error);
    refuse(problems, Object.keys(problems).length > 0 ? '' : inUseText(t, error) || problemNow(error));
  };

  const submit = async (): Promise<void> => {
    if (busy || (known && !dirty)) return;
    const broken: Record<string, string> = {};
    for (const [name, check] of fields.current) {
      const rule = check(valueAt(form.values, name));
      if (rule !== undefined) broken[name] = rule;
    }
    if (Object.keys(broken).length > 0) {
      refuse(broken, '');
      return;
    }
    setBusy(true);
    try {
      const body = toBody(form.values);
      const done = known
        ? await save(queries, kind, { id: known.record.id, ...(base.etag !== undefined && { etag: base.etag }) }, changes(toBody(base.values), body))
        : await save(queries, kind, undefined, body);
      begin(toValues(done.record), done.etag);
      said(t('form.saved'));
      saved(done.record, !known);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  const catchUp = async (keep: boolean): Promise<void> => {
    if (!known) return;
    try {
      const theirs = await read(kind, known.record.id);
      const values = toValues(theirs.record);
      begin(values, theirs.etag, keep ? { ...values, ...changes(base.values, form.values) } : values);
    } catch (error) {
      failed(error);
    }
  };

  const register = useCallback((name: string, check: Check) => {
    fields.current.set(name, check);
    return () => {
      fields.current.delete(name);
    };
  }, []);
  const checkOne = (name: string): void => {
    const rule = fields.current.get(name)?.(valueAt(form.values, name));
    if (rule !== undefined) form.setFieldError(name, rule);
  };
  const input = (name: string): ReturnType<FormContext['input']> => {
    const props: { value?: unknown; error?: unknown; onChange: (value: unknown) => void } = form.getInputProps(name);
    // What is typed while it is being saved would be lost with the answer.
    return { value: props.value, error: props.error, onChange: busy ? () => undefined : props.onChange };
  };
  const warnings = known?.record.warnings ?? noWarnings;
  const cautions = (name: string): readonly string[] => {
    const part = name.split('.')[0] ?? '';
    if (!same(valueAt(form.values, part), valueAt(base.values, part))) return [];
    // One about an item of a list is said at the list.
    const about = warnings.filter(({ location }) => location === name || location.startsWith(`${name}[`));
    return [...new Set(about.map(({ message }) => message))];
  };
  const context: FormContext = { input, register, checkOne, cautions, busy };
  return {
    values: form.values,
    set: (values) => form.setValues((now) => ({ ...now, ...values })),
    fresh: !known,
    dirty,
    busy,
    refusal,
    overtaken,
    warnings,
    refusals,
    submit,
    revert: () => begin(base.values, base.etag),
    catchUp,
    moved: (etag) => setBase((now) => ({ ...now, etag })),
    context,
  };
}
