// drawn: one invocation per window
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  window_w: i32,
  starts_w: i32,
  counts_w: i32,
  seed: u32,
  stream: u32,
  constant_0: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> in_x: array<f32>;
@group(0) @binding(3) var<storage, read> in_filter: array<f32>;
@group(0) @binding(4) var<storage, read_write> to_y: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) | ((a >= b) & !is_nan(b)));
}

// The same, but smallest for NaN.
fn rank_below(a: f32) -> i32 {
  let bits = bitcast<i32>(a);
  return select(bits ^ ((bits >> 31u) & 0x7fffffff), i32(0x80000000u), is_nan(a));
}

// The number that has a rank.
fn of_rank(rank: i32) -> f32 {
  return bitcast<f32>(rank ^ ((rank >> 31u) & 0x7fffffff));
}

// The first word of Threefry-2x32-20.
fn random_word(index: u32, slot: u32) -> u32 {
  var keys = array(call.seed, call.stream, 0x1bd11bdau ^ call.seed ^ call.stream);
  var turns = array(13u, 15u, 26u, 6u, 17u, 29u, 16u, 24u);
  var x = index + keys[0];
  var y = slot + keys[1];
  for (var round = 0u; round < 20u; round++) {
    let turn = turns[round % 8u];
    x += y;
    y = ((y << turn) | (y >> (32u - turn))) ^ x;
    if (round % 4u == 3u) {
      let group = (round + 1u) / 4u;
      x += keys[group % 3u];
      y += keys[(group + 1u) % 3u] + group;
    }
  }
  return x;
}

// The same as a number in [0, 1).
fn random(index: u32, slot: u32) -> f32 {
  return f32(random_word(index, slot) >> 8u) * 5.960464477539063e-8;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (group.y * groups.x + group.x) * 64u + lane;
  if (invocation >= call.invocations) {
    return;
  }
  let window = i32(invocation);
  let at_w = window % call.output_w;
  let above_at_w = window / call.output_w;
  let channel = above_at_w % call.channels;
  let item = above_at_w / call.channels;
  let base = (item * call.channels + channel) * call.input_w;
  let place = u32(((call.first_item + item) * call.channels + channel) * call.output_w + at_w);
  let group_of_tables = (call.first_item + item) * call.channels + channel;
  let row_w = group_of_tables * call.output_w + at_w;
  let start_w = tables[call.starts_w + row_w];
  let to_w = tables[call.counts_w + row_w];
  var sum_0 = 0.0;
  var min_0_rank = 2139095040;
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position;
    let tap = tap_w;
    let channel_tap = channel * call.window_w + tap;
    let place_tap = place * u32(call.window_w) + u32(tap);
    let x_value = in_x[offset];
    let filter_value = in_filter[channel_tap];
    sum_0 += (x_value * filter_value) + random(place_tap, 1u);
    min_0_rank = min(min_0_rank, rank_below(abs(x_value)));
  }
  let min_0 = of_rank(min_0_rank);
  to_y[window] = greater_of(select(sum_0, min_0, random(place, 0u) < 0.5), call.constant_0);
}

// drawn-train: one invocation per window
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  window_w: i32,
  starts_w: i32,
  counts_w: i32,
  seed: u32,
  stream: u32,
  infinity: f32,
  constant_0: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> in_x: array<f32>;
@group(0) @binding(3) var<storage, read> in_filter: array<f32>;
@group(0) @binding(4) var<storage, read_write> to_y: array<f32>;
@group(0) @binding(5) var<storage, read_write> to_saved_0: array<f32>;
@group(0) @binding(6) var<storage, read_write> to_saved_1: array<f32>;
@group(0) @binding(7) var<storage, read_write> to_saved_2: array<i32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether a takes the place of b in a minimum.
fn is_smaller(a: f32, b: f32) -> bool {
  return is_nan(a) | ((a < b) & !is_nan(b));
}

fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) | ((a >= b) & !is_nan(b)));
}

// The first word of Threefry-2x32-20.
fn random_word(index: u32, slot: u32) -> u32 {
  var keys = array(call.seed, call.stream, 0x1bd11bdau ^ call.seed ^ call.stream);
  var turns = array(13u, 15u, 26u, 6u, 17u, 29u, 16u, 24u);
  var x = index + keys[0];
  var y = slot + keys[1];
  for (var round = 0u; round < 20u; round++) {
    let turn = turns[round % 8u];
    x += y;
    y = ((y << turn) | (y >> (32u - turn))) ^ x;
    if (round % 4u == 3u) {
      let group = (round + 1u) / 4u;
      x += keys[group % 3u];
      y += keys[(group + 1u) % 3u] + group;
    }
  }
  return x;
}

// The same as a number in [0, 1).
fn random(index: u32, slot: u32) -> f32 {
  return f32(random_word(index, slot) >> 8u) * 5.960464477539063e-8;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (group.y * groups.x + group.x) * 64u + lane;
  if (invocation >= call.invocations) {
    return;
  }
  let window = i32(invocation);
  let at_w = window % call.output_w;
  let above_at_w = window / call.output_w;
  let channel = above_at_w % call.channels;
  let item = above_at_w / call.channels;
  let base = (item * call.channels + channel) * call.input_w;
  let place = u32(((call.first_item + item) * call.channels + channel) * call.output_w + at_w);
  let group_of_tables = (call.first_item + item) * call.channels + channel;
  let row_w = group_of_tables * call.output_w + at_w;
  let start_w = tables[call.starts_w + row_w];
  let to_w = tables[call.counts_w + row_w];
  var sum_0 = 0.0;
  var min_0 = call.infinity;
  var min_0_at = -1;
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position;
    let tap = tap_w;
    let channel_tap = channel * call.window_w + tap;
    let place_tap = place * u32(call.window_w) + u32(tap);
    let x_value = in_x[offset];
    let filter_value = in_filter[channel_tap];
    sum_0 += (x_value * filter_value) + random(place_tap, 1u);
    let abs_0 = abs(x_value);
    if (min_0_at < 0 || is_smaller(abs_0, min_0)) {
      min_0 = abs_0;
      min_0_at = position;
    }
  }
  to_y[window] = greater_of(select(sum_0, min_0, random(place, 0u) < 0.5), call.constant_0);
  to_saved_0[window] = min_0;
  to_saved_1[window] = sum_0;
  to_saved_2[window] = min_0_at;
}

// drawn-grad-x: one invocation per element of the input
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  window_w: i32,
  starts_w: i32,
  counts_w: i32,
  firsts_w: i32,
  lasts_w: i32,
  seed: u32,
  stream: u32,
  constant_0: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> in_saved_0: array<f32>;
@group(0) @binding(3) var<storage, read> in_saved_1: array<f32>;
@group(0) @binding(4) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(5) var<storage, read> in_filter: array<f32>;
@group(0) @binding(6) var<storage, read> in_saved_2: array<i32>;
@group(0) @binding(7) var<storage, read> in_x: array<f32>;
@group(0) @binding(8) var<storage, read_write> to_gradient: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn sign_of(a: f32) -> f32 {
  return select(sign(a), a, is_nan(a));
}

// The first word of Threefry-2x32-20.
fn random_word(index: u32, slot: u32) -> u32 {
  var keys = array(call.seed, call.stream, 0x1bd11bdau ^ call.seed ^ call.stream);
  var turns = array(13u, 15u, 26u, 6u, 17u, 29u, 16u, 24u);
  var x = index + keys[0];
  var y = slot + keys[1];
  for (var round = 0u; round < 20u; round++) {
    let turn = turns[round % 8u];
    x += y;
    y = ((y << turn) | (y >> (32u - turn))) ^ x;
    if (round % 4u == 3u) {
      let group = (round + 1u) / 4u;
      x += keys[group % 3u];
      y += keys[(group + 1u) % 3u] + group;
    }
  }
  return x;
}

// The same as a number in [0, 1).
fn random(index: u32, slot: u32) -> f32 {
  return f32(random_word(index, slot) >> 8u) * 5.960464477539063e-8;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (group.y * groups.x + group.x) * 64u + lane;
  if (invocation >= call.invocations) {
    return;
  }
  let offset = i32(invocation);
  let w = offset % call.input_w;
  let above_w = offset / call.input_w;
  let channel = above_w % call.channels;
  let item = above_w / call.channels;
  let position = w;
  var total = 0.0;
  let group_of_tables = (call.first_item + item) * call.channels + channel;
  let base = (item * call.channels + channel) * call.output_w;
  let cover_w = group_of_tables * call.input_w + w;
  let first_w = tables[call.firsts_w + cover_w];
  let last_w = tables[call.lasts_w + cover_w];
  for (var at_w = first_w; at_w <= last_w; at_w++) {
    let row_w = group_of_tables * call.output_w + at_w;
    let start_w = tables[call.starts_w + row_w];
    let distance_w = w - start_w;
    let tap_w = distance_w / 2;
    if (distance_w % 2 != 0 || tap_w >= tables[call.counts_w + row_w]) {
      continue;
    }
    let place = u32(((call.first_item + item) * call.channels + channel) * call.output_w + at_w);
    let tap = tap_w;
    let channel_tap = channel * call.window_w + tap;
    let window = base + at_w;
    let lt_0 = random(place, 0u) < 0.5;
    let saved_0_value = in_saved_0[window];
    let saved_1_value = in_saved_1[window];
    let dy_y_value = in_dy_y[window];
    let select_0 = select(0.0, dy_y_value, call.constant_0 <= select(saved_1_value, saved_0_value, lt_0));
    let filter_value = in_filter[channel_tap];
    let saved_2_value = in_saved_2[window];
    let x_value = in_x[offset];
    total += (select(select_0, 0.0, lt_0) * filter_value) + (select(0.0, select(0.0, select_0, lt_0), position == saved_2_value) * sign_of(x_value));
  }
  to_gradient[offset] = total;
}

// drawn-grad-filter: one invocation per window
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  starts_w: i32,
  counts_w: i32,
  seed: u32,
  stream: u32,
  scalar_tap_index: f32,
  constant_0: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> in_saved_0: array<f32>;
@group(0) @binding(3) var<storage, read> in_saved_1: array<f32>;
@group(0) @binding(4) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(5) var<storage, read> in_x: array<f32>;
@group(0) @binding(6) var<storage, read_write> to_gradient: array<f32>;

// The first word of Threefry-2x32-20.
fn random_word(index: u32, slot: u32) -> u32 {
  var keys = array(call.seed, call.stream, 0x1bd11bdau ^ call.seed ^ call.stream);
  var turns = array(13u, 15u, 26u, 6u, 17u, 29u, 16u, 24u);
  var x = index + keys[0];
  var y = slot + keys[1];
  for (var round = 0u; round < 20u; round++) {
    let turn = turns[round % 8u];
    x += y;
    y = ((y << turn) | (y >> (32u - turn))) ^ x;
    if (round % 4u == 3u) {
      let group = (round + 1u) / 4u;
      x += keys[group % 3u];
      y += keys[(group + 1u) % 3u] + group;
    }
  }
  return x;
}

// The same as a number in [0, 1).
fn random(index: u32, slot: u32) -> f32 {
  return f32(random_word(index, slot) >> 8u) * 5.960464477539063e-8;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let invocation = (group.y * groups.x + group.x) * 64u + lane;
  if (invocation >= call.invocations) {
    return;
  }
  let window = i32(invocation);
  let at_w = window % call.output_w;
  let above_at_w = window / call.output_w;
  let channel = above_at_w % call.channels;
  let item = above_at_w / call.channels;
  let base = (item * call.channels + channel) * call.input_w;
  let place = u32(((call.first_item + item) * call.channels + channel) * call.output_w + at_w);
  let group_of_tables = (call.first_item + item) * call.channels + channel;
  let row_w = group_of_tables * call.output_w + at_w;
  let start_w = tables[call.starts_w + row_w];
  let to_w = tables[call.counts_w + row_w];
  let lt_0 = random(place, 0u) < 0.5;
  let saved_0_value = in_saved_0[window];
  let saved_1_value = in_saved_1[window];
  let dy_y_value = in_dy_y[window];
  let select_0 = select(select(0.0, dy_y_value, call.constant_0 <= select(saved_1_value, saved_0_value, lt_0)), 0.0, lt_0);
  var sum_0 = 0.0;
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position;
    let tap = tap_w;
    let x_value = in_x[offset];
    sum_0 += select(0.0, select_0 * x_value, f32(tap) == call.scalar_tap_index);
  }
  to_gradient[window] = sum_0;
}
