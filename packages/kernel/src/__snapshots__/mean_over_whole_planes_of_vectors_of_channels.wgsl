// average: 8 invocations per four channels of a window, of each of 16 workgroups, shader 1
struct Call {
  workgroups: u32,
  channel_vectors: i32,
  windows: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read_write> found: array<u32>;
@group(0) @binding(2) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> to_y: array<vec4<f32>>;
var<workgroup> each_sum_0: array<vec4<f32>, 64>;

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
  let member = lane / 8u;
  let own_window = i32((workgroup / 16u) * 8u + lane % 8u);
  let window = min(own_window, call.windows - 1);
  let channel = window % call.channel_vectors;
  let above_channel = window / call.channel_vectors;
  let at_w = above_channel % call.output_w;
  let above_at_w = above_channel / call.output_w;
  let at_h = above_at_w % call.output_h;
  let item = above_at_w / call.output_h;
  let base = item * (call.input_h * call.input_w) * call.channel_vectors + channel;
  let start_h = at_h * 56;
  let to_h = min(56, call.input_h - start_h);
  let start_w = at_w * 56;
  let to_w = min(56, call.input_w - start_w);
  let padded_count = f32(min(56, call.input_h - start_h) * min(56, call.input_w - start_w));
  let length_h = max(0, to_h);
  let length_w = max(0, to_w);
  let elements = length_h * length_w;
  let run = start_h * call.input_w;
  let share = (elements + 127) / 128 * 8;
  let part = i32(workgroup % 16u);
  let begin = part * share + i32(member);
  let end = min(elements, (part + 1) * share);
  var sum_0 = vec4<f32>(0.0);
  for (var element = begin; element < end; element += 8) {
    let position = run + element;
    let offset = base + position * call.channel_vectors;
    let x_value = in_x[offset];
    sum_0 += x_value;
  }
  each_sum_0[lane] = sum_0;
  for (var others = 4u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      sum_0 += each_sum_0[lane + others * 8u];
      each_sum_0[lane] = sum_0;
    }
  }
  workgroupBarrier();
  sum_0 = each_sum_0[lane - (member * 8u)];
  if (member == 0u && own_window < call.windows) {
    let bits_of_sum_0 = bitcast<vec4<u32>>(sum_0);
    found[(window * 16 + part) * 4 + 0] = bits_of_sum_0.x;
    found[(window * 16 + part) * 4 + 1] = bits_of_sum_0.y;
    found[(window * 16 + part) * 4 + 2] = bits_of_sum_0.z;
    found[(window * 16 + part) * 4 + 3] = bits_of_sum_0.w;
  }
}

// average: 8 invocations per four channels of a window, of each of 16 workgroups, shader 2
struct Call {
  workgroups: u32,
  channel_vectors: i32,
  windows: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read_write> found: array<u32>;
@group(0) @binding(2) var<storage, read> in_x: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> to_y: array<vec4<f32>>;
var<workgroup> each_sum_0: array<vec4<f32>, 64>;

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
  let member = lane / 8u;
  let own_window = i32(workgroup * 8u + lane % 8u);
  let window = min(own_window, call.windows - 1);
  let channel = window % call.channel_vectors;
  let above_channel = window / call.channel_vectors;
  let at_w = above_channel % call.output_w;
  let above_at_w = above_channel / call.output_w;
  let at_h = above_at_w % call.output_h;
  let item = above_at_w / call.output_h;
  let base = item * (call.input_h * call.input_w) * call.channel_vectors + channel;
  let start_h = at_h * 56;
  let to_h = min(56, call.input_h - start_h);
  let start_w = at_w * 56;
  let to_w = min(56, call.input_w - start_w);
  let padded_count = f32(min(56, call.input_h - start_h) * min(56, call.input_w - start_w));
  let length_h = max(0, to_h);
  let length_w = max(0, to_w);
  let elements = length_h * length_w;
  let run = start_h * call.input_w;
  let begin = i32(member);
  let end = elements;
  var sum_0 = vec4<f32>(0.0);
  for (var other = i32(member); other < 16; other += 8) {
    let other_sum_0 = bitcast<vec4<f32>>(vec4<u32>(found[(window * 16 + other) * 4 + 0], found[(window * 16 + other) * 4 + 1], found[(window * 16 + other) * 4 + 2], found[(window * 16 + other) * 4 + 3]));
    sum_0 += other_sum_0;
  }
  each_sum_0[lane] = sum_0;
  for (var others = 4u; others > 0u; others /= 2u) {
    workgroupBarrier();
    if (member < others) {
      sum_0 += each_sum_0[lane + others * 8u];
      each_sum_0[lane] = sum_0;
    }
  }
  workgroupBarrier();
  sum_0 = each_sum_0[lane - (member * 8u)];
  if (member == 0u && own_window < call.windows) {
    to_y[window] = sum_0 / max(vec4<f32>(padded_count), vec4<f32>(1.0));
  }
}
