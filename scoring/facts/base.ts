import { Type } from 'typebox';
import { DeviceId, FactId } from '../../protocol/ids.js';

/** What every fact has. */
export const base = { id: FactId, at: Type.Integer({ description: 'Milliseconds since 1970 UTC' }) };

/** Stands for the device of facts that are about none. No device may enrol under it (`verifier/identity/`). */
export const nobody = '0'.repeat(64);

/** `device` of facts that are about no single device. */
export const noDevice = { device: DeviceId };
