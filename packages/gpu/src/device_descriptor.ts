/** The limits that decide how much one dispatch can do, all of them maxima. */
const raisedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
] as const;

const usefulFeatures = ["shader-f16", "subgroups", "timestamp-query"] as const;

/** Asks for all that the adapter has of what pooling can use. */
export function deviceDescriptor(adapter: GPUAdapter): GPUDeviceDescriptor {
  return {
    label: "rockpool",
    requiredFeatures: usefulFeatures.filter((name) =>
      adapter.features.has(name)
    ),
    requiredLimits: Object.fromEntries(
      raisedLimits.map((name) => [name, adapter.limits[name]]),
    ),
  };
}
