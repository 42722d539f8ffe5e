// average: one invocation per four windows along w
struct Call {
  invocations: u32,
  channels: i32,
  vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_y: array<vec4<f32>>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) | ((a >= b) & !is_nan(b)));
}

fn greater_of_4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    greater_of(a.x, b.x),
    greater_of(a.y, b.y),
    greater_of(a.z, b.z),
    greater_of(a.w, b.w),
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
  let above_at_h = above_vector / call.output_h;
  let channel = above_at_h % call.channels;
  let item = above_at_h / call.channels;
  let at_w = vector * 4;
  let base = (item * call.channels + channel) * (call.input_h * call.input_w);
  let window = (item * call.channels + channel) * (call.output_h * call.output_w) + at_h * call.output_w + at_w;
  let start_h = at_h - 1;
  let start_w = at_w - 1;
  let starts_w = start_w + vec4<i32>(0, 1, 2, 3);
  let from_h = max(0, -start_h);
  let to_h = min(3, call.input_h - start_h);
  let from_w = max(vec4<i32>(0), -starts_w);
  let to_w = min(vec4<i32>(3), call.input_w - starts_w);
  let padded_count = vec4<f32>(min(3, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
  var sum_0 = vec4<f32>(0.0);
  for (var tap_h = from_h; tap_h < to_h; tap_h++) {
    let h = start_h + tap_h;
    let x_0 = in_x[(base + h * call.input_w) / 4 + vector - 1];
    let x_1 = in_x[(base + h * call.input_w) / 4 + vector];
    let x_2 = in_x[(base + h * call.input_w) / 4 + vector + 1];
    {
      let inside = (starts_w >= vec4<i32>(0));
      sum_0 += select(vec4<f32>(), vec4<f32>(x_0.w, x_1.x, x_1.y, x_1.z), inside);
    }
    {
      sum_0 += x_1;
    }
    {
      let inside = (starts_w + 2 < vec4<i32>(call.input_w));
      sum_0 += select(vec4<f32>(), vec4<f32>(x_1.y, x_1.z, x_1.w, x_2.x), inside);
    }
  }
  to_y[window / 4] = sum_0 / greater_of_4(padded_count, vec4<f32>(1.0));
}

// average-grad-x: one invocation per four elements of the input along w
struct Call {
  invocations: u32,
  channels: i32,
  vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_dy_y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_gradient: array<vec4<f32>>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) | ((a >= b) & !is_nan(b)));
}

fn greater_of_4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    greater_of(a.x, b.x),
    greater_of(a.y, b.y),
    greater_of(a.z, b.z),
    greater_of(a.w, b.w),
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
  let h = above_vector % call.input_h;
  let above_h = above_vector / call.input_h;
  let channel = above_h % call.channels;
  let item = above_h / call.channels;
  let w = vector * 4;
  let first = h * call.input_w + w;
  let offset = (item * call.channels + channel) * (call.input_h * call.input_w) + first;
  var total = vec4<f32>();
  let base = (item * call.channels + channel) * (call.output_h * call.output_w);
  let first_h = max(0, (h - 1));
  let last_h = min(call.output_h - 1, (h + 1));
  let nearest = vector * 4;
  for (var at_h = first_h; at_h <= last_h; at_h++) {
    let start_h = at_h - 1;
    let tap_h = h - start_h;
    let dy_y_0 = in_dy_y[(base + at_h * call.output_w) / 4 + vector - 1];
    let dy_y_1 = in_dy_y[(base + at_h * call.output_w) / 4 + vector];
    let dy_y_2 = in_dy_y[(base + at_h * call.output_w) / 4 + vector + 1];
    {
      let at_w = nearest + vec4<i32>(-1, 0, 1, 2);
      let starts_w = at_w - 1;
      let tap_w = vec4<i32>(2);
      let from_h = max(0, -start_h);
      let to_h = min(3, call.input_h - start_h);
      let from_w = max(vec4<i32>(0), -starts_w);
      let to_w = min(vec4<i32>(3), call.input_w - starts_w);
      let padded_count = vec4<f32>(min(3, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
      let its_0 = vec4<f32>(dy_y_0.w, dy_y_1.x, dy_y_1.y, dy_y_1.z);
      total += select(vec4<f32>(), its_0 / greater_of_4(padded_count, vec4<f32>(1.0)), (at_w >= vec4<i32>(0)) & (at_w < vec4<i32>(call.output_w)));
    }
    {
      let at_w = nearest + vec4<i32>(0, 1, 2, 3);
      let starts_w = at_w - 1;
      let tap_w = vec4<i32>(1);
      let from_h = max(0, -start_h);
      let to_h = min(3, call.input_h - start_h);
      let from_w = max(vec4<i32>(0), -starts_w);
      let to_w = min(vec4<i32>(3), call.input_w - starts_w);
      let padded_count = vec4<f32>(min(3, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
      let its_1 = dy_y_1;
      total += select(vec4<f32>(), its_1 / greater_of_4(padded_count, vec4<f32>(1.0)), (at_w < vec4<i32>(call.output_w)));
    }
    {
      let at_w = nearest + vec4<i32>(1, 2, 3, 4);
      let starts_w = at_w - 1;
      let tap_w = vec4<i32>(0);
      let from_h = max(0, -start_h);
      let to_h = min(3, call.input_h - start_h);
      let from_w = max(vec4<i32>(0), -starts_w);
      let to_w = min(vec4<i32>(3), call.input_w - starts_w);
      let padded_count = vec4<f32>(min(3, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
      let its_2 = vec4<f32>(dy_y_1.y, dy_y_1.z, dy_y_1.w, dy_y_2.x);
      total += select(vec4<f32>(), its_2 / greater_of_4(padded_count, vec4<f32>(1.0)), (at_w < vec4<i32>(call.output_w)));
    }
  }
  to_gradient[offset / 4] = total;
}
