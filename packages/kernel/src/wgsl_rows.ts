import type { Layout } from "@rockpool/core";
import { makeModule, type WgslField, type WgslModule } from "./wgsl_module.ts";

function fields(...names: readonly string[]): WgslField[] {
  return [
    { name: "invocations", type: "u32" },
    ...names.map((name): WgslField => ({ name, type: "i32" })),
  ];
}

/** The compute shader that copies rows: reads `from`, writes `to`. */
export const copyRowsModule: WgslModule = makeModule({
  comment: "rows of one tensor into another",
  fields: fields(
    "row_length",
    "from_start",
    "from_step",
    "to_start",
    "to_step",
  ),
  tensors: [
    { name: "from", type: "f32", use: "read" },
    { name: "to", type: "f32", use: "write" },
  ],
  body: `  let row = i32(invocation) / call.row_length;
  let at = i32(invocation) % call.row_length;
  to_to[call.to_start + row * call.to_step + at] = in_from[call.from_start + row * call.from_step + at];`,
});

/**
 * The compute shader that sums positions of planes: reads `from`, and the
 * `offsets`, `entries` and `weights` of a sparse matrix of `rows` ×
 * `columns`, which is repeated; writes `to`.
 */
export function sumPositionsModule(layout: Layout): WgslModule {
  const body = layout === "NHWC"
    ? `  let at = i32(invocation);
  let channel = at % call.channels;
  let to_position = at / call.channels;
  let row = to_position % call.rows;
  let first = to_position / call.rows * call.columns;
  var total = 0.0;
  for (var entry = in_offsets[row]; entry < in_offsets[row + 1]; entry++) {
    let source = first + in_entries[entry];
    total += in_weights[entry] * in_from[source * call.channels + channel];
  }
  to_to[at] = total;`
    : `  let at = i32(invocation);
  let position = at % call.to_plane;
  let plane = at / call.to_plane;
  let channel = plane % call.channels;
  let to_position = plane / call.channels * call.to_plane + position;
  let row = to_position % call.rows;
  let first = to_position / call.rows * call.columns;
  var total = 0.0;
  for (var entry = in_offsets[row]; entry < in_offsets[row + 1]; entry++) {
    let source = first + in_entries[entry];
    let from_plane = source / call.from_plane * call.channels + channel;
    let from_at = from_plane * call.from_plane + source % call.from_plane;
    total += in_weights[entry] * in_from[from_at];
  }
  to_to[at] = total;`;
  return makeModule({
    comment: "weighted sums of positions of planes",
    fields: fields("channels", "rows", "columns", "from_plane", "to_plane"),
    tensors: [
      { name: "from", type: "f32", use: "read" },
      { name: "offsets", type: "i32", use: "read" },
      { name: "entries", type: "i32", use: "read" },
      { name: "weights", type: "f32", use: "read" },
      { name: "to", type: "f32", use: "write" },
    ],
    body,
  });
}
