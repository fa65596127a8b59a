import { createContext, use, useEffect, useRef } from 'react';

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
  return { ...form.input(name), busy: form.busy, left: () => form.checkOne(name) };
}
