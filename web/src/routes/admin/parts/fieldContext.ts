import { createContext, createElement, Fragment, use, useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ruleText } from '../../../ui/rules';
import { Cautions } from './Cautions';
import type { Check, FormContext } from './useRecordForm';

export const FieldContext = createContext<FormContext | null>(null);

/** The value of a field in the form around it; the rule is checked on leaving the field and on saving. */
export function useField(name: string, check: Check) {
  const form = use(FieldContext);
  if (!form) throw new Error(`the field ${name} stands in no form`);
  const latest = useRef(check);
  useEffect(() => {
    latest.current = check;
  });
  const { register } = form;
  useEffect(() => register(name, (value) => latest.current(value)), [register, name]);
  return { ...form.input(name), cautions: form.cautions(name), busy: form.busy, left: () => form.checkOne(name) };
}

export interface FieldProps {
  /** The path of the value, as the server names it. */
  readonly name: string;
  readonly label: string;
  /** The exact rule and the default. */
  readonly help?: ReactNode;
  readonly required?: boolean;
  readonly disabled?: boolean;
}

/** A broken rule in the person's language. */
export function useSaid(error: unknown): string | undefined {
  const { t } = useTranslation();
  return typeof error === 'string' && error !== '' ? ruleText(t, error) : undefined;
}

const order: ('label' | 'input' | 'error' | 'description')[] = ['label', 'input', 'error', 'description'];

/**
 * A field, and what every input of the library takes of it. While the form is being saved it
 * takes nothing in; it is not disabled for that, since what is disabled loses the focus.
 */
export function useFieldProps({ name, label, help, required = false, disabled = false }: FieldProps, check: Check) {
  const field = useField(name, check);
  const error = useSaid(field.error);
  const description = field.cautions.length === 0 ? help : createElement(Fragment, null, help, createElement(Cautions, { texts: field.cautions }));
  return { field, error, props: { label, description, required, disabled, readOnly: field.busy, inputWrapperOrder: order, error, onBlur: field.left } };
}
