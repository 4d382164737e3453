/** A cell that was measured with several Istio versions is several cells: each is held against its own version. */
import type { Cell } from './cell.js';

export function byVersion(cell: Cell): readonly Cell[] {
  const versions = [...new Set(cell.rows.map((row) => row.istio ?? cell.mesh.istio))];
  return versions.map((istio) => ofVersion(cell, istio, versions.length === 1));
}

function ofVersion(cell: Cell, istio: string, isOnly: boolean): Cell {
  const name = isOnly ? cell.name : `${cell.name} (${istio})`;
  const own = { name, mesh: { ...cell.mesh, istio } };
  const isOwn = (row: { readonly istio?: string }): boolean => (row.istio ?? cell.mesh.istio) === istio;
  switch (cell.group) {
    case 'cells':
      return { ...cell, ...own, rows: cell.rows.filter(isOwn) };
    case 'shapes':
      return { ...cell, ...own, rows: cell.rows.filter(isOwn) };
    case 'policy':
      return { ...cell, ...own, rows: cell.rows.filter(isOwn) };
    case 'tls':
      return { ...cell, ...own, rows: cell.rows.filter(isOwn) };
    case 'scale':
      return { ...cell, ...own, rows: cell.rows.filter(isOwn) };
    case 'other':
      return cell.kind === 'tcp'
        ? { ...cell, ...own, rows: cell.rows.filter(isOwn) }
        : { ...cell, ...own, rows: cell.rows.filter(isOwn) };
  }
}
