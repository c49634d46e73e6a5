import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isCode } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';

/** RFC 9457 problem details with our two extra members. All optional: a proxy in between may send its own. */
const Problem = Type.Object({
  title: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  fix: Type.Optional(Type.String()),
});
type Problem = Static<typeof Problem>;
const problem = Compile(Problem);

/**
 * The error that a refused request becomes. `data` holds `status`, `code` as sent, and `retryAfterMs` where given.
 *
 * @param body the reply's text, a problem document or anything else
 * @param retryAfter the `Retry-After` header, in seconds
 * @returns the error under the code that the verifier sent; under `agent.verifier-unreachable` for a gateway's 5xx
 *   without one; under `agent.verifier-refused` where the code is none that this version knows
 */
export function refusal(status: number, body: string, retryAfter?: string | null): TouchstoneError {
  const { code, detail, title, fix } = parse(body);
  const seconds = Number(retryAfter ?? Number.NaN);
  const data = { status, code, ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }) };
  if (code !== undefined && isCode(code)) return new TouchstoneError(code, detail, data);
  if (code === undefined && status >= 500)
    return new TouchstoneError('agent.verifier-unreachable', `A gateway answered with HTTP ${status}.`, data);
  const said = [title, detail, fix, code && `(${code})`].filter(Boolean).join(' ');
  return new TouchstoneError('agent.verifier-refused', `HTTP ${status}${said && `: ${said}`}`, data);
}

function parse(body: string): Problem {
  try {
    const content: unknown = JSON.parse(body);
    return problem.Check(content) ? content : {};
  } catch {
    return {};
  }
}
