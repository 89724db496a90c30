// The address's hash: `#text=...&target=...&tab=...`. Text and target are there in a link that was
// copied, the tab where it is not the first.

/** What a copied link carries. */
export interface Link {
  text: string;
  target: string;
}

/** The hash that brings `link` back. */
export function linkTo({ text, target }: Link): string {
  return `#${new URLSearchParams({ text, target })}`;
}

/** What a hash carries, or null where it is no link of ours. */
export function readLink(hash: string): Link | null {
  const fields = fieldsOf(hash);
  const text = fields.get('text');
  return text === null ? null : { text, target: fields.get('target') ?? 'auto' };
}

/** The tab that a hash asks for, or null. */
export function tabOf(hash: string): string | null {
  return fieldsOf(hash).get('tab');
}

/** The address `href` with another tab. */
export function withTab(href: string, tab: string): string {
  const address = new URL(href);
  const fields = fieldsOf(address.hash);
  if (tab === 'predict') fields.delete('tab');
  else fields.set('tab', tab);
  address.hash = String(fields);
  return address.href.replace(/#$/, '');
}

function fieldsOf(hash: string): URLSearchParams {
  return new URLSearchParams(hash.replace(/^#/, ''));
}
