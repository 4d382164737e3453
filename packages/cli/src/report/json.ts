/** Results for programs: two spaces of indentation, keys in the order of the contract, a line end at the end. */
export function renderJson(value: { readonly schema: string } | Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
