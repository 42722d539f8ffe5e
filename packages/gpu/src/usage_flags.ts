/**
 * The bits of a buffer's usage, which the WebGPU standard fixes.
 *
 * They are not read from the global scope: Node has no `GPUBufferUsage`, even
 * when the device comes from npm.
 */
export const BufferUsage = {
  MAP_READ: 0x0001,
  MAP_WRITE: 0x0002,
  COPY_SRC: 0x0004,
  COPY_DST: 0x0008,
  UNIFORM: 0x0040,
  STORAGE: 0x0080,
  INDIRECT: 0x0100,
  QUERY_RESOLVE: 0x0200,
} as const;

/** The bits of a buffer's mapping mode. */
export const MapMode = { READ: 0x0001, WRITE: 0x0002 } as const;

/** The bits of the shader stages that see a binding. */
export const ShaderStage = { COMPUTE: 0x0004 } as const;
