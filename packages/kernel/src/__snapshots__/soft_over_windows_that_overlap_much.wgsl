// soft: one workgroup per 16 × 16 windows
struct Call {
  workgroups: u32,
  tiles_h: i32,
  tiles_w: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_x: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_y: array<f32>;
var<workgroup> cells_of_x: array<f32, 400>;
var<workgroup> items_0: array<i32, 400>;
var<workgroup> strip_0_0: array<i32, 320>;

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
  let tile_w = (i32(workgroup) % call.tiles_w) * 16;
  let above_w = i32(workgroup) / call.tiles_w;
  let tile_h = (above_w % call.tiles_h) * 16;
  let plane_number = above_w / call.tiles_h;
  let base = plane_number * (call.input_h * call.input_w);
  let corner_h = tile_h;
  let corner_w = tile_w;
  for (var cell = i32(lane); cell < 400; cell += 64) {
    let row = cell / 20;
    let column = cell % 20;
    let h = corner_h + row;
    let w = corner_w + column;
    if (h >= 0 && h < call.input_h && w >= 0 && w < call.input_w) {
      let offset = base + h * call.input_w + w;
      let x_0 = in_x[offset];
      cells_of_x[cell] = x_0;
      items_0[cell] = rank_of(x_0);
    }
  }
  workgroupBarrier();
  for (var strip = i32(lane); strip < 320; strip += 64) {
    let row = strip / 16;
    let column = strip % 16;
    let at_w = tile_w + column;
    let start_w = at_w;
    let to_w = min(5, call.input_w - start_w);
    var max_0_rank = -2139095041;
    for (var tap_w = 0; tap_w < to_w; tap_w++) {
      let cell = row * 20 + column + tap_w;
      let item_0 = items_0[cell];
      max_0_rank = max(max_0_rank, item_0);
    }
    strip_0_0[strip] = max_0_rank;
  }
  workgroupBarrier();
  for (var result = i32(lane); result < 256; result += 64) {
    let row = result / 16;
    let column = result % 16;
    let at_h = tile_h + row;
    let at_w = tile_w + column;
    if (at_h >= call.output_h || at_w >= call.output_w) {
      continue;
    }
    let window_base = plane_number * (call.output_h * call.output_w);
    let window = window_base + at_h * call.output_w + at_w;
    let start_h = at_h;
    let to_h = min(5, call.input_h - start_h);
    let start_w = at_w;
    let to_w = min(5, call.input_w - start_w);
    var max_1_rank = -2139095041;
    for (var tap_h = 0; tap_h < to_h; tap_h++) {
      let strip = (row + tap_h) * 16 + column;
      max_1_rank = max(max_1_rank, strip_0_0[strip]);
    }
    let max_1 = of_rank(max_1_rank);
    var sum_0 = 0.0;
    var sum_1 = 0.0;
    for (var tap_h = 0; tap_h < to_h; tap_h++) {
      for (var tap_w = 0; tap_w < to_w; tap_w++) {
        let cell = (row + tap_h) * 20 + column + tap_w;
        let position = (start_h + tap_h) * call.input_w + (start_w + tap_w);
        let x_1 = cells_of_x[cell];
        let exp_0 = exp_of((x_1 - max_1) * call.scalar_temperature);
        sum_0 += exp_0 * x_1;
        sum_1 += exp_0;
      }
    }
    to_y[window] = sum_0 / sum_1;
  }
}
