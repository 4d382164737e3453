/** Layers of a scenario: what a calibration gives, what the file says over it, and what the command line sets over both. */
import { type Fields, isFields } from '../manifest/object-source.js';
import { SIZE_FIELDS } from './mesh-sizes.js';
import { type ResolvedOverride, withOverride } from './overrides.js';

/** What is written goes over what lies beneath, field by field. */
export function merged(beneath: Fields, written: Fields): Fields {
  const both = { ...beneath };
  return Object.entries(written).reduce<Record<string, unknown>>((all, [name, value]) => {
    const under = all[name];
    all[name] = isFields(under) && isFields(value) ? merged(under, value) : value;
    return all;
  }, both) as Fields;
}

export function sizeIn({ mesh }: Fields): unknown {
  return isFields(mesh) ? mesh.size : undefined;
}

/** A size that the command line names is meant for the whole mesh, and not for what the file happens to leave out. */
function withoutSize(data: Fields): Fields {
  const { mesh } = data;
  if (!isFields(mesh)) return data;
  const kept = Object.entries(mesh).filter(([name]) => !SIZE_FIELDS.some((field) => field === name));
  return { ...data, mesh: Object.fromEntries(kept) };
}

/** The data with the overrides in it. */
export function overridden(written: Fields, overrides: readonly ResolvedOverride[]): Fields {
  const set = overrides.reduce<Fields>((data, { path, value }) => withOverride(data, path, value), {} as Fields);
  const start = sizeIn(set) === undefined ? written : withoutSize(written);
  return withoutBlanks(overrides.reduce((data, { path, value }) => withOverride(data, path, value), start));
}

/** `mesh:` with nothing behind it says nothing; a strategy with nothing behind it is named. */
export function withoutBlanks(data: Fields): Fields {
  const kept = Object.entries(data).filter(([, value]) => value !== null && value !== undefined);
  const filled = kept.map(([key, value]) => {
    if (!isFields(value)) return [key, value];
    if (key !== 'strategies') return [key, withoutBlanks(value)];
    const named = Object.entries(value).map(([name, held]) => [
      name,
      isFields(held) ? withoutBlanks(held) : (held ?? {}),
    ]);
    return [key, Object.fromEntries(named)];
  });
  return Object.fromEntries(filled) as Fields;
}
