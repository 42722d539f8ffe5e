// average: 16 invocations per window
struct Call {
  workgroups: u32,
  windows: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;
var<workgroup> each_sum_0: array<f32, 64>;

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
  let member = lane % 16u;
  let own_window = i32(workgroup * 4u + lane / 16u);
  let window = min(own_window, call.windows - 1);
  let at_w = window % call.output_w;
  let above_at_w = window / call.output_w;
  let at_h = above_at_w % call.output_h;
  let plane_number = above_at_w / call.output_h;
  let base = plane_number * (call.input_h * call.input_w);
  let start_h = at_h * 7;
  let to_h = min(7, call.input_h - start_h);
  let start_w = at_w * 7;
  let to_w = min(7, call.input_w - start_w);
  let padded_count = f32(min(7, call.input_h - start_h) * min(7, call.input_w - start_w));
  let length_h = max(0, to_h);
  let length_w = max(0, to_w);
  let elements = length_h * length_w;
  let run = start_h * call.input_w;
  let begin = i32(member);
  let end = elements;
  var sum_0 = 0.0;
  for (var element = begin; element < end; element += 16) {
    let position = run + element;
    let offset = base + position;
    let x_value = in_x[offset];
    sum_0 += x_value;
  }
  each_sum_0[lane] = sum_0;
  for (var others = 8u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      sum_0 += each_sum_0[lane + others];
      each_sum_0[lane] = sum_0;
    }
  }
  workgroupBarrier();
  sum_0 = each_sum_0[lane - member];
  if (member == 0u && own_window < call.windows) {
    to_y[window] = sum_0 / max(padded_count, 1.0);
  }
}
