// average: one invocation per four windows along w
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
  let start_h = at_h - 1;
  let start_w = at_w - 1;
  let starts_w = start_w + vec4<i32>(0, 1, 2, 3);
  let from_h = max(0, -start_h);
  let to_h = min(3, call.input_h - start_h);
  let from_w = max(vec4<i32>(0), -starts_w);
  let to_w = min(vec4<i32>(3), call.input_w - starts_w);
  let padded_count = vec4<f32>(min(3, call.input_h + 1 - start_h) * min(vec4<i32>(3), call.input_w + 1 - starts_w));
  var sum_0 = vec4<f32>(0.0);
  for (var tap_h = from_h; tap_h < to_h; tap_h++) {
    let h = start_h + tap_h;
    let x_0 = in_x[(base + h * call.input_w) / 4 + vector - 1];
    let x_1 = in_x[(base + h * call.input_w) / 4 + vector];
    let x_2 = in_x[(base + h * call.input_w) / 4 + vector + 1];
    {
      let inside = (starts_w >= vec4<i32>(0));
      sum_0 += select(vec4<f32>(), vec4<f32>(x_0.w, x_1.x, x_1.y, x_1.z), inside);
    }
    {
      sum_0 += x_1;
    }
    {
      let inside = (starts_w + 2 < vec4<i32>(call.input_w));
      sum_0 += select(vec4<f32>(), vec4<f32>(x_1.y, x_1.z, x_1.w, x_2.x), inside);
    }
  }
  to_y[window / 4] = sum_0 / max(padded_count, vec4<f32>(1.0));
}

// average-grad-x: one workgroup per 8 × 8 elements of the input
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
@group(0) @binding(1) var<storage, read> in_dy_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_gradient: array<f32>;
var<workgroup> tile_0: array<f32, 100>;

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
  let tile_w = (i32(workgroup) % call.tiles_w) * 8;
  let above_w = i32(workgroup) / call.tiles_w;
  let tile_h = (above_w % call.tiles_h) * 8;
  let plane_number = above_w / call.tiles_h;
  let base = plane_number * (call.output_h * call.output_w);
  let corner_h = max(0, (tile_h - 1));
  let corner_w = max(0, (tile_w - 1));
  for (var cell = i32(lane); cell < 100; cell += 64) {
    let row = cell / 10;
    let column = cell % 10;
    let at_h = corner_h + row;
    let at_w = corner_w + column;
    if (at_h >= call.output_h || at_w >= call.output_w) {
      continue;
    }
    let window = base + at_h * call.output_w + at_w;
    let start_h = at_h - 1;
    let from_h = max(0, -start_h);
    let to_h = min(3, call.input_h - start_h);
    let start_w = at_w - 1;
    let from_w = max(0, -start_w);
    let to_w = min(3, call.input_w - start_w);
    let padded_count = f32(min(3, call.input_h + 1 - start_h) * min(3, call.input_w + 1 - start_w));
    let dy_y_value = in_dy_y[window];
    tile_0[cell] = dy_y_value / max(padded_count, 1.0);
  }
  workgroupBarrier();
  for (var result = i32(lane); result < 64; result += 64) {
    let row = result / 8;
    let column = result % 8;
    let h = tile_h + row;
    let w = tile_w + column;
    if (h >= call.input_h || w >= call.input_w) {
      continue;
    }
    let position = h * call.input_w + w;
    let input_base = plane_number * (call.input_h * call.input_w);
    let offset = input_base + position;
    var total = 0.0;
    let first_h = max(0, (h - 1));
    let last_h = min(call.output_h - 1, (h + 1));
    let first_w = max(0, (w - 1));
    let last_w = min(call.output_w - 1, (w + 1));
    for (var at_h = first_h; at_h <= last_h; at_h++) {
      let start_h = at_h - 1;
      let tap_h = h - start_h;
      for (var at_w = first_w; at_w <= last_w; at_w++) {
        let start_w = at_w - 1;
        let tap_w = w - start_w;
        let cell = (at_h - corner_h) * 10 + (at_w - corner_w);
        let its_0 = tile_0[cell];
        total += its_0;
      }
    }
    to_gradient[offset] = total;
  }
}
