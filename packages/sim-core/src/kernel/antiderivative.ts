/**
 * Integrals of functions that are smooth between known points: on each panel the polynomial through five Gauss points,
 * which is integrated up to any place in it (exact to degree 4 there, and to degree 9 over a whole panel).
 */

/** Told the components of a value by number; those that are left out are 0. */
export type AddComponent = (component: number, value: number) => void;

const NODES = [-0.906179845938664, -0.5384693101056831, 0, 0.5384693101056831, 0.906179845938664];
const WEIGHTS = [
  0.23692688505618908, 0.47862867049936647, 0.5688888888888889, 0.47862867049936647, 0.23692688505618908,
];
const DEGREES = NODES.length;

export class Antiderivative {
  private components = 0;
  /** panel × component × degree: coefficients of Legendre polynomials. */
  private readonly coefficients: Float64Array;
  /** panel × component: the integral up to the panel. */
  private readonly before: Float64Array;

  /**
   * @param edges ascending; between two of them the function is smooth
   * @param at tells the value at a place
   */
  constructor(
    private readonly edges: readonly number[],
    at: (x: number, add: AddComponent) => void,
  ) {
    const panels = edges.length - 1;
    const samples: {
      readonly panel: number;
      readonly node: number;
      readonly component: number;
      readonly value: number;
    }[] = [];
    for (let panel = 0; panel < panels; panel++) {
      for (let node = 0; node < DEGREES; node++) {
        const x = (edges[panel] + edges[panel + 1] + NODES[node] * (edges[panel + 1] - edges[panel])) / 2;
        at(x, (component, value) => {
          this.components = Math.max(this.components, component + 1);
          samples.push({ panel, node, component, value });
        });
      }
    }
    this.coefficients = new Float64Array(panels * this.components * DEGREES);
    for (const { panel, node, component, value } of samples) {
      const first = (panel * this.components + component) * DEGREES;
      const polynomials = legendre(NODES[node]);
      for (let k = 0; k < DEGREES; k++) {
        this.coefficients[first + k] += ((2 * k + 1) / 2) * WEIGHTS[node] * value * polynomials[k];
      }
    }
    this.before = new Float64Array((panels + 1) * this.components);
    for (let panel = 0; panel < panels; panel++) {
      for (let c = 0; c < this.components; c++) {
        const whole = this.within(panel, c, WHOLE);
        this.before[(panel + 1) * this.components + c] = this.before[panel * this.components + c] + whole;
      }
    }
  }

  /** The integral of each component over what lies between two places of the first to the last edge. */
  between(from: number, to: number, add: AddComponent): void {
    const { edges, components } = this;
    const [low, high] = [Math.max(from, edges[0]), Math.min(to, edges[edges.length - 1])];
    if (!(low < high)) return;
    const [first, last] = [this.place(low), this.place(high)];
    for (let c = 0; c < components; c++) {
      const upTo = ({ panel, parts }: Place): number =>
        this.before[panel * components + c] + this.within(panel, c, parts);
      const value = upTo(last) - upTo(first);
      if (value !== 0) add(c, value);
    }
  }

  private place(x: number): Place {
    const { edges } = this;
    let [low, high] = [0, edges.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (edges[middle] <= x) low = middle;
      else high = middle;
    }
    return { panel: low, parts: partsAt((2 * (x - edges[low])) / (edges[high] - edges[low]) - 1) };
  }

  private within(panel: number, component: number, parts: readonly number[]): number {
    const first = (panel * this.components + component) * DEGREES;
    let sum = 0;
    for (let k = 0; k < DEGREES; k++) sum += this.coefficients[first + k] * parts[k];
    return (sum * (this.edges[panel + 1] - this.edges[panel])) / 2;
  }
}

interface Place {
  readonly panel: number;
  /** Integrals of the polynomials from −1 on. */
  readonly parts: readonly number[];
}

const WHOLE = [2, 0, 0, 0, 0];

function partsAt(x: number): number[] {
  const p = legendre(x);
  return [x + 1, ...[1, 2, 3, 4].map((k) => (p[k + 1] - p[k - 1]) / (2 * k + 1))];
}

/** Of degrees 0 to 5. */
function legendre(x: number): number[] {
  const p = [1, x];
  for (let k = 1; k < DEGREES; k++) p.push(((2 * k + 1) * x * p[k] - k * p[k - 1]) / (k + 1));
  return p;
}
