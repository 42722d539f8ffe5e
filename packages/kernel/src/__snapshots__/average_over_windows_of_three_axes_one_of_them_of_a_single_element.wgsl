// average: one invocation per four windows along w
struct Call {
  invocations: u32,
  vectors: i32,
  input_d: i32,
  input_h: i32,
  input_w: i32,
  output_d: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;

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
  let at_d = above_at_h % call.output_d;
  let plane_number = above_at_h / call.output_d;
  let at_w = vector * 4;
  let base = plane_number * (call.input_d * call.input_h * call.input_w);
  let window = plane_number * (call.output_d * call.output_h * call.output_w) + (at_d * call.output_h + at_h) * call.output_w + at_w;
  let start_h = at_h * 2 - 1;
  let start_w = at_w;
  let starts_w = start_w + vec4<i32>(0, 1, 2, 3);
  let from_h = max(0, -start_h);
  let to_h = min(2, call.input_h - start_h);
  let to_w = min(vec4<i32>(3), call.input_w - starts_w);
  let padded_count = vec4<f32>(min(2, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
  var sum_0 = vec4<f32>(0.0);
  for (var tap_h = from_h; tap_h < to_h; tap_h++) {
    let d = at_d;
    let h = start_h + tap_h;
    let x_0 = in_x[(base + (d * call.input_h + h) * call.input_w) / 4 + vector];
    let x_1 = in_x[(base + (d * call.input_h + h) * call.input_w) / 4 + vector + 1];
    {
      sum_0 += x_0;
    }
    {
      sum_0 += vec4<f32>(x_0.y, x_0.z, x_0.w, x_1.x);
    }
    {
      let inside = (starts_w + 2 < vec4<i32>(call.input_w));
      sum_0 += select(vec4<f32>(), vec4<f32>(x_0.z, x_0.w, x_1.x, x_1.y), inside);
    }
  }
  let result_0 = sum_0 / max(padded_count, vec4<f32>(1.0));
  to_y[window] = result_0.x;
  if (at_w + 1 < call.output_w) {
    to_y[window + 1] = result_0.y;
  }
  if (at_w + 2 < call.output_w) {
    to_y[window + 2] = result_0.z;
  }
  if (at_w + 3 < call.output_w) {
    to_y[window + 3] = result_0.w;
  }
}

// average-grad-x: one invocation per four elements of the input along w
struct Call {
  invocations: u32,
  vectors: i32,
  input_d: i32,
  input_h: i32,
  input_w: i32,
  output_d: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_gradient: array<vec4<f32>>;

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
  let d = above_h % call.input_d;
  let plane_number = above_h / call.input_d;
  let w = vector * 4;
  let first = (d * call.input_h + h) * call.input_w + w;
  let offset = plane_number * (call.input_d * call.input_h * call.input_w) + first;
  var total = vec4<f32>();
  let base = plane_number * (call.output_d * call.output_h * call.output_w);
  let first_h = max(0, (h + 1) / 2);
  let last_h = min(call.output_h - 1, (h + 1) / 2);
  let at_d = d;
  let nearest = vector * 4;
  for (var at_h = first_h; at_h <= last_h; at_h++) {
    let start_h = at_h * 2 - 1;
    let tap_h = h - start_h;
    let dy_y_0 = vec4<f32>(in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest - 2], in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest - 1], in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest], in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest + 1]);
    let dy_y_1 = vec4<f32>(in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest + 2], in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest + 3], in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest + 3], in_dy_y[base + (at_d * call.output_h + at_h) * call.output_w + nearest + 3]);
    {
      let at_w = nearest + vec4<i32>(-2, -1, 0, 1);
      let starts_w = at_w;
      let tap_w = vec4<i32>(2);
      let from_h = max(0, -start_h);
      let to_h = min(2, call.input_h - start_h);
      let to_w = min(vec4<i32>(3), call.input_w - starts_w);
      let padded_count = vec4<f32>(min(2, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
      let its_0 = dy_y_0;
      total += select(vec4<f32>(), its_0 / max(padded_count, vec4<f32>(1.0)), (at_w >= vec4<i32>(0)) & (at_w < vec4<i32>(call.output_w)));
    }
    {
      let at_w = nearest + vec4<i32>(-1, 0, 1, 2);
      let starts_w = at_w;
      let tap_w = vec4<i32>(1);
      let from_h = max(0, -start_h);
      let to_h = min(2, call.input_h - start_h);
      let to_w = min(vec4<i32>(3), call.input_w - starts_w);
      let padded_count = vec4<f32>(min(2, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
      let its_1 = vec4<f32>(dy_y_0.y, dy_y_0.z, dy_y_0.w, dy_y_1.x);
      total += select(vec4<f32>(), its_1 / max(padded_count, vec4<f32>(1.0)), (at_w >= vec4<i32>(0)) & (at_w < vec4<i32>(call.output_w)));
    }
    {
      let at_w = nearest + vec4<i32>(0, 1, 2, 3);
      let starts_w = at_w;
      let tap_w = vec4<i32>(0);
      let from_h = max(0, -start_h);
      let to_h = min(2, call.input_h - start_h);
      let to_w = min(vec4<i32>(3), call.input_w - starts_w);
      let padded_count = vec4<f32>(min(2, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
      let its_2 = vec4<f32>(dy_y_0.z, dy_y_0.w, dy_y_1.x, dy_y_1.y);
      total += select(vec4<f32>(), its_2 / max(padded_count, vec4<f32>(1.0)), (at_w < vec4<i32>(call.output_w)));
    }
  }
  to_gradient[offset / 4] = total;
}
