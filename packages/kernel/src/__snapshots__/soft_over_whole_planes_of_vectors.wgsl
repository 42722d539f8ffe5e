// soft: 64 invocations per window
struct Call {
  workgroups: u32,
  windows: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;
var<workgroup> each_max_1_rank: array<i32, 64>;
var<workgroup> each_sum_2: array<f32, 64>;
var<workgroup> each_sum_3: array<f32, 64>;

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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let workgroup = group.y * groups.x + group.x;
  if (workgroup >= call.workgroups) {
    return;
  }
  let member = lane;
  let own_window = i32(workgroup);
  let window = min(own_window, call.windows - 1);
  let at_w = window % call.output_w;
  let above_at_w = window / call.output_w;
  let at_h = above_at_w % call.output_h;
  let plane_number = above_at_w / call.output_h;
  let base = plane_number * (call.input_h * call.input_w);
  let start_h = at_h * 56;
  let to_h = min(56, call.input_h - start_h);
  let start_w = at_w * 56;
  let to_w = min(56, call.input_w - start_w);
  let length_h = max(0, to_h);
  let length_w = max(0, to_w);
  let elements = length_h * length_w;
  let run = start_h * call.input_w;
  let begin = i32(member) * 4;
  let end = elements;
  var max_0_rank = vec4<i32>(-2139095041);
  for (var element = begin; element < end; element += 256) {
    let position = run + element + vec4<i32>(0, 1, 2, 3);
    let offset = (base + run + element) / 4;
    let x_value = in_x[offset];
    max_0_rank = max(max_0_rank, rank_of_4(x_value));
  }
  var max_1_rank = -2139095041;
  max_1_rank = max(max_1_rank, max_0_rank.x);
  max_1_rank = max(max_1_rank, max_0_rank.y);
  max_1_rank = max(max_1_rank, max_0_rank.z);
  max_1_rank = max(max_1_rank, max_0_rank.w);
  each_max_1_rank[lane] = max_1_rank;
  for (var others = 32u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      max_1_rank = max(max_1_rank, each_max_1_rank[lane + others]);
      each_max_1_rank[lane] = max_1_rank;
    }
  }
  workgroupBarrier();
  max_1_rank = each_max_1_rank[0];
  let max_1 = of_rank(max_1_rank);
  var sum_0 = vec4<f32>(0.0);
  var sum_1 = vec4<f32>(0.0);
  for (var element = begin; element < end; element += 256) {
    let position = run + element + vec4<i32>(0, 1, 2, 3);
    let offset = (base + run + element) / 4;
    let x_value = in_x[offset];
    let exp_0 = exp_of_4((x_value - vec4<f32>(max_1)) * vec4<f32>(call.scalar_temperature));
    sum_0 += exp_0 * x_value;
    sum_1 += exp_0;
  }
  var sum_2 = 0.0;
  var sum_3 = 0.0;
  sum_2 += sum_0.x;
  sum_2 += sum_0.y;
  sum_2 += sum_0.z;
  sum_2 += sum_0.w;
  sum_3 += sum_1.x;
  sum_3 += sum_1.y;
  sum_3 += sum_1.z;
  sum_3 += sum_1.w;
  each_sum_2[lane] = sum_2;
  each_sum_3[lane] = sum_3;
  for (var others = 32u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      sum_2 += each_sum_2[lane + others];
      sum_3 += each_sum_3[lane + others];
      each_sum_2[lane] = sum_2;
      each_sum_3[lane] = sum_3;
    }
  }
  workgroupBarrier();
  sum_2 = each_sum_2[0];
  sum_3 = each_sum_3[0];
  if (member == 0u && own_window < call.windows) {
    to_y[window] = sum_2 / sum_3;
  }
}
