import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('gpu-captures/', import.meta.url);

/** A capture of a GPU source, by the name of its file: written for tests, short, one point each. */
export const gpuCapture = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

export const gpuCaptureNames = (): readonly string[] => readdirSync(folder);
