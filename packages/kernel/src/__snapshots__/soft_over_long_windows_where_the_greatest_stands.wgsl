// soft: 64 invocations per window
struct Call {
  workgroups: u32,
  windows: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  infinity: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_indices: array<i32>;
var<workgroup> each_max_0: array<f32, 64>;
var<workgroup> each_max_0_at: array<i32, 64>;
var<workgroup> each_sum_0: array<f32, 64>;
var<workgroup> each_sum_1: array<f32, 64>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) | ((a > b) & !is_nan(b));
}

// Whether a, at i, takes the place of b, at j, in a maximum of elements in any
// order: of equal ones the first wins, of NaN the last, and −1 is no element.
fn wins_maximum(a: f32, i: i32, b: f32, j: i32) -> bool {
  let is_number = !(is_nan(a) | is_nan(b));
  let is_first = (a > b) | ((a == b) & (i < j));
  let is_last = is_nan(a) & ((i > j) | !is_nan(b));
  return select(select(is_last, is_first, is_number), j < i, (i < 0) | (j < 0));
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
  let start_h = at_h * 32 - 1;
  let from_h = max(0, -start_h);
  let to_h = min(32, call.input_h - start_h);
  let start_w = at_w * 20 - 1;
  let from_w = max(0, -start_w);
  let to_w = min(20, call.input_w - start_w);
  let length_h = max(0, to_h - from_h);
  let length_w = max(0, to_w - from_w);
  let elements = length_h * length_w;
  let begin = i32(member);
  let end = elements;
  var max_0 = -call.infinity;
  var max_0_at = -1;
  for (var element = begin; element < end; element += 64) {
    let tap_w = from_w + element % length_w;
    let rows_of_w = element / length_w;
    let tap_h = from_h + rows_of_w;
    let h = start_h + tap_h;
    let w = start_w + tap_w;
    let position = h * call.input_w + w;
    let offset = base + position;
    let x_value = in_x[offset];
    if (max_0_at < 0 || is_greater(x_value, max_0)) {
      max_0 = x_value;
      max_0_at = position;
    }
  }
  each_max_0[lane] = max_0;
  each_max_0_at[lane] = max_0_at;
  for (var others = 32u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      if (wins_maximum(each_max_0[lane + others], each_max_0_at[lane + others], max_0, max_0_at)) {
        max_0 = each_max_0[lane + others];
        max_0_at = each_max_0_at[lane + others];
      }
      each_max_0[lane] = max_0;
      each_max_0_at[lane] = max_0_at;
    }
  }
  workgroupBarrier();
  max_0 = each_max_0[0];
  max_0_at = each_max_0_at[0];
  var sum_0 = 0.0;
  var sum_1 = 0.0;
  for (var element = begin; element < end; element += 64) {
    let tap_w = from_w + element % length_w;
    let rows_of_w = element / length_w;
    let tap_h = from_h + rows_of_w;
    let h = start_h + tap_h;
    let w = start_w + tap_w;
    let position = h * call.input_w + w;
    let offset = base + position;
    let x_value = in_x[offset];
    let exp_0 = exp_of(x_value - max_0);
    sum_0 += exp_0 * x_value;
    sum_1 += exp_0;
  }
  each_sum_0[lane] = sum_0;
  each_sum_1[lane] = sum_1;
  for (var others = 32u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      sum_0 += each_sum_0[lane + others];
      sum_1 += each_sum_1[lane + others];
      each_sum_0[lane] = sum_0;
      each_sum_1[lane] = sum_1;
    }
  }
  workgroupBarrier();
  sum_0 = each_sum_0[0];
  sum_1 = each_sum_1[0];
  if (member == 0u && own_window < call.windows) {
    to_y[window] = sum_0 / sum_1;
    to_indices[window] = max_0_at;
  }
}
