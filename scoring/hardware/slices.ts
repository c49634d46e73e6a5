/** A profile of NVIDIA's vGPU software at the end of a name: `GRID A100-10C`, `NVIDIA A40-12Q`, `NVIDIA A100-3-20C`. */
export const namesVgpu = (name: string): boolean => /-\d{1,3}[abcq]\d?$/i.test(name.trim());

/** Whether a name says that it is a part of a card. */
export const namesSlice = (name: string): boolean =>
  namesVgpu(name) || /\bmig\b|\b\d{1,2}g\.\d{1,4}gb\b|\bvgpu\b|\bslice\b/i.test(name);
