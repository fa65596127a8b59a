/** The placeholders of an address, each with the value of an imagined call. */
export const examples: Readonly<Record<string, string>> = {
  caller: '+33612345678',
  called: '+33170200200',
  service: '+33170200200',
  callId: 'EXAMPLE',
  direction: 'in',
  operatorId: 'EXAMPLE',
  operatorLogin: 'jdupont',
  operatorName: 'Jeanne Dupont',
  groupId: 'EXAMPLE',
  groupName: 'Accueil',
  language: 'fr',
  waitSeconds: '12',
};

/** The address with the examples in it; undefined while it is none that could be opened. */
export function expand(template: string): string | undefined {
  const text = template.trim().replace(/{(\w+)}/g, (all, name: string) => {
    const value = examples[name];
    return value === undefined ? all : encodeURIComponent(value);
  });
  if (!/^https?:\/\//i.test(text) || /[{}]/.test(text) || !URL.canParse(text)) return undefined;
  return text;
}
