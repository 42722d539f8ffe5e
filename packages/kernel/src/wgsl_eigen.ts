import {
  barrier,
  forEachElement,
  reduceWord,
  sumParts,
} from "./wgsl_eigen_text.ts";
import { makeModule, type WgslModule, WORKGROUP_SIZE } from "./wgsl_module.ts";

/** The most eigenvalues that {@linkcode eigenModule} finds. */
export const EIGEN_MOST = 256;

/** Sweeps after which it has converged, or never will. */
const MOST_SWEEPS = 20;

/** A vector so much shorter than the longest, squared, is rounding errors. */
const NEGLIGIBLE = 1e-12;

/** An eigenvalue so much smaller than the greatest counts as 0. */
const RANK_TOLERANCE = 1e-10;

/** How {@linkcode eigenModule} works on matrices of some size. */
export interface EigenPlan {
  /** Elements that each matrix needs of `work`. */
  readonly work: number;
  /** Invocations that share a pair of vectors, a power of two. */
  readonly parts: number;
  /** How far from orthogonal two vectors may stay, as a cosine. */
  readonly tolerance: number;
}

/** How the compute shader of eigenvalues works on matrices of some size. */
export function eigenPlan(rows: number, columns: number): EigenPlan {
  const count = Math.min(rows, columns);
  const isWide = columns > rows;
  let parts = WORKGROUP_SIZE;
  while (parts > 1 && parts * Math.ceil(count / 2) > WORKGROUP_SIZE) parts /= 2;
  return {
    work: rows * columns + (isWide ? rows * rows : 0),
    parts,
    // Rounding errors of a scalar product grow with the root of its length.
    tolerance: 2 ** -24 * (4 + Math.sqrt(rows) / 4),
  };
}

/**
 * The compute shader of the eigenvalues and eigenvectors of x xᵀ: a workgroup
 * for each matrix reads `x`, has its own part of `work`, and writes `values`
 * and `vectors`.
 *
 * The one-sided method of Jacobi, or Hestenes: columns of x are rotated in
 * pairs until all are orthogonal. Then their squared lengths are the
 * eigenvalues and their directions the eigenvectors. No product of x with
 * itself is formed, whose rounding errors would hide small eigenvalues. Where x
 * has more columns than rows, x = L Q comes first, and the columns of L take
 * their place, since x xᵀ = L Lᵀ.
 *
 * A round-robin tournament has all pairs meet, and pairs of one step have no
 * vector in common. Sums have a fixed order, so that each run gives the same
 * bits.
 */
export function eigenModule(): WgslModule {
  return makeModule({
    comment: "eigenvalues and eigenvectors of x xᵀ: a workgroup per matrix",
    fields: [
      ...["workgroups", "rows", "columns", "work", "parts"].map((name) => ({
        name,
        type: "u32" as const,
      })),
      { name: "tolerance", type: "f32" },
      { name: "nan", type: "f32", value: NaN },
    ],
    tensors: [
      { name: "x", type: "f32", use: "read" },
      { name: "work", type: "f32", use: "write" },
      { name: "values", type: "f32", use: "write" },
      { name: "vectors", type: "f32", use: "write" },
    ],
    workgroup: {
      partial: `array<vec3<f32>, ${WORKGROUP_SIZE}>`,
      lane_words: `array<u32, ${WORKGROUP_SIZE}>`,
      word: "u32",
      // Of each vector, while it is orthogonalised or when it is written.
      lengths: `array<f32, ${EIGEN_MOST}>`,
      heads: `array<f32, ${EIGEN_MOST}>`,
      factors: `array<f32, ${EIGEN_MOST}>`,
      places: `array<u32, ${EIGEN_MOST}>`,
    },
    body: [
      sizes(),
      refuseNonFinite(),
      copyScaled(),
      reduceWide(),
      rotateAll(),
      writeSorted(),
    ].join("\n"),
  });
}

/** Vectors lie with their first elements side by side, then the second ones. */
function sizes(): string {
  return `  let size = call.rows * call.columns;
  let count = min(call.rows, call.columns);
  let is_wide = call.columns > call.rows;
  let x_at = workgroup * size;
  let values_at = workgroup * count;
  let vectors_at = values_at * call.rows;
  // Invocations that share a vector or pair are its parts.
  let width = ${WORKGROUP_SIZE}u / call.parts;
  let part = lane / width;
  let own = lane % width;`;
}

/** NaN and infinity are told by their bits: WGSL may assume there are none. */
function refuseNonFinite(): string {
  return `
  // The bits of the greatest absolute value.
  var bits = 0u;
  ${forEachElement("size")} {
    bits = max(bits, bitcast<u32>(in_x[x_at + at]) & 0x7fffffffu);
  }
${reduceWord("bits", (a, b) => `max(${a}, ${b})`)}
  let greatest_bits = workgroupUniformLoad(&word);
  if (greatest_bits >= 0x7f800000u) {
    ${forEachElement("count")} {
      to_values[values_at + at] = call.nan;
    }
    ${forEachElement("count * call.rows")} {
      to_vectors[vectors_at + at] = call.nan;
    }
    return;
  }`;
}

/** Squares of what is scaled neither overflow nor vanish. */
function copyScaled(): string {
  return `
  let exponent = clamp(greatest_bits >> 23u, 1u, 253u);
  let scale = bitcast<f32>(exponent << 23u);
  let inverse_scale = bitcast<f32>((254u - exponent) << 23u);
  let whole = workgroup * call.work;
  ${forEachElement("size")} {
    var source = at;
    if (is_wide) {
      source = at % count * call.columns + at / count;
    }
    to_work[whole + at] = in_x[x_at + source] * inverse_scale;
  }
${barrier(2)}`;
}

/** Householder's reflections take xᵀ = Q R, and the rows of R are what is rotated. */
function reduceWide(): string {
  return `
  var base = whole;
  if (is_wide) {
    base += size;
    for (var k = 0u; k < count; k++) {
      // Products of column k with itself and with all behind it.
      for (var first = 0u; first < count; first += width) {
        let j = first + own;
        let is_behind = j >= k && j < count;
        var product = 0.0;
        if (is_behind) {
          for (var i = k + part; i < call.columns; i += call.parts) {
            product += to_work[whole + i * count + k] * to_work[whole + i * count + j];
          }
        }
        partial[lane].x = product;
        workgroupBarrier();
        if (is_behind && part == 0u) {
${sumParts("product", ".x", "          ")}
          lengths[j] = product;
          heads[j] = to_work[whole + k * count + j];
        }
        workgroupBarrier();
      }
      let square = lengths[k];
      let length = sqrt(square);
      let diagonal = select(length, -length, heads[k] >= 0.0);
      let is_zero = square < 1e-30;
      if (lane == 0u) {
        factors[k] = select(diagonal, 0.0, is_zero);
      }
      let scaling = 1.0 / (square + abs(heads[k]) * length);
      for (var first = 0u; first < count; first += width) {
        let j = first + own;
        if (j > k && j < count && !is_zero) {
          let weight = scaling * (lengths[j] - diagonal * heads[j]);
          for (var i = k + part; i < call.columns; i += call.parts) {
            let mirror = to_work[whole + i * count + k] - select(0.0, diagonal, i == k);
            to_work[whole + i * count + j] -= weight * mirror;
          }
        }
      }
${barrier(6)}
    }
    ${forEachElement("count * count")} {
      let i = at / count;
      let j = at % count;
      var element = 0.0;
      if (i > j) {
        element = to_work[whole + j * count + i];
      } else if (i == j) {
        element = factors[i];
      }
      to_work[base + at] = element;
    }
${barrier(4)}
  }`;
}

/** Sweeps over all pairs until none is rotated. */
function rotateAll(): string {
  return `
  let pairs = (count + 1u) / 2u;
  let others = 2u * pairs - 1u;
  // The greatest element is between 1 and 4 by now.
  var longest = 1.0 / f32(count);
  for (var sweep = 0u; sweep < ${MOST_SWEEPS}u; sweep++) {
    var rotations = 0u;
    let negligible = ${NEGLIGIBLE} * longest;
    for (var step = 0u; step < others; step++) {
      for (var first = 0u; first < pairs; first += width) {
        // The first vector stays, the others move on around a table.
        let pair = first + own;
        let p = select(1u + (pair + others - 1u + step) % others, 0u, pair == 0u);
        let q = 1u + (others - pair - 1u + step) % others;
        let is_pair = pair < pairs && p < count && q < count;
        var total = vec3<f32>();
        if (is_pair) {
          for (var i = part; i < call.rows; i += call.parts) {
            let a = to_work[base + i * count + p];
            let b = to_work[base + i * count + q];
            total += vec3(a * a, b * b, a * b);
          }
        }
        partial[lane] = total;
        workgroupBarrier();
        if (is_pair) {
${sumParts("total", "", "          ")}
          longest = max(longest, max(total.x, total.y));
          let is_orthogonal = abs(total.z) <= call.tolerance * sqrt(total.x) * sqrt(total.y);
          if (!is_orthogonal && min(total.x, total.y) > negligible) {
            rotations += 1u;
${rotatePair()}
          }
        }
${barrier(8)}
      }
    }
${reduceWord("rotations", (a, b) => `${a} + ${b}`, "    ")}
    if (workgroupUniformLoad(&word) == 0u) {
      break;
    }
${reduceWord("bitcast<u32>(longest)", (a, b) => `max(${a}, ${b})`, "    ")}
    longest = bitcast<f32>(workgroupUniformLoad(&word));
  }`;
}

/** t, s and r are the tangent, the sine, and the tangent of half the angle. */
function rotatePair(): string {
  return `            let tau = (total.y - total.x) / (2.0 * total.z);
            let t = select(1.0, -1.0, tau < 0.0) / (abs(tau) + sqrt(1.0 + tau * tau));
            let r = t / (1.0 + sqrt(1.0 + t * t));
            // So computed, it is a rotation within rounding whatever the error of r.
            let s = 2.0 * r / (1.0 + r * r);
            for (var i = part; i < call.rows; i += call.parts) {
              let a = to_work[base + i * count + p];
              let b = to_work[base + i * count + q];
              to_work[base + i * count + p] = a - s * (b + r * a);
              to_work[base + i * count + q] = b + s * (a - r * b);
            }`;
}

/** Lengths and directions of the vectors, the longest first. */
function writeSorted(): string {
  return `
  for (var first = 0u; first < count; first += width) {
    let j = first + own;
    var square = 0.0;
    if (j < count) {
      for (var i = part; i < call.rows; i += call.parts) {
        let a = to_work[base + i * count + j];
        square += a * a;
      }
    }
    partial[lane].x = square;
    workgroupBarrier();
    if (j < count && part == 0u) {
${sumParts("square", ".x", "      ")}
      lengths[j] = square;
    }
    workgroupBarrier();
  }
  ${forEachElement("count")} {
    let square = lengths[at];
    var place = 0u;
    var greatest = 0.0;
    for (var i = 0u; i < count; i++) {
      let other = lengths[i];
      place += select(0u, 1u, other > square || (other == square && i < at));
      greatest = max(greatest, other);
    }
    let is_zero = square <= ${RANK_TOLERANCE} * greatest;
    places[at] = place;
    factors[at] = select(1.0 / sqrt(max(square, 1e-30)), 0.0, is_zero);
    to_values[values_at + place] = select(square * scale * scale, 0.0, is_zero);
  }
  workgroupBarrier();
  ${forEachElement("count * call.rows")} {
    let j = at % count;
    to_vectors[vectors_at + at - j + places[j]] = to_work[base + at] * factors[j];
  }`;
}
