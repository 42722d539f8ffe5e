// max: one invocation per four channels of a window
struct Call {
  invocations: u32,
  channel_vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  infinity: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_y: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> to_indices: array<vec4<i32>>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) | ((a > b) & !is_nan(b));
}

fn is_greater_4(a: vec4<f32>, b: vec4<f32>) -> vec4<bool> {
  return vec4<bool>(
    is_greater(a.x, b.x),
    is_greater(a.y, b.y),
    is_greater(a.z, b.z),
    is_greater(a.w, b.w),
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
  let above_at_w = above_channel / call.output_w;
  let at_h = above_at_w % call.output_h;
  let item = above_at_w / call.output_h;
  let base = item * (call.input_h * call.input_w) * call.channel_vectors + channel;
  let start_h = at_h * 3;
  let to_h = min(3, call.input_h - start_h);
  let start_w = at_w * 3;
  let to_w = min(3, call.input_w - start_w);
  var max_0 = vec4<f32>(-call.infinity);
  var max_0_at = vec4<i32>(-1);
  for (var tap_h = 0; tap_h < to_h; tap_h++) {
    for (var tap_w = 0; tap_w < to_w; tap_w++) {
      let h = start_h + tap_h;
      let w = start_w + tap_w;
      let position = h * call.input_w + w;
      let offset = base + position * call.channel_vectors;
      let x_value = in_x[offset];
      let wins_0 = (max_0_at < vec4<i32>(0)) | is_greater_4(x_value, max_0);
      max_0 = select(max_0, x_value, wins_0);
      max_0_at = select(max_0_at, vec4<i32>(position), wins_0);
    }
  }
  to_y[window] = max_0;
  to_indices[window] = max_0_at;
}

// max-grad-x: one invocation per four channels of a element of the input
struct Call {
  invocations: u32,
  channel_vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_out_indices: array<vec4<i32>>;
@group(0) @binding(2) var<storage, read> in_dy_y: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> to_gradient: array<vec4<f32>>;

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
  let above_w = above_channel / call.input_w;
  let h = above_w % call.input_h;
  let item = above_w / call.input_h;
  let position = h * call.input_w + w;
  var total = vec4<f32>();
  let base = item * (call.output_h * call.output_w) * call.channel_vectors + channel;
  let first_h = max(0, h / 3);
  let last_h = min(call.output_h - 1, h / 3);
  let first_w = max(0, w / 3);
  let last_w = min(call.output_w - 1, w / 3);
  for (var at_h = first_h; at_h <= last_h; at_h++) {
    let start_h = at_h * 3;
    let tap_h = h - start_h;
    for (var at_w = first_w; at_w <= last_w; at_w++) {
      let start_w = at_w * 3;
      let tap_w = w - start_w;
      let window = base + (at_h * call.output_w + at_w) * call.channel_vectors;
      let out_indices_value = in_out_indices[window];
      let dy_y_value = in_dy_y[window];
      total += select(vec4<f32>(0.0), dy_y_value, vec4<i32>(position) == out_indices_value);
    }
  }
  to_gradient[offset] = total;
}
