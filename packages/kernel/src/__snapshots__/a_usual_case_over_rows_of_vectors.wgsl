// usual: one invocation per four windows along w
struct Call {
  invocations: u32,
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
  let vector = number % call.vectors;
  let above_vector = number / call.vectors;
  let at_h = above_vector % call.output_h;
  let plane_number = above_vector / call.output_h;
  let at_w = vector * 4;
  let base = plane_number * (call.input_h * call.input_w);
  let window = plane_number * (call.output_h * call.output_w) + at_h * call.output_w + at_w;
  let start_h = at_h * 2;
  let start_w = at_w * 2;
  let starts_w = start_w + vec4<i32>(0, 2, 4, 6);
  let to_h = min(2, call.input_h - start_h);
  var usual_0: vec4<f32>;
  var is_usual: vec4<bool>;
  {
    var sum_0 = vec4<f32>(0.0);
    var max_0_rank = vec4<i32>(-2139095041);
    for (var tap_h = 0; tap_h < to_h; tap_h++) {
      let h = start_h + tap_h;
      let x_0 = in_x[(base + h * call.input_w) / 4 + vector * 2];
      let x_1 = in_x[(base + h * call.input_w) / 4 + vector * 2 + 1];
      let item_0 = exp_of_4(x_0);
      let item_1 = exp_of_4(x_1);
      let item_2 = rank_of_4(x_0);
      let item_3 = rank_of_4(x_1);
      {
        sum_0 += vec4<f32>(item_0.x, item_0.z, item_1.x, item_1.z);
        max_0_rank = max(max_0_rank, vec4<i32>(item_2.x, item_2.z, item_3.x, item_3.z));
      }
      {
        sum_0 += vec4<f32>(item_0.y, item_0.w, item_1.y, item_1.w);
        max_0_rank = max(max_0_rank, vec4<i32>(item_2.y, item_2.w, item_3.y, item_3.w));
      }
    }
    let max_0 = of_rank_4(max_0_rank);
    usual_0 = sum_0;
    let lt_0 = max_0 < vec4<f32>(9.0);
    is_usual = lt_0;
  }
  if (all(is_usual)) {
    to_y[window / 4] = usual_0;
    return;
  }
  var max_1_rank = vec4<i32>(-2139095041);
  for (var tap_h = 0; tap_h < to_h; tap_h++) {
    let h = start_h + tap_h;
    let x_2 = in_x[(base + h * call.input_w) / 4 + vector * 2];
    let x_3 = in_x[(base + h * call.input_w) / 4 + vector * 2 + 1];
    let item_4 = rank_of_4(x_2);
    let item_5 = rank_of_4(x_3);
    {
      max_1_rank = max(max_1_rank, vec4<i32>(item_4.x, item_4.z, item_5.x, item_5.z));
    }
    {
      max_1_rank = max(max_1_rank, vec4<i32>(item_4.y, item_4.w, item_5.y, item_5.w));
    }
  }
  let max_1 = of_rank_4(max_1_rank);
  let lt_1 = max_1 < vec4<f32>(9.0);
  var sum_1 = vec4<f32>(0.0);
  for (var tap_h = 0; tap_h < to_h; tap_h++) {
    let h = start_h + tap_h;
    let x_4 = in_x[(base + h * call.input_w) / 4 + vector * 2];
    let x_5 = in_x[(base + h * call.input_w) / 4 + vector * 2 + 1];
    {
      let own_x_0 = vec4<f32>(x_4.x, x_4.z, x_5.x, x_5.z);
      sum_1 += exp_of_4(select(own_x_0 - max_1, own_x_0, lt_1));
    }
    {
      let own_x_1 = vec4<f32>(x_4.y, x_4.w, x_5.y, x_5.w);
      sum_1 += exp_of_4(select(own_x_1 - max_1, own_x_1, lt_1));
    }
  }
  to_y[window / 4] = select(sum_1, usual_0, is_usual);
}
