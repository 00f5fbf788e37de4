/** A fact that must hold; it names itself when it does not. */
export function hold(condition: boolean, fact: string): void {
  if (!condition) throw new Error(`broken: ${fact}`);
}
