// eigenvalues and eigenvectors of x xᵀ: a workgroup per matrix
struct Call {
  workgroups: u32,
  rows: u32,
  columns: u32,
  work: u32,
  parts: u32,
  tolerance: f32,
  nan: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_work: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_values: array<f32>;
@group(0) @binding(4) var<storage, read_write> to_vectors: array<f32>;
var<workgroup> partial: array<vec3<f32>, 64>;
var<workgroup> lane_words: array<u32, 64>;
var<workgroup> word: u32;
var<workgroup> lengths: array<f32, 256>;
var<workgroup> heads: array<f32, 256>;
var<workgroup> factors: array<f32, 256>;
var<workgroup> places: array<u32, 256>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let workgroup = group.y * groups.x + group.x;
  if (workgroup >= call.workgroups) {
    return;
  }
  let size = call.rows * call.columns;
  let count = min(call.rows, call.columns);
  let is_wide = call.columns > call.rows;
  let x_at = workgroup * size;
  let values_at = workgroup * count;
  let vectors_at = values_at * call.rows;
  // Invocations that share a vector or pair are its parts.
  let width = 64u / call.parts;
  let part = lane / width;
  let own = lane % width;

  // The bits of the greatest absolute value.
  var bits = 0u;
  for (var at = lane; at < size; at += 64u) {
    bits = max(bits, bitcast<u32>(in_x[x_at + at]) & 0x7fffffffu);
  }
  lane_words[lane] = bits;
  workgroupBarrier();
  if (lane == 0u) {
    word = lane_words[0];
    for (var i = 1u; i < 64u; i++) {
      word = max(word, lane_words[i]);
    }
  }
  let greatest_bits = workgroupUniformLoad(&word);
  if (greatest_bits >= 0x7f800000u) {
    for (var at = lane; at < count; at += 64u) {
      to_values[values_at + at] = call.nan;
    }
    for (var at = lane; at < count * call.rows; at += 64u) {
      to_vectors[vectors_at + at] = call.nan;
    }
    return;
  }

  let exponent = clamp(greatest_bits >> 23u, 1u, 253u);
  let scale = bitcast<f32>(exponent << 23u);
  let inverse_scale = bitcast<f32>((254u - exponent) << 23u);
  let whole = workgroup * call.work;
  for (var at = lane; at < size; at += 64u) {
    var source = at;
    if (is_wide) {
      source = at % count * call.columns + at / count;
    }
    to_work[whole + at] = in_x[x_at + source] * inverse_scale;
  }
  storageBarrier();
  workgroupBarrier();

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
          product = partial[own].x;
          for (var i = 1u; i < call.parts; i++) {
            product += partial[own + i * width].x;
          }
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
      storageBarrier();
      workgroupBarrier();
    }
    for (var at = lane; at < count * count; at += 64u) {
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
    storageBarrier();
    workgroupBarrier();
  }

  let pairs = (count + 1u) / 2u;
  let others = 2u * pairs - 1u;
  // The greatest element is between 1 and 4 by now.
  var longest = 1.0 / f32(count);
  for (var sweep = 0u; sweep < 20u; sweep++) {
    var rotations = 0u;
    let negligible = 1e-12 * longest;
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
          total = partial[own];
          for (var i = 1u; i < call.parts; i++) {
            total += partial[own + i * width];
          }
          longest = max(longest, max(total.x, total.y));
          let is_orthogonal = abs(total.z) <= call.tolerance * sqrt(total.x) * sqrt(total.y);
          if (!is_orthogonal && min(total.x, total.y) > negligible) {
            rotations += 1u;
            let tau = (total.y - total.x) / (2.0 * total.z);
            let t = select(1.0, -1.0, tau < 0.0) / (abs(tau) + sqrt(1.0 + tau * tau));
            let r = t / (1.0 + sqrt(1.0 + t * t));
            // So computed, it is a rotation within rounding whatever the error of r.
            let s = 2.0 * r / (1.0 + r * r);
            for (var i = part; i < call.rows; i += call.parts) {
              let a = to_work[base + i * count + p];
              let b = to_work[base + i * count + q];
              to_work[base + i * count + p] = a - s * (b + r * a);
              to_work[base + i * count + q] = b + s * (a - r * b);
            }
          }
        }
        storageBarrier();
        workgroupBarrier();
      }
    }
    lane_words[lane] = rotations;
    workgroupBarrier();
    if (lane == 0u) {
      word = lane_words[0];
      for (var i = 1u; i < 64u; i++) {
        word = word + lane_words[i];
      }
    }
    if (workgroupUniformLoad(&word) == 0u) {
      break;
    }
    lane_words[lane] = bitcast<u32>(longest);
    workgroupBarrier();
    if (lane == 0u) {
      word = lane_words[0];
      for (var i = 1u; i < 64u; i++) {
        word = max(word, lane_words[i]);
      }
    }
    longest = bitcast<f32>(workgroupUniformLoad(&word));
  }

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
      square = partial[own].x;
      for (var i = 1u; i < call.parts; i++) {
        square += partial[own + i * width].x;
      }
      lengths[j] = square;
    }
    workgroupBarrier();
  }
  for (var at = lane; at < count; at += 64u) {
    let square = lengths[at];
    var place = 0u;
    var greatest = 0.0;
    for (var i = 0u; i < count; i++) {
      let other = lengths[i];
      place += select(0u, 1u, other > square || (other == square && i < at));
      greatest = max(greatest, other);
    }
    let is_zero = square <= 1e-10 * greatest;
    places[at] = place;
    factors[at] = select(1.0 / sqrt(max(square, 1e-30)), 0.0, is_zero);
    to_values[values_at + place] = select(square * scale * scale, 0.0, is_zero);
  }
  workgroupBarrier();
  for (var at = lane; at < count * call.rows; at += 64u) {
    let j = at % count;
    to_vectors[vectors_at + at - j + places[j]] = to_work[base + at] * factors[j];
  }
}
