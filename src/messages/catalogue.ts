/**
 * How the texts of podstep are kept: one entry a message, both languages side by side, so that a
 * missing translation does not compile. `{name}` stands for a value. Kubernetes' own texts (event
 * messages, validation errors, reasons) are not translated and do not belong here.
 */
export type Language = 'en' | 'zh';
export type Message = Readonly<Record<Language, string>>;
export type Catalogue = Readonly<Record<string, Message>>;

/** A message with its values, as data: told in a language only when it is shown. */
export interface Told<Key extends string = string> {
  readonly key: Key;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** Puts the values into the message; a `{name}` without a value is left as it stands. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}
