// soft-grad-x: one invocation per element of the input
struct Call {
  invocations: u32,
  packed_step: i32,
  input_h: i32,
  input_w: i32,
  output_h: i32,
  output_w: i32,
  scalar_temperature: f32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> packed: array<f32>;
@group(0) @binding(2) var<storage, read> in_x: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_gradient: array<f32>;

fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
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
  let invocation = (group.y * groups.x + group.x) * 64u + lane;
  if (invocation >= call.invocations) {
    return;
  }
  let offset = i32(invocation);
  let w = offset % call.input_w;
  let above_w = offset / call.input_w;
  let h = above_w % call.input_h;
  let plane_number = above_w / call.input_h;
  let position = h * call.input_w + w;
  var total = 0.0;
  let base = plane_number * (call.output_h * call.output_w);
  let first_h = max(0, (h - 1) / 2);
  let last_h = min(call.output_h - 1, h / 2);
  let first_w = max(0, (w - 1) / 2);
  let last_w = min(call.output_w - 1, w / 2);
  for (var at_h = first_h; at_h <= last_h; at_h++) {
    let start_h = at_h * 2;
    let tap_h = h - start_h;
    for (var at_w = first_w; at_w <= last_w; at_w++) {
      let start_w = at_w * 2;
      let tap_w = w - start_w;
      let window = base + at_h * call.output_w + at_w;
      let dy_y_value = packed[window];
      let saved_0_value = packed[call.packed_step + window];
      let div_0 = dy_y_value / saved_0_value;
      let x_value = in_x[offset];
      let saved_1_value = packed[2 * call.packed_step + window];
      let exp_0 = exp_of((x_value - saved_1_value) * call.scalar_temperature);
      let out_y_value = packed[3 * call.packed_step + window];
      total += (div_0 * exp_0) + ((((-(div_0 * out_y_value)) + (div_0 * x_value)) * exp_0) * call.scalar_temperature);
    }
  }
  to_gradient[offset] = total;
}
