import { limits } from '../../../protocol/limits.js';
import type { RawCard } from '../source.js';
import { idsOf, serialFormOf, uniqueFormOf } from './card-ids.js';
import { isObject, type JsonObject, objectsOf, valueAt } from './json.js';
import { busOf, countOf, pciOf, textOf, wattsOf } from './values.js';

/** The cards of `amd-smi static --json`: a list of them, since 2025 below `gpu_data`. None where it is none of that. */
export function amdSmiCards(report: unknown): RawCard[] {
  const gpus = objectsOf(isObject(report) ? report.gpu_data : report);
  return gpus
    .filter((gpu) => isObject(gpu.asic))
    .slice(0, limits.cards)
    .map(cardOf);
}

function cardOf(gpu: JsonObject): RawCard {
  const at = (...path: string[]) => valueAt(gpu, ...path);
  const unique = at('asic', 'asic_serial');
  const serial = at('board', 'product_serial');
  const power = {
    defaultW: null,
    minW: wattsIn(at('limit', 'min_power')) ?? wattsIn(at('limit', 'ppt0', 'min_power_limit')),
    maxW: wattsIn(at('limit', 'max_power')) ?? wattsIn(at('limit', 'ppt0', 'max_power_limit')),
    enforcedW: wattsIn(at('limit', 'socket_power')) ?? wattsIn(at('limit', 'ppt0', 'socket_power_limit')),
  };
  return {
    name: textOf(at('asic', 'market_name')) ?? textOf(at('board', 'product_name')),
    architecture: textOf(at('asic', 'target_graphics_version')),
    bus: busOf(at('bus', 'bdf')),
    pci: pciOf(
      at('asic', 'vendor_id'),
      at('asic', 'device_id'),
      at('asic', 'subvendor_id'),
      at('asic', 'subsystem_id'),
    ),
    memoryMiB: countOf(amountOf(at('vram', 'size'))),
    vbios: textOf(at('vbios', 'part_number')) ?? textOf(at('ifwi', 'part_number')),
    driver: textOf(at('driver', 'version')),
    ...(Object.values(power).some((watts) => watts !== null) && { power }),
    sms: countOf(at('asic', 'num_compute_units')),
    uuidForm: uniqueFormOf(unique),
    serialForm: serialFormOf(serial),
    ids: idsOf({ 'gpu-uuid': unique, 'gpu-serial': serial }),
  };
}

/** `{ value, unit }`, or the value with its unit as text. */
const amountOf = (value: unknown): unknown => (isObject(value) ? value.value : value);

const wattsIn = (value: unknown): number | null => wattsOf(amountOf(value));
