/** A distribution in a line: a dot a trial, spread so that equal ones are seen; the mean with its interval. */
const WIDTH_PX = 170;
const HEIGHT_PX = 26;
const MARGIN_PX = 4;
/** More cannot be told apart. */
const MOST_DOTS = 200;

interface Props {
  readonly values: ArrayLike<number>;
  readonly most: number;
  readonly mean?: number;
  readonly interval?: readonly [number, number];
}

export function DotPlot({ values, most, mean, interval }: Props) {
  const x = (value: number) => MARGIN_PX + ((WIDTH_PX - 2 * MARGIN_PX) * value) / most;
  const step = Math.max(1, Math.ceil(values.length / MOST_DOTS));
  let dots = '';
  for (let i = 0; i < values.length; i += step) {
    if (Number.isNaN(values[i])) continue;
    // The golden ratio spreads neighbours evenly over the height.
    const y = 5 + ((i * 0.618034) % 1) * (HEIGHT_PX - 10);
    dots += `M${x(values[i]).toFixed(1)} ${y.toFixed(1)}h0`;
  }
  return (
    <svg class="dots" viewBox={`0 0 ${WIDTH_PX} ${HEIGHT_PX}`} width={WIDTH_PX} height={HEIGHT_PX} aria-hidden="true">
      <path class="dots-axis" d={`M${MARGIN_PX} ${HEIGHT_PX - 2}H${WIDTH_PX - MARGIN_PX}`} />
      <path class="dots-values" d={dots} />
      {interval !== undefined && (
        <path class="dots-interval" d={`M${x(interval[0])} ${HEIGHT_PX / 2}H${x(Math.min(most, interval[1]))}`} />
      )}
      {mean !== undefined && <path class="dots-mean" d={`M${x(mean)} 3V${HEIGHT_PX - 3}`} />}
    </svg>
  );
}
