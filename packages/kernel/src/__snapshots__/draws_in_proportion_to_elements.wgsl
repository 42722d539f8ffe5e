// picked: one invocation per four windows along w
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  vectors: i32,
  input_w: i32,
  output_w: i32,
  seed: u32,
  stream: u32,
  constant_0: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_indices: array<i32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn smaller_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) | ((a <= b) & !is_nan(b)));
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

// An integer that is greater for greater numbers, and greatest for NaN.
fn rank_of(a: f32) -> i32 {
  let bits = bitcast<i32>(a);
  return select(bits ^ ((bits >> 31u) & 0x7fffffff), 0x7fffffff, is_nan(a));
}

// The number that has a rank.
fn of_rank(rank: i32) -> f32 {
  return bitcast<f32>(rank ^ ((rank >> 31u) & 0x7fffffff));
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

fn smaller_of_4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    smaller_of(a.x, b.x),
    smaller_of(a.y, b.y),
    smaller_of(a.z, b.z),
    smaller_of(a.w, b.w),
  );
}

fn exponent_of_4(a: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    exponent_of(a.x),
    exponent_of(a.y),
    exponent_of(a.z),
    exponent_of(a.w),
  );
}

fn scaled_4(a: vec4<f32>, power: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    scaled(a.x, power.x),
    scaled(a.y, power.y),
    scaled(a.z, power.z),
    scaled(a.w, power.w),
  );
}

fn rank_of_4(a: vec4<f32>) -> vec4<i32> {
  return vec4<i32>(
    rank_of(a.x),
    rank_of(a.y),
    rank_of(a.z),
    rank_of(a.w),
  );
}

fn of_rank_4(rank: vec4<i32>) -> vec4<f32> {
  return vec4<f32>(
    of_rank(rank.x),
    of_rank(rank.y),
    of_rank(rank.z),
    of_rank(rank.w),
  );
}

fn index_of_4(a: vec4<f32>) -> vec4<i32> {
  return vec4<i32>(
    index_of(a.x),
    index_of(a.y),
    index_of(a.z),
    index_of(a.w),
  );
}

fn high_product_4(a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  return vec4<i32>(
    high_product(a.x, b.x),
    high_product(a.y, b.y),
    high_product(a.z, b.z),
    high_product(a.w, b.w),
  );
}

fn random_word_4(index: vec4<u32>, slot: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(
    random_word(index.x, slot.x),
    random_word(index.y, slot.y),
    random_word(index.z, slot.z),
    random_word(index.w, slot.w),
  );
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
  let number = i32(invocation);
  let vector = number % call.vectors;
  let above_vector = number / call.vectors;
  let channel = above_vector % call.channels;
  let item = above_vector / call.channels;
  let at_w = vector * 4;
  let base = (item * call.channels + channel) * call.input_w;
  let window = (item * call.channels + channel) * call.output_w + at_w;
  let place = vec4<u32>(((call.first_item + item) * call.channels + channel) * call.output_w + at_w + vec4<i32>(0, 1, 2, 3));
  let start_w = at_w * 3 - 1;
  let starts_w = start_w + vec4<i32>(0, 3, 6, 9);
  let from_w = max(vec4<i32>(0), -starts_w);
  let to_w = min(vec4<i32>(3), call.input_w - starts_w);
  let count = vec4<f32>(max(vec4<i32>(0), to_w - from_w));
  let x_0 = in_x[(base) / 4 + vector * 3 - 1];
  let x_1 = in_x[(base) / 4 + vector * 3];
  let x_2 = in_x[(base) / 4 + vector * 3 + 1];
  let x_3 = in_x[(base) / 4 + vector * 3 + 2];
  var max_0_rank = vec4<i32>(-2139095041);
  let select_0 = select(vec4<f32>(0.0), x_0, vec4<f32>(1.1754943508222875e-38) <= x_0);
  let item_0 = rank_of_4(select_0);
  let select_1 = select(vec4<f32>(0.0), x_1, vec4<f32>(1.1754943508222875e-38) <= x_1);
  let item_1 = rank_of_4(select_1);
  let select_2 = select(vec4<f32>(0.0), x_2, vec4<f32>(1.1754943508222875e-38) <= x_2);
  let item_2 = rank_of_4(select_2);
  let select_3 = select(vec4<f32>(0.0), x_3, vec4<f32>(1.1754943508222875e-38) <= x_3);
  let item_3 = rank_of_4(select_3);
  {
    let inside = (starts_w >= vec4<i32>(0));
    let position = starts_w;
    max_0_rank = max(max_0_rank, select(vec4<i32>(-2139095041), vec4<i32>(item_0.w, item_1.z, item_2.y, item_3.x), inside));
  }
  {
    let position = (starts_w + 1);
    max_0_rank = max(max_0_rank, vec4<i32>(item_1.x, item_1.w, item_2.z, item_3.y));
  }
  {
    let position = (starts_w + 2);
    max_0_rank = max(max_0_rank, vec4<i32>(item_1.y, item_2.x, item_2.w, item_3.z));
  }
  let max_0 = of_rank_4(max_0_rank);
  let sub_0 = (smaller_of_4(vec4<f32>(32.0) - (exponent_of_4(count - vec4<f32>(0.5)) + vec4<f32>(1.0)), vec4<f32>(24.0)) - vec4<f32>(1.0)) - exponent_of_4(max_0);
  let eq_0 = max_0 == vec4<f32>(call.constant_0);
  var sum_0 = vec4<i32>(0);
  {
    let inside = (starts_w >= vec4<i32>(0));
    let position = starts_w;
    let own_x_0 = vec4<f32>(x_0.w, x_1.z, x_2.y, x_3.x);
    let select_4 = select(vec4<f32>(0.0), own_x_0, vec4<f32>(1.1754943508222875e-38) <= own_x_0);
    let asIndex_0 = index_of_4(select(scaled_4(select_4, sub_0), select(vec4<f32>(0.0), vec4<f32>(1.0), select_4 == vec4<f32>(call.constant_0)), eq_0));
    sum_0 += select(vec4<i32>(), asIndex_0, inside);
  }
  {
    let position = (starts_w + 1);
    let own_x_1 = vec4<f32>(x_1.x, x_1.w, x_2.z, x_3.y);
    let select_5 = select(vec4<f32>(0.0), own_x_1, vec4<f32>(1.1754943508222875e-38) <= own_x_1);
    let asIndex_1 = index_of_4(select(scaled_4(select_5, sub_0), select(vec4<f32>(0.0), vec4<f32>(1.0), select_5 == vec4<f32>(call.constant_0)), eq_0));
    sum_0 += asIndex_1;
  }
  {
    let position = (starts_w + 2);
    let own_x_2 = vec4<f32>(x_1.y, x_2.x, x_2.w, x_3.z);
    let select_6 = select(vec4<f32>(0.0), own_x_2, vec4<f32>(1.1754943508222875e-38) <= own_x_2);
    let asIndex_2 = index_of_4(select(scaled_4(select_6, sub_0), select(vec4<f32>(0.0), vec4<f32>(1.0), select_6 == vec4<f32>(call.constant_0)), eq_0));
    sum_0 += asIndex_2;
  }
  let mulHigh_0 = high_product_4(vec4<i32>(random_word_4(place, vec4<u32>(1u))), sum_0);
  var pick_0 = vec4<i32>(-1);
  var pick_0_sum = vec4<u32>(0u);
  {
    let inside = (starts_w >= vec4<i32>(0));
    let position = starts_w;
    let own_x_3 = vec4<f32>(x_0.w, x_1.z, x_2.y, x_3.x);
    let select_7 = select(vec4<f32>(0.0), own_x_3, vec4<f32>(1.1754943508222875e-38) <= own_x_3);
    let asIndex_3 = index_of_4(select(scaled_4(select_7, sub_0), select(vec4<f32>(0.0), vec4<f32>(1.0), select_7 == vec4<f32>(call.constant_0)), eq_0));
    pick_0_sum += select(vec4<u32>(), vec4<u32>(asIndex_3), inside);
    let picks_0 = inside & (pick_0 < vec4<i32>(0)) & (pick_0_sum > vec4<u32>(mulHigh_0));
    pick_0 = select(pick_0, position, picks_0);
  }
  {
    let position = (starts_w + 1);
    let own_x_4 = vec4<f32>(x_1.x, x_1.w, x_2.z, x_3.y);
    let select_8 = select(vec4<f32>(0.0), own_x_4, vec4<f32>(1.1754943508222875e-38) <= own_x_4);
    let asIndex_4 = index_of_4(select(scaled_4(select_8, sub_0), select(vec4<f32>(0.0), vec4<f32>(1.0), select_8 == vec4<f32>(call.constant_0)), eq_0));
    pick_0_sum += vec4<u32>(asIndex_4);
    let picks_1 = (pick_0 < vec4<i32>(0)) & (pick_0_sum > vec4<u32>(mulHigh_0));
    pick_0 = select(pick_0, position, picks_1);
  }
  {
    let position = (starts_w + 2);
    let own_x_5 = vec4<f32>(x_1.y, x_2.x, x_2.w, x_3.z);
    let select_9 = select(vec4<f32>(0.0), own_x_5, vec4<f32>(1.1754943508222875e-38) <= own_x_5);
    let asIndex_5 = index_of_4(select(scaled_4(select_9, sub_0), select(vec4<f32>(0.0), vec4<f32>(1.0), select_9 == vec4<f32>(call.constant_0)), eq_0));
    pick_0_sum += vec4<u32>(asIndex_5);
    let picks_2 = (pick_0 < vec4<i32>(0)) & (pick_0_sum > vec4<u32>(mulHigh_0));
    pick_0 = select(pick_0, position, picks_2);
  }
  var sum_1 = vec4<f32>(0.0);
  {
    let inside = (starts_w >= vec4<i32>(0));
    let position = starts_w;
    let own_x_6 = vec4<f32>(x_0.w, x_1.z, x_2.y, x_3.x);
    sum_1 += select(vec4<f32>(), select(vec4<f32>(0.0), own_x_6, position == pick_0), inside);
  }
  {
    let position = (starts_w + 1);
    let own_x_7 = vec4<f32>(x_1.x, x_1.w, x_2.z, x_3.y);
    sum_1 += select(vec4<f32>(0.0), own_x_7, position == pick_0);
  }
  {
    let position = (starts_w + 2);
    let own_x_8 = vec4<f32>(x_1.y, x_2.x, x_2.w, x_3.z);
    sum_1 += select(vec4<f32>(0.0), own_x_8, position == pick_0);
  }
  to_y[window] = sum_1.x;
  to_indices[window] = pick_0.x;
  if (at_w + 1 < call.output_w) {
    to_y[window + 1] = sum_1.y;
    to_indices[window + 1] = pick_0.y;
  }
  if (at_w + 2 < call.output_w) {
    to_y[window + 2] = sum_1.z;
    to_indices[window + 2] = pick_0.z;
  }
  if (at_w + 3 < call.output_w) {
    to_y[window + 3] = sum_1.w;
    to_indices[window + 3] = pick_0.w;
  }
}

// picked-grad-x: one invocation per element of the input
struct Call {
  invocations: u32,
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
  let plane_number = offset / call.input_w;
  let position = w;
  var total = 0.0;
  let base = plane_number * call.output_w;
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
