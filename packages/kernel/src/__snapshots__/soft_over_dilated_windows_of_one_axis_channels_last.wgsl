// soft: one invocation per four channels of a window
struct Call {
  invocations: u32,
  channel_vectors: i32,
  input_w: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_y: array<vec4<f32>>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn exp_of(a: f32) -> f32 {
  return select(exp(a), a, is_nan(a));
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

fn exp_of_4(a: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    exp_of(a.x),
    exp_of(a.y),
    exp_of(a.z),
    exp_of(a.w),
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
  let channel = window % call.channel_vectors;
  let above_channel = window / call.channel_vectors;
  let at_w = above_channel % call.output_w;
  let item = above_channel / call.output_w;
  let base = item * call.input_w * call.channel_vectors + channel;
  let start_w = at_w;
  let to_w = min(3, (call.input_w - start_w + 1) / 2);
  var max_0_rank = vec4<i32>(-2139095041);
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channel_vectors;
    let x_value = in_x[offset];
    max_0_rank = max(max_0_rank, rank_of_4(x_value));
  }
  let max_0 = of_rank_4(max_0_rank);
  var sum_0 = vec4<f32>(0.0);
  var sum_1 = vec4<f32>(0.0);
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channel_vectors;
    let x_value = in_x[offset];
    let exp_0 = exp_of_4((x_value - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += exp_0 * x_value;
    sum_1 += exp_0;
  }
  to_y[window] = sum_0 / sum_1;
}

// soft-train: one invocation per four channels of a window
struct Call {
  invocations: u32,
  channel_vectors: i32,
  input_w: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_y: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> to_saved_0: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> to_saved_1: array<vec4<f32>>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn exp_of(a: f32) -> f32 {
  return select(exp(a), a, is_nan(a));
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

fn exp_of_4(a: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    exp_of(a.x),
    exp_of(a.y),
    exp_of(a.z),
    exp_of(a.w),
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
  let channel = window % call.channel_vectors;
  let above_channel = window / call.channel_vectors;
  let at_w = above_channel % call.output_w;
  let item = above_channel / call.output_w;
  let base = item * call.input_w * call.channel_vectors + channel;
  let start_w = at_w;
  let to_w = min(3, (call.input_w - start_w + 1) / 2);
  var max_0_rank = vec4<i32>(-2139095041);
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channel_vectors;
    let x_value = in_x[offset];
    max_0_rank = max(max_0_rank, rank_of_4(x_value));
  }
  let max_0 = of_rank_4(max_0_rank);
  var sum_0 = vec4<f32>(0.0);
  var sum_1 = vec4<f32>(0.0);
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channel_vectors;
    let x_value = in_x[offset];
    let exp_0 = exp_of_4((x_value - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += exp_0 * x_value;
    sum_1 += exp_0;
  }
  to_y[window] = sum_0 / sum_1;
  to_saved_0[window] = sum_1;
  to_saved_1[window] = max_0;
}

// soft-grad-x: one invocation per four channels of a element of the input
struct Call {
  invocations: u32,
  channel_vectors: i32,
  input_w: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_dy_y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> in_saved_0: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> in_saved_1: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> in_out_y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> to_gradient: array<vec4<f32>>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn exp_of(a: f32) -> f32 {
  return select(exp(a), a, is_nan(a));
}

fn exp_of_4(a: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    exp_of(a.x),
    exp_of(a.y),
    exp_of(a.z),
    exp_of(a.w),
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
  let offset = i32(invocation);
  let channel = offset % call.channel_vectors;
  let above_channel = offset / call.channel_vectors;
  let w = above_channel % call.input_w;
  let item = above_channel / call.input_w;
  let position = w;
  var total = vec4<f32>();
  let base = item * call.output_w * call.channel_vectors + channel;
  let first_w = max(0, (w - 4));
  let last_w = min(call.output_w - 1, w);
  for (var at_w = first_w; at_w <= last_w; at_w++) {
    let start_w = at_w;
    let distance_w = w - start_w;
    let tap_w = distance_w / 2;
    if (distance_w % 2 != 0) {
      continue;
    }
    let window = base + at_w * call.channel_vectors;
    let dy_y_value = in_dy_y[window];
    let saved_0_value = in_saved_0[window];
    let div_0 = dy_y_value / saved_0_value;
    let x_value = in_x[offset];
    let saved_1_value = in_saved_1[window];
    let exp_0 = exp_of_4((x_value - saved_1_value) * vec4<f32>(call.scalar_temperature));
    let out_y_value = in_out_y[window];
    total += (div_0 * exp_0) + ((((-(div_0 * out_y_value)) + (div_0 * x_value)) * exp_0) * vec4<f32>(call.scalar_temperature));
  }
  to_gradient[offset] = total;
}
