// picked: one invocation per window
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  seed: u32,
  stream: u32,
  infinity: f32,
  constant_0: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_indices: array<i32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) || (a > b && !is_nan(b));
}

fn smaller_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) || (a <= b && !is_nan(b)));
}

fn exponent_of(a: f32) -> f32 {
  return f32(i32((bitcast<u32>(a) >> 23u) & 255u) - 127);
}

// a times 2 to the power, in two factors, so that neither overflows nor vanishes early.
fn scaled(a: f32, power: f32) -> f32 {
  let n = i32(power);
  let half = n >> 1u;
  return a * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((n - half + 127) << 23u);
}

fn index_of(a: f32) -> i32 {
  return select(i32(a), 0, is_nan(a));
}

// The upper half of a product of unsigned integers, from products of halves.
fn high_product(a: i32, b: i32) -> i32 {
  let a_low = u32(a) & 0xffffu;
  let a_high = u32(a) >> 16u;
  let b_low = u32(b) & 0xffffu;
  let b_high = u32(b) >> 16u;
  let middle = a_high * b_low + ((a_low * b_low) >> 16u);
  let other = a_low * b_high + (middle & 0xffffu);
  return i32(a_high * b_high + (middle >> 16u) + (other >> 16u));
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
  let start_w = at_w * 3 - 1;
  let from_w = max(0, -start_w);
  let to_w = min(3, call.input_w - start_w);
  let count = f32(max(0, to_w - from_w));
  var max_0 = -call.infinity;
  var max_0_at = -1;
  for (var tap_w = from_w; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w;
    let position = w;
    let offset = base + position;
    let x_value = in_x[offset];
    let select_0 = select(0.0, x_value, (1.1754943508222875e-38) <= x_value);
    if (max_0_at < 0 || is_greater(select_0, max_0)) {
      max_0 = select_0;
      max_0_at = position;
    }
  }
  let sub_0 = (smaller_of(32.0 - (exponent_of(count - 0.5) + 1.0), 24.0) - 1.0) - exponent_of(max_0);
  let eq_0 = max_0 == call.constant_0;
  var sum_0 = 0;
  for (var tap_w = from_w; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w;
    let position = w;
    let offset = base + position;
    let x_value = in_x[offset];
    let select_1 = select(0.0, x_value, (1.1754943508222875e-38) <= x_value);
    let asIndex_0 = index_of(select(scaled(select_1, sub_0), select(0.0, 1.0, select_1 == call.constant_0), eq_0));
    sum_0 += asIndex_0;
  }
  let mulHigh_0 = high_product(i32(random_word(place, 1u)), sum_0);
  var pick_0 = -1;
  var pick_0_sum = 0u;
  for (var tap_w = from_w; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w;
    let position = w;
    let offset = base + position;
    let x_value = in_x[offset];
    let select_2 = select(0.0, x_value, (1.1754943508222875e-38) <= x_value);
    let asIndex_1 = index_of(select(scaled(select_2, sub_0), select(0.0, 1.0, select_2 == call.constant_0), eq_0));
    pick_0_sum += u32(asIndex_1);
    if (pick_0 < 0 && pick_0_sum > u32(mulHigh_0)) {
      pick_0 = position;
    }
  }
  var sum_1 = 0.0;
  for (var tap_w = from_w; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w;
    let position = w;
    let offset = base + position;
    let x_value = in_x[offset];
    sum_1 += select(0.0, x_value, position == pick_0);
  }
  to_y[window] = sum_1;
  to_indices[window] = pick_0;
}

// picked-grad-x: one invocation per element of the input
struct Call {
  invocations: u32,
  channels: i32,
  input_w: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_out_indices: array<i32>;
@group(0) @binding(2) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_gradient: array<f32>;

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
  let base = (item * call.channels + channel) * call.output_w;
  let first_w = max(0, (w + 1) / 3);
  let last_w = min(call.output_w - 1, (w + 1) / 3);
  for (var at_w = first_w; at_w <= last_w; at_w++) {
    let start_w = at_w * 3 - 1;
    let tap_w = w - start_w;
    let window = base + at_w;
    let out_indices_value = in_out_indices[window];
    let dy_y_value = in_dy_y[window];
    total += select(0.0, dy_y_value, position == out_indices_value);
  }
  to_gradient[offset] = total;
}
