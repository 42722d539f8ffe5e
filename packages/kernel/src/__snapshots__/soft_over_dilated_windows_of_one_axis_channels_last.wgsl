// soft: one invocation per window
struct Call {
  invocations: u32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  infinity: f32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) || (a > b && !is_nan(b));
}

fn exp_of(a: f32) -> f32 {
  return select(exp(a), a, is_nan(a));
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
  let channel = window % call.channels;
  let above_channel = window / call.channels;
  let at_w = above_channel % call.output_w;
  let item = above_channel / call.output_w;
  let base = item * call.input_w * call.channels + channel;
  let start_w = at_w;
  let to_w = min(3, (call.input_w - start_w + 1) / 2);
  var max_0 = -call.infinity;
  var max_0_at = -1;
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channels;
    let x_value = in_x[offset];
    if (max_0_at < 0 || is_greater(x_value, max_0)) {
      max_0 = x_value;
      max_0_at = position;
    }
  }
  var sum_0 = 0.0;
  var sum_1 = 0.0;
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channels;
    let x_value = in_x[offset];
    let exp_0 = exp_of((x_value - max_0) * call.scalar_temperature);
    sum_0 += exp_0 * x_value;
    sum_1 += exp_0;
  }
  to_y[window] = sum_0 / sum_1;
}

// soft-train: one invocation per window
struct Call {
  invocations: u32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  infinity: f32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_saved_0: array<f32>;
@group(0) @binding(4) var<storage, read_write> to_saved_1: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) || (a > b && !is_nan(b));
}

fn exp_of(a: f32) -> f32 {
  return select(exp(a), a, is_nan(a));
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
  let channel = window % call.channels;
  let above_channel = window / call.channels;
  let at_w = above_channel % call.output_w;
  let item = above_channel / call.output_w;
  let base = item * call.input_w * call.channels + channel;
  let start_w = at_w;
  let to_w = min(3, (call.input_w - start_w + 1) / 2);
  var max_0 = -call.infinity;
  var max_0_at = -1;
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channels;
    let x_value = in_x[offset];
    if (max_0_at < 0 || is_greater(x_value, max_0)) {
      max_0 = x_value;
      max_0_at = position;
    }
  }
  var sum_0 = 0.0;
  var sum_1 = 0.0;
  for (var tap_w = 0; tap_w < to_w; tap_w++) {
    let w = start_w + tap_w * 2;
    let position = w;
    let offset = base + position * call.channels;
    let x_value = in_x[offset];
    let exp_0 = exp_of((x_value - max_0) * call.scalar_temperature);
    sum_0 += exp_0 * x_value;
    sum_1 += exp_0;
  }
  to_y[window] = sum_0 / sum_1;
  to_saved_0[window] = sum_1;
  to_saved_1[window] = max_0;
}

// soft-grad-x: one invocation per element of the input
struct Call {
  invocations: u32,
  channels: i32,
  input_w: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(2) var<storage, read> in_saved_0: array<f32>;
@group(0) @binding(3) var<storage, read> in_x: array<f32>;
@group(0) @binding(4) var<storage, read> in_saved_1: array<f32>;
@group(0) @binding(5) var<storage, read> in_out_y: array<f32>;
@group(0) @binding(6) var<storage, read_write> to_gradient: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn exp_of(a: f32) -> f32 {
  return select(exp(a), a, is_nan(a));
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
  let channel = offset % call.channels;
  let above_channel = offset / call.channels;
  let w = above_channel % call.input_w;
  let item = above_channel / call.input_w;
  let position = w;
  var total = 0.0;
  let base = item * call.output_w * call.channels + channel;
  let first_w = max(0, (w - 4));
  let last_w = min(call.output_w - 1, w);
  for (var at_w = first_w; at_w <= last_w; at_w++) {
    let start_w = at_w;
    let distance_w = w - start_w;
    let tap_w = distance_w / 2;
    if (distance_w % 2 != 0) {
      continue;
    }
    let window = base + at_w * call.channels;
    let dy_y_value = in_dy_y[window];
    let saved_0_value = in_saved_0[window];
    let div_0 = dy_y_value / saved_0_value;
    let x_value = in_x[offset];
    let saved_1_value = in_saved_1[window];
    let exp_0 = exp_of((x_value - saved_1_value) * call.scalar_temperature);
    let out_y_value = in_out_y[window];
    total += (div_0 * exp_0) + ((((-(div_0 * out_y_value)) + (div_0 * x_value)) * exp_0) * call.scalar_temperature);
  }
  to_gradient[offset] = total;
}
