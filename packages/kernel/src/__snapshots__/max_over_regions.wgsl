// max: one invocation per window
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  sources: i32,
  starts_h: i32,
  starts_w: i32,
  counts_h: i32,
  counts_w: i32,
  infinity: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> in_x: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_y: array<f32>;
@group(0) @binding(4) var<storage, read_write> to_indices: array<i32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}

// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) | ((a > b) & !is_nan(b));
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
  let window = i32(invocation);
  let at_w = window % call.output_w;
  let above_at_w = window / call.output_w;
  let at_h = above_at_w % call.output_h;
  let above_at_h = above_at_w / call.output_h;
  let channel = above_at_h % call.channels;
  let item = above_at_h / call.channels;
  let source = tables[call.sources + item];
  let base = (source * call.channels + channel) * (call.input_h * call.input_w);
  let group_of_tables = call.first_item + item;
  let row_h = group_of_tables * call.output_h + at_h;
  let start_h = tables[call.starts_h + row_h];
  let to_h = tables[call.counts_h + row_h];
  let row_w = group_of_tables * call.output_w + at_w;
  let start_w = tables[call.starts_w + row_w];
  let to_w = tables[call.counts_w + row_w];
  var max_0 = -call.infinity;
  var max_0_at = -1;
  for (var tap_h = 0; tap_h < to_h; tap_h++) {
    for (var tap_w = 0; tap_w < to_w; tap_w++) {
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
  }
  to_y[window] = max_0;
  to_indices[window] = max_0_at;
}

// max-grad-x: one invocation per element of the input
struct Call {
  invocations: u32,
  first_item: i32,
  channels: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  reader_starts: i32,
  readers: i32,
  starts_h: i32,
  starts_w: i32,
  counts_h: i32,
  counts_w: i32,
  firsts_h: i32,
  firsts_w: i32,
  lasts_h: i32,
  lasts_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> tables: array<i32>;
@group(0) @binding(2) var<storage, read> in_out_indices: array<i32>;
@group(0) @binding(3) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(4) var<storage, read_write> to_gradient: array<f32>;

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
  let offset = i32(invocation);
  let w = offset % call.input_w;
  let above_w = offset / call.input_w;
  let h = above_w % call.input_h;
  let above_h = above_w / call.input_h;
  let channel = above_h % call.channels;
  let item = above_h / call.channels;
  let position = h * call.input_w + w;
  var total = 0.0;
  let readers = call.reader_starts + item;
  for (var turn = tables[readers]; turn < tables[readers + 1]; turn++) {
    let reader = tables[call.readers + turn];
    let group_of_tables = call.first_item + reader;
    let base = (reader * call.channels + channel) * (call.output_h * call.output_w);
    let cover_h = group_of_tables * call.input_h + h;
    let first_h = tables[call.firsts_h + cover_h];
    let last_h = tables[call.lasts_h + cover_h];
    let cover_w = group_of_tables * call.input_w + w;
    let first_w = tables[call.firsts_w + cover_w];
    let last_w = tables[call.lasts_w + cover_w];
    for (var at_h = first_h; at_h <= last_h; at_h++) {
      let row_h = group_of_tables * call.output_h + at_h;
      let start_h = tables[call.starts_h + row_h];
      let tap_h = h - start_h;
      if (tap_h >= tables[call.counts_h + row_h]) {
        continue;
      }
      for (var at_w = first_w; at_w <= last_w; at_w++) {
        let row_w = group_of_tables * call.output_w + at_w;
        let start_w = tables[call.starts_w + row_w];
        let tap_w = w - start_w;
        if (tap_w >= tables[call.counts_w + row_w]) {
          continue;
        }
        let window = base + at_h * call.output_w + at_w;
        let out_indices_value = in_out_indices[window];
        let dy_y_value = in_dy_y[window];
        total += select(0.0, dy_y_value, position == out_indices_value);
      }
    }
  }
  to_gradient[offset] = total;
}
