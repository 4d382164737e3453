/** The library has no types of its own. Samples of families without a type, or of a simple one. */
declare module 'parse-prometheus-text-format' {
  export default function parse(text: string): unknown;
}
