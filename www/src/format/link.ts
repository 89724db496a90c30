// The hash of a shared link: `#text=...&target=...`.

/** What a link carries. */
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
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const text = fields.get('text');
  return text === null ? null : { text, target: fields.get('target') ?? 'auto' };
}
