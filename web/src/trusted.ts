// Trusted Types (https://w3c.github.io/trusted-types/): no text becomes markup in
// these pages. The one use of such a sink is the UI library's, which writes the text
// of <style> elements; a text without "<" cannot be markup, so that is what passes.

interface PolicyFactory {
  createPolicy(name: string, rules: Record<string, (text: string) => string | null>): unknown;
}

export function styleText(text: string): string | null {
  return text.includes('<') ? null : text;
}

export function installPolicy(factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes): void {
  factory?.createPolicy('default', { createHTML: styleText, createScript: () => null, createScriptURL: () => null });
}

installPolicy();
