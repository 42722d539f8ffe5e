// matmul: a workgroup per tile of a result
struct Call {
  workgroups: u32,
  depth_tiles_per_part: u32,
  batch: u32,
  groups: u32,
  rows: u32,
  inner: u32,
  columns: u32,
  a_batch: u32,
  a_group: u32,
  a_across: u32,
  a_along: u32,
  b_batch: u32,
  b_group: u32,
  b_across: u32,
  b_along: u32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_a: array<f32>;
@group(0) @binding(2) var<storage, read> in_b: array<f32>;
@group(0) @binding(3) var<storage, read_write> to_to: array<f32>;
var<workgroup> a_tile: array<vec4<f32>, 288>;
var<workgroup> b_tile: array<vec4<f32>, 288>;

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
  let row_tiles = (call.rows + 31u) / 32u;
  let column_tiles = (call.columns + 31u) / 32u;
  let first_column = workgroup % column_tiles * 32u;
  let first_row = workgroup / column_tiles % row_tiles * 32u;
  let result = workgroup / column_tiles / row_tiles;
  let own_row = lane / 8u;
  let own_column = lane % 8u;
  let item = result % call.batch;
  let inner_tiles = (call.inner + 31u) / 32u;
  let first_tile = result / call.batch * call.depth_tiles_per_part;
  let last_tile = min(
    first_tile + call.depth_tiles_per_part,
    call.groups * inner_tiles,
  );
  var sum_0 = vec4<f32>();
  var sum_1 = vec4<f32>();
  var sum_2 = vec4<f32>();
  var sum_3 = vec4<f32>();
  var block_0 = vec4<f32>();
  var block_1 = vec4<f32>();
  var block_2 = vec4<f32>();
  var block_3 = vec4<f32>();
  for (var tile = first_tile; tile < last_tile; tile++) {
    let member = tile / inner_tiles;
    let first_k = tile % inner_tiles * 32u;
    let depth = min(call.inner - first_k, 32u);
    for (var at = lane; at < 256u; at += 64u) {
      {
        let is_along = call.a_along < call.a_across;
        let k = select(at / 8u, at % 32u, is_along);
        let part = select(at % 8u, at / 32u, is_along);
        let across = first_row + part * 4u;
        let place = item * call.a_batch + member * call.a_group +
          across * call.a_across + (first_k + k) * call.a_along;
        var vector = vec4<f32>();
        if (k < depth) {
          if (across < call.rows) {
            vector.x = in_a[place];
          }
          if (across + 1u < call.rows) {
            vector.y = in_a[place + 1u * call.a_across];
          }
          if (across + 2u < call.rows) {
            vector.z = in_a[place + 2u * call.a_across];
          }
          if (across + 3u < call.rows) {
            vector.w = in_a[place + 3u * call.a_across];
          }
        }
        a_tile[k * 9u + part] = vector;
      }
      {
        let is_along = call.b_along < call.b_across;
        let k = select(at / 8u, at % 32u, is_along);
        let part = select(at % 8u, at / 32u, is_along);
        let across = first_column + part * 4u;
        let place = item * call.b_batch + member * call.b_group +
          across * call.b_across + (first_k + k) * call.b_along;
        var vector = vec4<f32>();
        if (k < depth) {
          if (across < call.columns) {
            vector.x = in_b[place];
          }
          if (across + 1u < call.columns) {
            vector.y = in_b[place + 1u * call.b_across];
          }
          if (across + 2u < call.columns) {
            vector.z = in_b[place + 2u * call.b_across];
          }
          if (across + 3u < call.columns) {
            vector.w = in_b[place + 3u * call.b_across];
          }
        }
        b_tile[k * 9u + part] = vector;
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < depth; k++) {
      let a = a_tile[k * 9u + own_row];
      let b = b_tile[k * 9u + own_column];
      block_0 += a.x * b;
      block_1 += a.y * b;
      block_2 += a.z * b;
      block_3 += a.w * b;
    }
    workgroupBarrier();
    if (tile % 8u == 7u) {
      sum_0 += block_0;
      sum_1 += block_1;
      sum_2 += block_2;
      sum_3 += block_3;
      block_0 = vec4<f32>();
      block_1 = vec4<f32>();
      block_2 = vec4<f32>();
      block_3 = vec4<f32>();
    }
  }
  let column = first_column + own_column * 4u;
  let row = first_row + own_row * 4u;
  if (row < call.rows) {
    let sum = sum_0 + block_0;
    let at = (result * call.rows + row) * call.columns + column;
    if (column < call.columns) {
      to_to[at] = sum.x;
    }
    if (column + 1u < call.columns) {
      to_to[at + 1u] = sum.y;
    }
    if (column + 2u < call.columns) {
      to_to[at + 2u] = sum.z;
    }
    if (column + 3u < call.columns) {
      to_to[at + 3u] = sum.w;
    }
  }
  if (row + 1u < call.rows) {
    let sum = sum_1 + block_1;
    let at = (result * call.rows + row + 1u) * call.columns + column;
    if (column < call.columns) {
      to_to[at] = sum.x;
    }
    if (column + 1u < call.columns) {
      to_to[at + 1u] = sum.y;
    }
    if (column + 2u < call.columns) {
      to_to[at + 2u] = sum.z;
    }
    if (column + 3u < call.columns) {
      to_to[at + 3u] = sum.w;
    }
  }
  if (row + 2u < call.rows) {
    let sum = sum_2 + block_2;
    let at = (result * call.rows + row + 2u) * call.columns + column;
    if (column < call.columns) {
      to_to[at] = sum.x;
    }
    if (column + 1u < call.columns) {
      to_to[at + 1u] = sum.y;
    }
    if (column + 2u < call.columns) {
      to_to[at + 2u] = sum.z;
    }
    if (column + 3u < call.columns) {
      to_to[at + 3u] = sum.w;
    }
  }
  if (row + 3u < call.rows) {
    let sum = sum_3 + block_3;
    let at = (result * call.rows + row + 3u) * call.columns + column;
    if (column < call.columns) {
      to_to[at] = sum.x;
    }
    if (column + 1u < call.columns) {
      to_to[at + 1u] = sum.y;
    }
    if (column + 2u < call.columns) {
      to_to[at + 2u] = sum.z;
    }
    if (column + 3u < call.columns) {
      to_to[at + 3u] = sum.w;
    }
  }
}

// matmul: an invocation per result
struct Call {
  invocations: u32,
  depth_tiles_per_part: u32,
  batch: u32,
  groups: u32,
  rows: u32,
  inner: u32,
  columns: u32,
  a_batch: u32,
  a_group: u32,
  a_across: u32,
  a_along: u32,
  b_batch: u32,
  b_group: u32,
  b_across: u32,
  b_along: u32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_a: array<f32>;
@group(0) @binding(2) var<storage, read> in_b: array<f32>;
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
  let column = invocation % call.columns;
  let row = invocation / call.columns % call.rows;
  let result = invocation / call.columns / call.rows;
  let item = result % call.batch;
  let inner_tiles = (call.inner + 31u) / 32u;
  let first_tile = result / call.batch * call.depth_tiles_per_part;
  let last_tile = min(
    first_tile + call.depth_tiles_per_part,
    call.groups * inner_tiles,
  );
  var sum = 0.0;
  for (var tile = first_tile; tile < last_tile; tile++) {
    let member = tile / inner_tiles;
    let first_k = tile % inner_tiles * 32u;
    let last_k = min(call.inner, first_k + 32u);
    let a_row = item * call.a_batch + member * call.a_group +
      row * call.a_across;
    let b_column = item * call.b_batch + member * call.b_group +
      column * call.b_across;
    var block = 0.0;
    for (var k = first_k; k < last_k; k++) {
      block += in_a[a_row + k * call.a_along] *
        in_b[b_column + k * call.b_along];
    }
    sum += block;
  }
  to_to[invocation] = sum;
}

// matmul: adds the parts of sums
struct Call {
  invocations: u32,
  parts: u32,
}
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> in_parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> to_to: array<f32>;

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
  var sum = 0.0;
  for (var part = 0u; part < call.parts; part++) {
    sum += in_parts[part * call.invocations + invocation];
  }
  to_to[invocation] = sum;
}
