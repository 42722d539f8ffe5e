// max: one invocation per four windows along w
struct Call {
  invocations: u32,
  vectors: i32,
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
  let number = i32(invocation);
  let vector = number % call.vectors;
  let above_vector = number / call.vectors;
  let at_h = above_vector % call.output_h;
  let plane_number = above_vector / call.output_h;
  let at_w = vector * 4;
  let base = plane_number * (call.input_h * call.input_w);
  let window = plane_number * (call.output_h * call.output_w) + at_h * call.output_w + at_w;
  let start_h = at_h * 2 - 1;
  let start_w = at_w * 2 - 1;
  let starts_w = start_w + vec4<i32>(0, 2, 4, 6);
  let from_h = max(0, -start_h);
  let to_h = min(3, call.input_h - start_h);
  var max_0 = vec4<f32>(-call.infinity);
  var max_0_at = vec4<i32>(-1);
  for (var tap_h = from_h; tap_h < to_h; tap_h++) {
    let h = start_h + tap_h;
    let x_0 = in_x[(base + h * call.input_w) / 4 + vector * 2 - 1];
    let x_1 = in_x[(base + h * call.input_w) / 4 + vector * 2];
    let x_2 = in_x[(base + h * call.input_w) / 4 + vector * 2 + 1];
    {
      let inside = (starts_w >= vec4<i32>(0));
      let position = h * call.input_w + starts_w;
      let wins_0 = inside & ((max_0_at < vec4<i32>(0)) | is_greater_4(vec4<f32>(x_0.w, x_1.y, x_1.w, x_2.y), max_0));
      max_0 = select(max_0, vec4<f32>(x_0.w, x_1.y, x_1.w, x_2.y), wins_0);
      max_0_at = select(max_0_at, position, wins_0);
    }
    {
      let position = h * call.input_w + (starts_w + 1);
      let wins_1 = (max_0_at < vec4<i32>(0)) | is_greater_4(vec4<f32>(x_1.x, x_1.z, x_2.x, x_2.z), max_0);
      max_0 = select(max_0, vec4<f32>(x_1.x, x_1.z, x_2.x, x_2.z), wins_1);
      max_0_at = select(max_0_at, position, wins_1);
    }
    {
      let position = h * call.input_w + (starts_w + 2);
      let wins_2 = (max_0_at < vec4<i32>(0)) | is_greater_4(vec4<f32>(x_1.y, x_1.w, x_2.y, x_2.w), max_0);
      max_0 = select(max_0, vec4<f32>(x_1.y, x_1.w, x_2.y, x_2.w), wins_2);
      max_0_at = select(max_0_at, position, wins_2);
    }
  }
  to_y[window / 4] = max_0;
  to_indices[window / 4] = max_0_at;
}

// max-grad-x: one invocation per four elements of the input along w
struct Call {
  invocations: u32,
  vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_out_indices: array<vec2<i32>>;
@group(0) @binding(2) var<storage, read> in_dy_y: array<vec2<f32>>;
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
  let number = i32(invocation);
  let vector = number % call.vectors;
  let above_vector = number / call.vectors;
  let h = above_vector % call.input_h;
  let plane_number = above_vector / call.input_h;
  let w = vector * 4;
  let first = h * call.input_w + w;
  let offset = plane_number * (call.input_h * call.input_w) + first;
  let position = first + vec4<i32>(0, 1, 2, 3);
  var total = vec4<f32>();
  let base = plane_number * (call.output_h * call.output_w);
  let first_h = max(0, h / 2);
  let last_h = min(call.output_h - 1, (h + 1) / 2);
  let nearest = vector * 2;
  for (var at_h = first_h; at_h <= last_h; at_h++) {
    let start_h = at_h * 2 - 1;
    let tap_h = h - start_h;
    let out_indices_0 = in_out_indices[(base + at_h * call.output_w) / 2 + vector];
    let out_indices_1 = in_out_indices[(base + at_h * call.output_w) / 2 + vector + 1];
    let dy_y_0 = in_dy_y[(base + at_h * call.output_w) / 2 + vector];
    let dy_y_1 = in_dy_y[(base + at_h * call.output_w) / 2 + vector + 1];
    {
      let at_w = nearest + vec4<i32>(0, 0, 1, 1);
      let starts_w = at_w * 2 - 1;
      let tap_w = vec4<i32>(1, 2, 1, 2);
      let its_0 = out_indices_0.xxyy;
      let its_1 = dy_y_0.xxyy;
      total += select(vec4<f32>(), select(vec4<f32>(0.0), its_1, position == its_0), (at_w < vec4<i32>(call.output_w)));
    }
    {
      let at_w = nearest + vec4<i32>(1, 1, 1, 2);
      let starts_w = at_w * 2 - 1;
      let tap_w = vec4<i32>(0);
      let its_2 = vec4<i32>(out_indices_0.y, out_indices_0.y, out_indices_0.y, out_indices_1.x);
      let its_3 = vec4<f32>(dy_y_0.y, dy_y_0.y, dy_y_0.y, dy_y_1.x);
      total += select(vec4<f32>(), select(vec4<f32>(0.0), its_3, position == its_2), (at_w < vec4<i32>(call.output_w)) & vec4<bool>(false, true, false, true));
    }
  }
  to_gradient[offset / 4] = total;
}
