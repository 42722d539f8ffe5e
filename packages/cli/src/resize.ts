import type { ImageTensor } from "./image.ts";

/** The size of a picture. */
export interface Size {
  /** Rows of pixels. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
}

/**
 * The picture at another size, for people to look at: an axis that grows
 * repeats its nearest pixel, one that shrinks averages the area under each new
 * pixel.
 */
export function resize(image: ImageTensor, size: Size): ImageTensor {
  const [batch, channels, height, width] = image.shape;
  const planes = batch * channels;
  const tall = resizeAxis(image.data, {
    outer: planes,
    from: height,
    to: size.height,
    inner: width,
  });
  const data = resizeAxis(tall, {
    outer: planes * size.height,
    from: width,
    to: size.width,
    inner: 1,
  });
  return { shape: [batch, channels, size.height, size.width], data };
}

/** An axis of a row-major array of shape `[outer, from, inner]`. */
interface Axis {
  readonly outer: number;
  readonly from: number;
  readonly to: number;
  readonly inner: number;
}

/** How much of the source position `at` a new position takes. */
interface Share {
  readonly at: number;
  readonly weight: number;
}

function resizeAxis(source: Float32Array, axis: Axis): Float32Array {
  const { outer, from, to, inner } = axis;
  const result = new Float32Array(outer * to * inner);
  for (let position = 0; position < to; position++) {
    for (const { at, weight } of shares(position, axis)) {
      for (let block = 0; block < outer; block++) {
        const source0 = (block * from + at) * inner;
        const result0 = (block * to + position) * inner;
        for (let i = 0; i < inner; i++) {
          result[result0 + i] += weight * source[source0 + i];
        }
      }
    }
  }
  return result;
}

function shares(position: number, { from, to }: Axis): Share[] {
  const scale = from / to;
  if (scale <= 1) {
    return [{ at: Math.floor((position + 0.5) * scale), weight: 1 }];
  }
  const start = position * scale;
  const end = Math.min((position + 1) * scale, from);
  const covered: Share[] = [];
  for (let at = Math.floor(start); at < end; at++) {
    const overlap = Math.min(at + 1, end) - Math.max(at, start);
    covered.push({ at, weight: overlap / scale });
  }
  return covered;
}
