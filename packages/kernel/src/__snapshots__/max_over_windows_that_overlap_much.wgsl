// max: one workgroup per 20 × 20 windows
struct Call {
  workgroups: u32,
  tiles_h: i32,
  tiles_w: i32,
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
var<workgroup> items_0: array<f32, 784>;
var<workgroup> strip_0_0: array<f32, 560>;
var<workgroup> strip_0_1: array<i32, 560>;

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
  let tile_w = (i32(workgroup) % call.tiles_w) * 20;
  let above_w = i32(workgroup) / call.tiles_w;
  let tile_h = (above_w % call.tiles_h) * 20;
  let plane_number = above_w / call.tiles_h;
  let base = plane_number * (call.input_h * call.input_w);
  let corner_h = tile_h - 4;
  let corner_w = tile_w - 4;
  for (var cell = i32(lane); cell < 784; cell += 64) {
    let row = cell / 28;
    let column = cell % 28;
    let h = corner_h + row;
    let w = corner_w + column;
    if (h >= 0 && h < call.input_h && w >= 0 && w < call.input_w) {
      let offset = base + h * call.input_w + w;
      let x_0 = in_x[offset];
      items_0[cell] = x_0;
    }
  }
  workgroupBarrier();
  for (var strip = i32(lane); strip < 560; strip += 64) {
    let row = strip / 20;
    let column = strip % 20;
    let at_w = tile_w + column;
    let start_w = at_w - 4;
    let from_w = max(0, -start_w);
    let to_w = min(9, call.input_w - start_w);
    var max_0 = -call.infinity;
    var max_0_at = -1;
    for (var tap_w = from_w; tap_w < to_w; tap_w++) {
      let cell = row * 28 + column + tap_w;
      let position = (corner_h + row) * call.input_w + start_w + tap_w;
      let item_0 = items_0[cell];
      if (max_0_at < 0 || is_greater(item_0, max_0)) {
        max_0 = item_0;
        max_0_at = position;
      }
    }
    strip_0_0[strip] = max_0;
    strip_0_1[strip] = max_0_at;
  }
  workgroupBarrier();
  for (var result = i32(lane); result < 400; result += 64) {
    let row = result / 20;
    let column = result % 20;
    let at_h = tile_h + row;
    let at_w = tile_w + column;
    if (at_h >= call.output_h || at_w >= call.output_w) {
      continue;
    }
    let window_base = plane_number * (call.output_h * call.output_w);
    let window = window_base + at_h * call.output_w + at_w;
    let start_h = at_h - 4;
    let from_h = max(0, -start_h);
    let to_h = min(9, call.input_h - start_h);
    let start_w = at_w - 4;
    let from_w = max(0, -start_w);
    let to_w = min(9, call.input_w - start_w);
    var max_1 = -call.infinity;
    var max_1_at = -1;
    for (var tap_h = from_h; tap_h < to_h; tap_h++) {
      let strip = (row + tap_h) * 20 + column;
      if (wins_maximum(strip_0_0[strip], strip_0_1[strip], max_1, max_1_at)) {
        max_1 = strip_0_0[strip];
        max_1_at = strip_0_1[strip];
      }
    }
    to_y[window] = max_1;
    to_indices[window] = max_1_at;
  }
}

// max-grad-x: one workgroup per 20 × 20 elements of the input
struct Call {
  workgroups: u32,
  tiles_h: i32,
  tiles_w: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_out_indices: array<i32>;
@group(0) @binding(2) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_gradient: array<f32>;
var<workgroup> tile_0: array<i32, 784>;
var<workgroup> tile_1: array<f32, 784>;

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
  let tile_w = (i32(workgroup) % call.tiles_w) * 20;
  let above_w = i32(workgroup) / call.tiles_w;
  let tile_h = (above_w % call.tiles_h) * 20;
  let plane_number = above_w / call.tiles_h;
  let base = plane_number * (call.output_h * call.output_w);
  let corner_h = max(0, (tile_h - 4));
  let corner_w = max(0, (tile_w - 4));
  for (var cell = i32(lane); cell < 784; cell += 64) {
    let row = cell / 28;
    let column = cell % 28;
    let at_h = corner_h + row;
    let at_w = corner_w + column;
    if (at_h >= call.output_h || at_w >= call.output_w) {
      continue;
    }
    let window = base + at_h * call.output_w + at_w;
    let start_h = at_h - 4;
    let from_h = max(0, -start_h);
    let to_h = min(9, call.input_h - start_h);
    let start_w = at_w - 4;
    let from_w = max(0, -start_w);
    let to_w = min(9, call.input_w - start_w);
    let out_indices_value = in_out_indices[window];
    tile_0[cell] = out_indices_value;
    let dy_y_value = in_dy_y[window];
    tile_1[cell] = dy_y_value;
  }
  workgroupBarrier();
  for (var result = i32(lane); result < 400; result += 64) {
    let row = result / 20;
    let column = result % 20;
    let h = tile_h + row;
    let w = tile_w + column;
    if (h >= call.input_h || w >= call.input_w) {
      continue;
    }
    let position = h * call.input_w + w;
    let input_base = plane_number * (call.input_h * call.input_w);
    let offset = input_base + position;
    var total = 0.0;
    let first_h = max(0, (h - 4));
    let last_h = min(call.output_h - 1, (h + 4));
    let first_w = max(0, (w - 4));
    let last_w = min(call.output_w - 1, (w + 4));
    for (var at_h = first_h; at_h <= last_h; at_h++) {
      let start_h = at_h - 4;
      let tap_h = h - start_h;
      for (var at_w = first_w; at_w <= last_w; at_w++) {
        let start_w = at_w - 4;
        let tap_w = w - start_w;
        let cell = (at_h - corner_h) * 28 + (at_w - corner_w);
        let its_0 = tile_0[cell];
        let its_1 = tile_1[cell];
        total += select(0.0, its_1, position == its_0);
      }
    }
    to_gradient[offset] = total;
  }
}
