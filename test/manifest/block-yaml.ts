/** Block style as people write it; texts in JSON's quotes, which are YAML's too. */
export function blockYaml(value: unknown): string {
  return lines(value).join('\n');
}

function lines(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => hung('- ', lines(item)));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value).filter(([, held]) => held !== undefined);
    if (entries.length > 0) return entries.flatMap(([key, held]) => entry(JSON.stringify(key), held));
    return ['{}'];
  }
  return [JSON.stringify(value)];
}

function entry(key: string, value: unknown): string[] {
  const inner = lines(value);
  const isScalar = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  return isScalar ? [`${key}: ${inner[0]}`] : [`${key}:`, ...inner.map((line) => `  ${line}`)];
}

function hung(mark: string, inner: readonly string[]): string[] {
  return inner.map((line, at) => (at === 0 ? mark + line : ' '.repeat(mark.length) + line));
}
