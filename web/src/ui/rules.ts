import type { TFunction } from 'i18next';

import { currentLanguage, type Language } from '../i18n';
import type words from '../locales/fr/rules.json';
import { figure } from './number';
import templates from './rules.templates.json';

export type Rule = Exclude<keyof typeof words, 'unknown'>;

interface Pattern {
  readonly rule: Rule;
  readonly names: readonly string[];
  readonly pattern: RegExp;
  /** Characters that are the rule's own: the most exact template is tried first. */
  readonly weight: number;
}

const placeholder = /{{(\w+)}}/g;

function patternOf(rule: Rule, template: string): Pattern {
  const parts = template.split(/{{\w+}}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return {
    rule,
    names: [...template.matchAll(placeholder)].map((match) => match[1] ?? ''),
    pattern: new RegExp(`^${parts.join('(.+)')}$`, 's'),
    weight: template.replaceAll(placeholder, '').length,
  };
}

const patterns = Object.entries<string>(templates satisfies Record<Rule, string>)
  .map(([key, template]) => patternOf(key as Rule, template))
  .toSorted((a, b) => b.weight - a.weight);

/** The rule a sentence of the server names, with its values; undefined for a sentence nobody foresaw. */
export function readRule(sentence: string): { readonly rule: Rule; readonly values: Record<string, string> } | undefined {
  for (const { rule, names, pattern } of patterns) {
    const found = pattern.exec(sentence);
    if (found) return { rule, values: Object.fromEntries(names.map((name, i) => [name, found[i + 1] ?? ''])) };
  }
  return undefined;
}

function sentenceOf(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A value of the server's sentence as every language writes it: "7200" with its separators, "3.2 s", "an Ogg file" by its name. */
function valueSaid(value: string, language: Language): string {
  if (/^\d+$/.test(value)) return figure(Number(value), language);
  const seconds = /^(\d+(?:\.\d+)?) s$/.exec(value)?.[1];
  if (seconds !== undefined) return `${figure(Number(seconds), language)}\u00a0s`;
  return /^an? (.+?) file\b/.exec(value)?.[1] ?? /^the bytes (.+)$/.exec(value)?.[1] ?? value;
}

/** A rule in the person's language, for what the page knows to be wrong before it asks the server. */
export function ruleSaid(t: TFunction, rule: Rule, values: Record<string, string | number> = {}): string {
  const language = currentLanguage();
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    shown[name] = valueSaid(String(value), language);
  }
  return sentenceOf(t(rule, { ns: 'rules', ...shown }));
}

/**
 * The server's English sentence about a refused value in the person's language.
 * The namespace "rules" has to be loaded; `rules_test.go` proves that each sentence has its words.
 */
export function ruleText(t: TFunction, sentence: string): string {
  const found = readRule(sentence);
  return found ? ruleSaid(t, found.rule, found.values) : sentenceOf(t('unknown', { ns: 'rules', sentence }));
}
