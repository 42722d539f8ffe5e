// average: one invocation per window
struct Call {
  invocations: u32,
  channels: i32,
  input_d: i32,
  input_h: i32,
  input_w: i32,
  output_d: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) || (a >= b && !is_nan(b)));
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
  let at_h = above_at_w % call.output_h;
  let above_at_h = above_at_w / call.output_h;
  let at_d = above_at_h % call.output_d;
  let above_at_d = above_at_h / call.output_d;
  let channel = above_at_d % call.channels;
  let item = above_at_d / call.channels;
  let base = (item * call.channels + channel) * (call.input_d * call.input_h * call.input_w);
  let start_h = at_h * 2 - 1;
  let from_h = max(0, -start_h);
  let to_h = min(2, call.input_h - start_h);
  let start_w = at_w;
  let to_w = min(3, call.input_w - start_w);
  let padded_count = f32(min(2, call.input_h + 1 - start_h) * min(3, call.input_w + 1 - start_w));
  var sum_0 = 0.0;
  for (var tap_h = from_h; tap_h < to_h; tap_h++) {
    for (var tap_w = 0; tap_w < to_w; tap_w++) {
      let h = start_h + tap_h;
      let w = start_w + tap_w;
      let position = (at_d * call.input_h + h) * call.input_w + w;
      let offset = base + position;
      let x_value = in_x[offset];
      sum_0 += x_value;
    }
  }
  to_y[window] = sum_0 / greater_of(padded_count, 1.0);
}

// average-grad-x: one invocation per element of the input
struct Call {
  invocations: u32,
  channels: i32,
  input_d: i32,
  input_h: i32,
  input_w: i32,
  output_d: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_gradient: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) || (a >= b && !is_nan(b)));
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
  let h = above_w % call.input_h;
  let above_h = above_w / call.input_h;
  let d = above_h % call.input_d;
  let above_d = above_h / call.input_d;
  let channel = above_d % call.channels;
  let item = above_d / call.channels;
  let position = (d * call.input_h + h) * call.input_w + w;
  var total = 0.0;
  let base = (item * call.channels + channel) * (call.output_d * call.output_h * call.output_w);
  let first_h = max(0, (h + 1) / 2);
  let last_h = min(call.output_h - 1, (h + 1) / 2);
  let first_w = max(0, (w - 2));
  let last_w = min(call.output_w - 1, w);
  let at_d = d;
  for (var at_h = first_h; at_h <= last_h; at_h++) {
    let start_h = at_h * 2 - 1;
    let tap_h = h - start_h;
    for (var at_w = first_w; at_w <= last_w; at_w++) {
      let start_w = at_w;
      let tap_w = w - start_w;
      let from_h = max(0, -start_h);
      let to_h = min(2, call.input_h - start_h);
      let to_w = min(3, call.input_w - start_w);
      let padded_count = f32(min(2, call.input_h + 1 - start_h) * min(3, call.input_w + 1 - start_w));
      let window = base + (at_d * call.output_h + at_h) * call.output_w + at_w;
      let dy_y_value = in_dy_y[window];
      total += dy_y_value / greater_of(padded_count, 1.0);
    }
  }
  to_gradient[offset] = total;
}
