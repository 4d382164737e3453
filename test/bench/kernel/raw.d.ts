/** A file as text; vite, which bundles the benchmark, resolves it. */
declare module '*?raw' {
  const text: string;
  export default text;
}
