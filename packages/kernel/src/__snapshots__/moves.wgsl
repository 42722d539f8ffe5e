// scatter: which of the indices that agree comes last
struct Call {
  invocations: u32,
  indexed: i32,
  target_size: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_indices: array<i32>;
@group(0) @binding(2) var<storage, read_write> to_owners: array<atomic<i32>>;

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
  let at = i32(invocation);
  let position = at % call.indexed;
  let plane = at / call.indexed;
  let target_position = in_indices[at];
  if (target_position >= 0 && target_position < call.target_size) {
    atomicMax(&to_owners[plane * call.target_size + target_position], position + 1);
  }
}

// scatter: each element from the index that owns it
struct Call {
  invocations: u32,
  indexed: i32,
  target_size: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_from: array<f32>;
@group(0) @binding(2) var<storage, read> in_owners: array<i32>;
@group(0) @binding(3) var<storage, read_write> to_to: array<f32>;

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
  let at = i32(invocation);
  let position = at % call.target_size;
  let plane = at / call.target_size;
  let owner = in_owners[at] - 1;
  if (owner < 0) {
    to_to[at] = 0.0;
  } else {
    to_to[at] = in_from[plane * call.indexed + owner];
  }
}

// take: each element from where its index points to
struct Call {
  invocations: u32,
  indexed: i32,
  target_size: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_from: array<f32>;
@group(0) @binding(2) var<storage, read> in_indices: array<i32>;
@group(0) @binding(3) var<storage, read_write> to_to: array<f32>;

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
  let at = i32(invocation);
  let position = at % call.indexed;
  let plane = at / call.indexed;
  let target_position = in_indices[at];
  if (target_position >= 0 && target_position < call.target_size) {
    to_to[at] = in_from[plane * call.target_size + target_position];
  } else {
    to_to[at] = 0.0;
  }
}

// scatter: which of the indices that agree comes last
struct Call {
  invocations: u32,
  channels: i32,
  indexed: i32,
  target_size: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_indices: array<i32>;
@group(0) @binding(2) var<storage, read_write> to_owners: array<atomic<i32>>;

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
  let at = i32(invocation);
  let channel = at % call.channels;
  let pixel = at / call.channels;
  let position = pixel % call.indexed;
  let item = pixel / call.indexed;
  let target_position = in_indices[at];
  if (target_position >= 0 && target_position < call.target_size) {
    atomicMax(&to_owners[(item * call.target_size + target_position) * call.channels + channel], position + 1);
  }
}

// scatter: each element from the index that owns it
struct Call {
  invocations: u32,
  channels: i32,
  indexed: i32,
  target_size: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_from: array<f32>;
@group(0) @binding(2) var<storage, read> in_owners: array<i32>;
@group(0) @binding(3) var<storage, read_write> to_to: array<f32>;

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
  let at = i32(invocation);
  let channel = at % call.channels;
  let pixel = at / call.channels;
  let position = pixel % call.target_size;
  let item = pixel / call.target_size;
  let owner = in_owners[at] - 1;
  if (owner < 0) {
    to_to[at] = 0.0;
  } else {
    to_to[at] = in_from[(item * call.indexed + owner) * call.channels + channel];
  }
}

// take: each element from where its index points to
struct Call {
  invocations: u32,
  channels: i32,
  indexed: i32,
  target_size: i32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_from: array<f32>;
@group(0) @binding(2) var<storage, read> in_indices: array<i32>;
@group(0) @binding(3) var<storage, read_write> to_to: array<f32>;

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
  let at = i32(invocation);
  let channel = at % call.channels;
  let pixel = at / call.channels;
  let position = pixel % call.indexed;
  let item = pixel / call.indexed;
  let target_position = in_indices[at];
  if (target_position >= 0 && target_position < call.target_size) {
    to_to[at] = in_from[(item * call.target_size + target_position) * call.channels + channel];
  } else {
    to_to[at] = 0.0;
  }
}
