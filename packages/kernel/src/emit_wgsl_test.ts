import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { programsOf } from "./derive.ts";
import { drawIndex } from "./draw_index.ts";
import { emitWgsl, wgslArguments } from "./emit_wgsl.ts";
import { detach, leaf, select } from "./expression.ts";
import { fold } from "./fold.ts";
import type { Geometry } from "./geometry.ts";
import { makeProgram } from "./program.ts";
import { regions } from "./regions.ts";
import { slide } from "./slide.ts";
import { adaptiveTable, tables } from "./tables.ts";
import { assertSnapshot } from "./test_snapshot.ts";
import { packFields } from "./wgsl_module.ts";
import { moveModules } from "./wgsl_moves.ts";
import { type WindowKernel, windowKernel } from "./window_kernel.ts";

const max = windowKernel("max", ["x"], ({ x }, fold) => ({
  y: fold.max(x),
  indices: fold.argmax(x),
}));

const soft = windowKernel("soft", ["x"], ({ x, temperature }, fold) => {
  const weight = x.sub(detach(fold.max(x))).mul(temperature).exp();
  return fold.sum(weight.mul(x)).div(fold.sum(weight));
}, { scalars: ["temperature"] });

const softWithIndices = windowKernel("soft", ["x"], ({ x }, fold) => {
  const weight = x.sub(fold.max(x)).exp();
  const y = fold.sum(weight.mul(x)).div(fold.sum(weight));
  return { y, indices: fold.argmax(x) };
});

const average = windowKernel(
  "average",
  ["x"],
  ({ x }, fold) => fold.sum(x).div(fold.count("padded").max(1)),
);

const drawn = windowKernel("drawn", ["x"], ({ x, filter }, fold, draw) => {
  const one = draw.windowRandom(0).lt(0.5);
  const noisy = x.mul(filter).add(draw.elementRandom(1));
  return select(one, fold.min(x.abs()), fold.sum(noisy)).max(-Infinity);
}, { taps: ["filter"] });

const picked = windowKernel("picked", ["x"], ({ x }, fold, draw) => {
  const indices = drawIndex(x, draw.windowWord(1));
  return { y: fold.at(x, indices), indices };
});

const usual = windowKernel("usual", ["x"], ({ x }, fold) => {
  const greatest = fold.max(x);
  const power = select(greatest.lt(9).likely(), x, x.sub(greatest));
  return fold.sum(power.exp());
});

/** The texts of all programs of a kernel over some windows. */
function texts(kernel: WindowKernel, windows: Geometry): string {
  const { infer, train, carry, gradients } = programsOf(kernel);
  const programs = [
    infer,
    ...(train.outputs.length > infer.outputs.length ? [train] : []),
    ...(carry ? [carry] : []),
    ...gradients.map(({ program }) => program),
  ];
  return programs.map((program) => emitWgsl(program, windows).source)
    .join("\n");
}

const snapshots: Record<string, () => string> = {
  "max over padded windows of two axes": () =>
    texts(max, slide([2, 3, 8, 8], { kernelSize: 3, stride: 2, padding: 1 })),
  "soft over dilated windows of one axis, channels last": () =>
    texts(
      soft,
      slide([2, 9, 4], {
        axes: 1,
        kernelSize: 3,
        stride: 1,
        dilation: 2,
        layout: "NHWC",
      }),
    ),
  "average over windows of three axes, one of them of a single element": () =>
    texts(
      average,
      slide([1, 2, 8, 8, 8], {
        kernelSize: [1, 2, 3],
        stride: [1, 2, 1],
        padding: [0, 1, [0, 1]],
        ceilMode: true,
      }),
    ),
  "draws over windows from tables of each plane": () =>
    texts(
      drawn,
      tables([1, 2, 5], {
        per: "plane",
        tables: [{ starts: [0, 2, 1, 3], counts: [2, 2, 1, 1], dilation: 2 }],
      }),
    ),
  "draws in proportion to elements": () =>
    texts(picked, slide([2, 3, 8], { axes: 1, kernelSize: 3, padding: 1 })),
  "max over regions": () =>
    texts(
      max,
      regions(
        [2, 1, 4, 4],
        { shape: [1, 5], data: Float32Array.of(1, 0, 0, 3, 3) },
        { outputSize: [2, 2] },
      ),
    ),
  "soft over long windows, where the greatest stands": () => {
    const windows = slide([2, 3, 32, 40], { kernelSize: [32, 20], padding: 1 });
    return emitWgsl(programsOf(softWithIndices).infer, windows).source;
  },
  "sum over whole planes, channels last": () => {
    const windows = tables([2, 32, 40, 3], {
      tables: [32, 40].map((length) => adaptiveTable(length, 1)),
      layout: "NHWC",
    });
    return emitWgsl(programsOf(average).infer, windows).source;
  },
  "max over rows of vectors": () =>
    texts(max, slide([2, 3, 8, 16], { kernelSize: 3, stride: 2, padding: 1 })),
  "average with stride one over rows of vectors": () =>
    texts(
      average,
      slide([2, 3, 8, 8], { kernelSize: 3, stride: 1, padding: 1 }),
    ),
  "soft over planes of odd widths": () =>
    texts(soft, slide([2, 3, 16, 27], { kernelSize: 2, ceilMode: true })),
  "max channels last": () =>
    texts(max, slide([2, 8, 8, 4], { kernelSize: 3, layout: "NHWC" })),
  "soft over whole planes of vectors": () => {
    const windows = slide([8, 64, 56, 56], { kernelSize: 56 });
    return emitWgsl(programsOf(soft).infer, windows).source;
  },
  "soft over few long windows": () => {
    const windows = slide([1, 4, 512, 512], { kernelSize: 512 });
    const { stages } = emitWgsl(programsOf(soft).infer, windows);
    return stages.map(({ source }) => source).join("\n");
  },
  "mean over small whole planes": () => {
    const windows = slide([8, 2048, 7, 7], { kernelSize: 7 });
    return emitWgsl(programsOf(average).infer, windows).source;
  },
  "mean over whole planes of vectors of channels": () => {
    const windows = slide([8, 56, 56, 64], {
      kernelSize: 56,
      layout: "NHWC",
    });
    const { stages } = emitWgsl(programsOf(average).infer, windows);
    return stages.map(({ source }) => source).join("\n");
  },
  "max over windows that overlap much": () =>
    texts(
      max,
      slide([1, 256, 20, 20], { kernelSize: 9, stride: 1, padding: 4 }),
    ),
  "soft over windows that overlap much": () => {
    const windows = slide([1, 256, 20, 20], { kernelSize: 5, stride: 1 });
    return emitWgsl(programsOf(soft).infer, windows).source;
  },
  "a usual case over rows of vectors": () => {
    const windows = slide([8, 64, 112, 112], { kernelSize: 2 });
    return emitWgsl(programsOf(usual).infer, windows).source;
  },
  "a gradient whose values of windows share a buffer": () => {
    const [{ program }] = programsOf(soft).gradients;
    const packed = program.tensors.filter(({ role }) => role === "perWindow");
    const windows = slide([2, 3, 8, 8], { kernelSize: 3, stride: 2 });
    const names = packed.map(({ name }) => name);
    return emitWgsl(program, windows, names).source;
  },
  "moves": () => {
    const layouts = [moveModules("NCHW"), moveModules("NHWC")];
    return layouts.flatMap((modules) => Object.values(modules))
      .map(({ source }) => source).join("\n");
  },
};

for (const [what, emit] of Object.entries(snapshots)) {
  Deno.test(`emitWgsl() gives readable text: ${what}`, () => {
    const name = what.replaceAll(/[^a-z]+/g, "_");
    assertSnapshot(import.meta.dirname, `${name}.wgsl`, emit());
  });
}

Deno.test("emitWgsl() gives one text for all sizes that have a schedule", () => {
  const { infer } = programsOf(max);
  const small = slide([1, 1, 8, 8], { kernelSize: 2 });
  const large = slide([8, 64, 112, 112], { kernelSize: 2 });
  const other = slide([1, 1, 8, 8], { kernelSize: 2, padding: 1 });
  assertStrictEquals(emitWgsl(infer, small), emitWgsl(infer, large));
  assertEquals(
    emitWgsl(infer, small).source === emitWgsl(infer, other).source,
    false,
  );
});

Deno.test("emitWgsl() does not share what is picked by running sums, or too many folds", () => {
  const windows = slide([2, 3, 16, 16], { kernelSize: 16 });
  const many = windowKernel("many", ["x"], ({ x }, fold) => {
    const sums = Array.from({ length: 33 }, (_, i) => fold.sum(x.add(i)));
    return sums.reduce((a, b) => a.mul(b));
  });
  for (const kernel of [picked, many]) {
    assertEquals(emitWgsl(programsOf(kernel).infer, windows).shared, false);
  }
});

Deno.test("emitWgsl() names the buffers in the order of their bindings", () => {
  const { bindings } = emitWgsl(
    programsOf(drawn).infer,
    tables([1, 1, 3], { tables: [{ starts: [0], counts: [2] }] }),
  );
  assertEquals(bindings, [
    { name: "call", use: "call" },
    { name: "tables", use: "tables" },
    { name: "x", use: "read" },
    { name: "filter", use: "read" },
    { name: "y", use: "write" },
  ]);
});

Deno.test("emitWgsl() binds one buffer for tensors that are packed", () => {
  const { gradients: [{ program }] } = programsOf(soft);
  const windows = slide([1, 1, 4], { axes: 1, kernelSize: 2 });
  const { bindings } = emitWgsl(program, windows, ["dy_y", "saved_1"]);
  assertEquals(bindings, [
    { name: "call", use: "call" },
    { name: "packed", use: "packed" },
    { name: "saved_0", use: "read" },
    { name: "x", use: "read" },
    { name: "out_y", use: "read" },
    { name: "gradient", use: "write" },
  ]);
  assertThrows(
    () => emitWgsl(program, windows, ["dy_y", "x"]),
    TypeError,
    "Cannot pack x of soft-grad-x: it is no float32 tensor with a number per window",
  );
});

Deno.test("packFields() puts integers, floats and constants where the text has them", () => {
  const windows = slide([1, 3, 4, 5], { kernelSize: 2 });
  const { infer: program } = programsOf(
    windowKernel("scaled", ["x"], ({ x, temperature }, fold) => ({
      y: fold.max(x).mul(temperature),
      indices: fold.argmax(x),
    }), { scalars: ["temperature"] }),
  );
  const module = emitWgsl(program, windows);
  const words = packFields(
    module,
    wgslArguments(program, module.plan, {
      geometry: windows,
      call: {
        firstItem: 0,
        items: 1,
        scalars: { temperature: 0.5 },
        stream: { seed: 1, stream: 2 },
        offsets: {},
      },
    }),
  );
  const floats = new Float32Array(words.buffer);
  const value = (name: string) => {
    const at = module.fields.findIndex((field) => field.name === name);
    return module.fields[at].type === "f32" ? floats[at] : words[at];
  };
  const names = module.fields.map(({ name }) => name);
  assertEquals(Object.fromEntries(names.map((name) => [name, value(name)])), {
    invocations: 12,
    input_h: 4,
    input_w: 5,
    output_h: 2,
    output_w: 2,
    infinity: Infinity,
    scalar_temperature: 0.5,
  });
  assertThrows(
    () => packFields(module, {}),
    TypeError,
    "Cannot call a kernel without invocations",
  );
});

Deno.test("emitWgsl() refuses a gather that folds", () => {
  const program = makeProgram("gather", "wrong", [
    { name: "y", value: fold.sum(leaf("element", "x")) },
  ]);
  assertThrows(
    () => emitWgsl(program, slide([1, 1, 4], { axes: 1, kernelSize: 2 })),
    TypeError,
    "Cannot emit wrong as WGSL: it folds (sum)",
  );
});
