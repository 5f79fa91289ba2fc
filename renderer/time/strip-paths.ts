import { edgeOf, type Ruler } from './ruler.ts';
import type { Run } from './runs.ts';

/**
 * Draws runs of days as paths: one path a layer, however many runs it has, so that a hundred rows of a year stay light.
 */

/** Part of a value's look: a filled or outlined band, or a mark centred on its run. */
export interface Layer {
  readonly className: string;
  readonly shape: 'fill' | 'outline' | Mark;
  /** Pixels from the top of the strip. */
  readonly top: number;
  readonly height: number;
}

/** Marks are as wide as they are high, whatever the width of a day. */
export type Mark = 'triangle' | 'diamond' | 'ring' | 'cross' | 'outline-square';

type Scale = Pick<Ruler, 'days' | 'width'>;

/** A day never vanishes: bands are at least this wide, also where the ruler gives a day one pixel. */
const MIN_WIDTH = 2;

/** The SVG path of one layer over all runs. */
export function layerPath(layer: Layer, runs: readonly Run<unknown>[], ruler: Scale): string {
  return runs.map((run) => shapePath(layer, edgeOf(ruler, run.from), edgeOf(ruler, run.to))).join('');
}

function shapePath({ shape, top, height }: Layer, from: number, to: number): string {
  const width = Math.max(MIN_WIDTH, to - from);
  const middle = from + width / 2;
  const half = height / 2;
  switch (shape) {
    case 'fill':
      return `M${from} ${top}h${width}v${height}h${-width}z`;
    case 'outline':
      // Half a pixel inwards, so that the stroke of one pixel falls on whole pixels.
      return `M${from + 0.5} ${top + 0.5}h${width - 1}v${height - 1}h${1 - width}z`;
    case 'triangle':
      return `M${middle - half} ${top}h${height}l${-half} ${height}z`;
    case 'diamond':
      return `M${middle} ${top}l${half} ${half}l${-half} ${half}l${-half} ${-half}z`;
    case 'outline-square':
      return `M${middle - half} ${top + 0.5}h${height}v${height - 1}h${-height}z`;
    case 'ring':
      return `M${middle - half} ${top + half}a${half} ${half} 0 1 0 ${height} 0a${half} ${half} 0 1 0 ${-height} 0z`;
    case 'cross':
      return `M${middle - half} ${top}l${height} ${height}M${middle - half} ${top + height}l${height} ${-height}`;
  }
}
