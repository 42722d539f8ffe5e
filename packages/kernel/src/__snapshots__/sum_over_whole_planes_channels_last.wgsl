// average: 4 invocations per window, of each of 16 workgroups, shader 1
struct Call {
  workgroups: u32,
  channels: i32,
  windows: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  starts_h: i32,
  starts_w: i32,
  counts_h: i32,
  counts_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read_write> found: array<u32>;
@group(0) @binding(3) var<storage, read> in_x: array<f32>;
@group(0) @binding(4) var<storage, read_write> to_y: array<f32>;
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
  let member = lane / 16u;
  let own_window = i32((workgroup / 16u) * 16u + lane % 16u);
  let window = min(own_window, call.windows - 1);
  let channel = window % call.channels;
  let above_channel = window / call.channels;
  let at_w = above_channel % call.output_w;
  let above_at_w = above_channel / call.output_w;
  let at_h = above_at_w % call.output_h;
  let item = above_at_w / call.output_h;
  let base = item * (call.input_h * call.input_w) * call.channels + channel;
  let row_h = at_h;
  let start_h = tables[call.starts_h + row_h];
  let to_h = tables[call.counts_h + row_h];
  let row_w = at_w;
  let start_w = tables[call.starts_w + row_w];
  let to_w = tables[call.counts_w + row_w];
  let padded_count = f32(to_h * to_w);
  let length_h = max(0, to_h);
  let length_w = max(0, to_w);
  let elements = length_h * length_w;
  let run = start_h * call.input_w;
  let share = (elements + 63) / 64 * 4;
  let part = i32(workgroup % 16u);
  let begin = part * share + i32(member);
  let end = min(elements, (part + 1) * share);
  var sum_0 = 0.0;
  for (var element = begin; element < end; element += 4) {
    let position = run + element;
    let offset = base + position * call.channels;
    let x_value = in_x[offset];
    sum_0 += x_value;
  }
  each_sum_0[lane] = sum_0;
  for (var others = 2u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      sum_0 += each_sum_0[lane + others * 16u];
      each_sum_0[lane] = sum_0;
    }
  }
  workgroupBarrier();
  sum_0 = each_sum_0[lane - (member * 16u)];
  if (member == 0u && own_window < call.windows) {
    found[window * 16 + part] = bitcast<u32>(sum_0);
  }
}
