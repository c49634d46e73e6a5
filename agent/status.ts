import { VerifierApi } from './connection/api.js';

/** What a verifier says of a device, both bodies verbatim. */
export interface StatusReport {
  readonly device: string;
  readonly explain: string;
}

/** Asks for what everybody may see. @throws TouchstoneError as VerifierApi does, `device.unknown` before enrolment */
export async function readStatus(verifier: URL, device: string): Promise<StatusReport> {
  const api = new VerifierApi(verifier);
  const [document, explain] = await Promise.all([api.device(device), api.explain(device)]);
  return { device: document, explain };
}

/** Both bodies as one JSON document. Their text is not touched, so numbers keep the digits the verifier sent. */
export const statusJson = ({ device, explain }: StatusReport): string =>
  `{"device":${device.trim()},"explain":${explain.trim()}}`;
