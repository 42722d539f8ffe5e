// soft: one invocation per four windows along h
struct Call {
  invocations: u32,
  vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;

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
  let number = i32(invocation);
  let at_w = number % call.output_w;
  let above_at_w = number / call.output_w;
  let vector = above_at_w % call.vectors;
  let plane_number = above_at_w / call.vectors;
  let at_h = vector * 4;
  let base = plane_number * (call.input_h * call.input_w);
  let window = plane_number * (call.output_h * call.output_w) + at_h * call.output_w + at_w;
  let start_h = at_h * 2;
  let start_w = at_w * 2;
  let starts_h = start_h + vec4<i32>(0, 2, 4, 6);
  let x_0 = vec4<f32>(in_x[base + start_h * call.input_w + start_w], in_x[base + start_h * call.input_w + start_w + call.input_w], in_x[base + start_h * call.input_w + start_w + 2 * call.input_w], in_x[base + start_h * call.input_w + start_w + 3 * call.input_w]);
  let x_1 = vec4<f32>(in_x[base + start_h * call.input_w + start_w + 4 * call.input_w], in_x[base + start_h * call.input_w + start_w + 5 * call.input_w], in_x[base + start_h * call.input_w + start_w + 6 * call.input_w], in_x[base + start_h * call.input_w + start_w + 7 * call.input_w]);
  let x_2 = vec4<f32>(in_x[base + start_h * call.input_w + start_w + 1], in_x[base + start_h * call.input_w + start_w + 1 + call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 2 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 3 * call.input_w]);
  let x_3 = vec4<f32>(in_x[base + start_h * call.input_w + start_w + 1 + 4 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 5 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 6 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 7 * call.input_w]);
  var max_0_rank = vec4<i32>(-2139095041);
  let item_0 = rank_of_4(x_0);
  let item_1 = rank_of_4(x_1);
  let item_2 = rank_of_4(x_2);
  let item_3 = rank_of_4(x_3);
  {
    max_0_rank = max(max_0_rank, vec4<i32>(item_0.x, item_0.z, item_1.x, item_1.z));
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    max_0_rank = max(max_0_rank, select(vec4<i32>(-2139095041), vec4<i32>(item_2.x, item_2.z, item_3.x, item_3.z), inside));
  }
  {
    max_0_rank = max(max_0_rank, vec4<i32>(item_0.y, item_0.w, item_1.y, item_1.w));
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    max_0_rank = max(max_0_rank, select(vec4<i32>(-2139095041), vec4<i32>(item_2.y, item_2.w, item_3.y, item_3.w), inside));
  }
  let max_0 = of_rank_4(max_0_rank);
  var sum_0 = vec4<f32>(0.0);
  var sum_1 = vec4<f32>(0.0);
  {
    let own_x_0 = vec4<f32>(x_0.x, x_0.z, x_1.x, x_1.z);
    let exp_0 = exp_of_4((own_x_0 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += exp_0 * own_x_0;
    sum_1 += exp_0;
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    let own_x_1 = vec4<f32>(x_2.x, x_2.z, x_3.x, x_3.z);
    let exp_1 = exp_of_4((own_x_1 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += select(vec4<f32>(), exp_1 * own_x_1, inside);
    sum_1 += select(vec4<f32>(), exp_1, inside);
  }
  {
    let own_x_2 = vec4<f32>(x_0.y, x_0.w, x_1.y, x_1.w);
    let exp_2 = exp_of_4((own_x_2 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += exp_2 * own_x_2;
    sum_1 += exp_2;
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    let own_x_3 = vec4<f32>(x_2.y, x_2.w, x_3.y, x_3.w);
    let exp_3 = exp_of_4((own_x_3 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += select(vec4<f32>(), exp_3 * own_x_3, inside);
    sum_1 += select(vec4<f32>(), exp_3, inside);
  }
  let result_0 = sum_0 / sum_1;
  to_y[window] = result_0.x;
  if (at_h + 1 < call.output_h) {
    to_y[window + call.output_w] = result_0.y;
  }
  if (at_h + 2 < call.output_h) {
    to_y[window + 2 * call.output_w] = result_0.z;
  }
  if (at_h + 3 < call.output_h) {
    to_y[window + 3 * call.output_w] = result_0.w;
  }
}

// soft-train: one invocation per four windows along h
struct Call {
  invocations: u32,
  vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
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
  let number = i32(invocation);
  let at_w = number % call.output_w;
  let above_at_w = number / call.output_w;
  let vector = above_at_w % call.vectors;
  let plane_number = above_at_w / call.vectors;
  let at_h = vector * 4;
  let base = plane_number * (call.input_h * call.input_w);
  let window = plane_number * (call.output_h * call.output_w) + at_h * call.output_w + at_w;
  let start_h = at_h * 2;
  let start_w = at_w * 2;
  let starts_h = start_h + vec4<i32>(0, 2, 4, 6);
  let x_0 = vec4<f32>(in_x[base + start_h * call.input_w + start_w], in_x[base + start_h * call.input_w + start_w + call.input_w], in_x[base + start_h * call.input_w + start_w + 2 * call.input_w], in_x[base + start_h * call.input_w + start_w + 3 * call.input_w]);
  let x_1 = vec4<f32>(in_x[base + start_h * call.input_w + start_w + 4 * call.input_w], in_x[base + start_h * call.input_w + start_w + 5 * call.input_w], in_x[base + start_h * call.input_w + start_w + 6 * call.input_w], in_x[base + start_h * call.input_w + start_w + 7 * call.input_w]);
  let x_2 = vec4<f32>(in_x[base + start_h * call.input_w + start_w + 1], in_x[base + start_h * call.input_w + start_w + 1 + call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 2 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 3 * call.input_w]);
  let x_3 = vec4<f32>(in_x[base + start_h * call.input_w + start_w + 1 + 4 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 5 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 6 * call.input_w], in_x[base + start_h * call.input_w + start_w + 1 + 7 * call.input_w]);
  var max_0_rank = vec4<i32>(-2139095041);
  let item_0 = rank_of_4(x_0);
  let item_1 = rank_of_4(x_1);
  let item_2 = rank_of_4(x_2);
  let item_3 = rank_of_4(x_3);
  {
    max_0_rank = max(max_0_rank, vec4<i32>(item_0.x, item_0.z, item_1.x, item_1.z));
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    max_0_rank = max(max_0_rank, select(vec4<i32>(-2139095041), vec4<i32>(item_2.x, item_2.z, item_3.x, item_3.z), inside));
  }
  {
    max_0_rank = max(max_0_rank, vec4<i32>(item_0.y, item_0.w, item_1.y, item_1.w));
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    max_0_rank = max(max_0_rank, select(vec4<i32>(-2139095041), vec4<i32>(item_2.y, item_2.w, item_3.y, item_3.w), inside));
  }
  let max_0 = of_rank_4(max_0_rank);
  var sum_0 = vec4<f32>(0.0);
  var sum_1 = vec4<f32>(0.0);
  {
    let own_x_0 = vec4<f32>(x_0.x, x_0.z, x_1.x, x_1.z);
    let exp_0 = exp_of_4((own_x_0 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += exp_0 * own_x_0;
    sum_1 += exp_0;
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    let own_x_1 = vec4<f32>(x_2.x, x_2.z, x_3.x, x_3.z);
    let exp_1 = exp_of_4((own_x_1 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += select(vec4<f32>(), exp_1 * own_x_1, inside);
    sum_1 += select(vec4<f32>(), exp_1, inside);
  }
  {
    let own_x_2 = vec4<f32>(x_0.y, x_0.w, x_1.y, x_1.w);
    let exp_2 = exp_of_4((own_x_2 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += exp_2 * own_x_2;
    sum_1 += exp_2;
  }
  {
    let inside = vec4<bool>(start_w + 1 < call.input_w);
    let own_x_3 = vec4<f32>(x_2.y, x_2.w, x_3.y, x_3.w);
    let exp_3 = exp_of_4((own_x_3 - max_0) * vec4<f32>(call.scalar_temperature));
    sum_0 += select(vec4<f32>(), exp_3 * own_x_3, inside);
    sum_1 += select(vec4<f32>(), exp_3, inside);
  }
  let result_0 = sum_0 / sum_1;
  to_y[window] = result_0.x;
  to_saved_0[window] = sum_1.x;
  to_saved_1[window] = max_0.x;
  if (at_h + 1 < call.output_h) {
    to_y[window + call.output_w] = result_0.y;
    to_saved_0[window + call.output_w] = sum_1.y;
    to_saved_1[window + call.output_w] = max_0.y;
  }
  if (at_h + 2 < call.output_h) {
    to_y[window + 2 * call.output_w] = result_0.z;
    to_saved_0[window + 2 * call.output_w] = sum_1.z;
    to_saved_1[window + 2 * call.output_w] = max_0.z;
  }
  if (at_h + 3 < call.output_h) {
    to_y[window + 3 * call.output_w] = result_0.w;
    to_saved_0[window + 3 * call.output_w] = sum_1.w;
    to_saved_1[window + 3 * call.output_w] = max_0.w;
  }
}

// soft-grad-x: one invocation per four elements of the input along h
struct Call {
  invocations: u32,
  vectors: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
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
  let number = i32(invocation);
  let w = number % call.input_w;
  let above_w = number / call.input_w;
  let vector = above_w % call.vectors;
  let plane_number = above_w / call.vectors;
  let h = vector * 4;
  let first = h * call.input_w + w;
  let offset = plane_number * (call.input_h * call.input_w) + first;
  let x_0 = vec4<f32>(in_x[offset], in_x[offset + call.input_w], in_x[offset + 2 * call.input_w], in_x[offset + 3 * call.input_w]);
  var total = vec4<f32>();
  let base = plane_number * (call.output_h * call.output_w);
  let first_w = max(0, w / 2);
  let last_w = min(call.output_w - 1, w / 2);
  let nearest = vector * 2;
  {
    let at_h = nearest + vec4<i32>(0, 0, 1, 1);
    let starts_h = at_h * 2;
    let tap_h = vec4<i32>(0, 1, 0, 1);
    for (var at_w = first_w; at_w <= last_w; at_w++) {
      let start_w = at_w * 2;
      let tap_w = w - start_w;
      let dy_y_0 = vec4<f32>(in_dy_y[base + nearest * call.output_w + at_w], in_dy_y[base + nearest * call.output_w + at_w + call.output_w], in_dy_y[base + nearest * call.output_w + at_w + call.output_w], in_dy_y[base + nearest * call.output_w + at_w + call.output_w]);
      let saved_0_0 = vec4<f32>(in_saved_0[base + nearest * call.output_w + at_w], in_saved_0[base + nearest * call.output_w + at_w + call.output_w], in_saved_0[base + nearest * call.output_w + at_w + call.output_w], in_saved_0[base + nearest * call.output_w + at_w + call.output_w]);
      let saved_1_0 = vec4<f32>(in_saved_1[base + nearest * call.output_w + at_w], in_saved_1[base + nearest * call.output_w + at_w + call.output_w], in_saved_1[base + nearest * call.output_w + at_w + call.output_w], in_saved_1[base + nearest * call.output_w + at_w + call.output_w]);
      let out_y_0 = vec4<f32>(in_out_y[base + nearest * call.output_w + at_w], in_out_y[base + nearest * call.output_w + at_w + call.output_w], in_out_y[base + nearest * call.output_w + at_w + call.output_w], in_out_y[base + nearest * call.output_w + at_w + call.output_w]);
      let its_0 = dy_y_0.xxyy;
      let its_1 = saved_0_0.xxyy;
      let its_2 = saved_1_0.xxyy;
      let its_3 = out_y_0.xxyy;
      let div_0 = its_0 / its_1;
      let exp_0 = exp_of_4((x_0 - its_2) * vec4<f32>(call.scalar_temperature));
      total += select(vec4<f32>(), (div_0 * exp_0) + ((((-(div_0 * its_3)) + (div_0 * x_0)) * exp_0) * vec4<f32>(call.scalar_temperature)), (at_h < vec4<i32>(call.output_h)));
    }
  }
  to_gradient[offset] = total.x;
  if (h + 1 < call.input_h) {
    to_gradient[offset + call.input_w] = total.y;
  }
  if (h + 2 < call.input_h) {
    to_gradient[offset + 2 * call.input_w] = total.z;
  }
  if (h + 3 < call.input_h) {
    to_gradient[offset + 3 * call.input_w] = total.w;
  }
}
