import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { DeviceId, Hex32, SweepId, VerifierId } from '../../protocol/ids.js';
import type { ExamPart } from '../../protocol/messages/exam.js';
import { SweepBeacon, SweepKind, SweepMember } from '../../protocol/messages/sweep.js';
import type { HotState } from '../state/state.js';

/** What stands here is of use while a sweep lasts, and for who looks why one went wrong. */
const ttlMs = 2 * 3600_000;
const channel = 'sweeps';

/** Something stands on the board that wasn't there before. Said again and again: who misses it once hears it the next time. */
export const SweepNews = Type.Object({
  about: Type.Union([Type.Literal('poll'), Type.Literal('call'), Type.Literal('release')]),
  sweep: SweepId,
});
export type SweepNews = Static<typeof SweepNews>;

/** Which devices could take part? */
export const Poll = Type.Object({ sweepKind: SweepKind });
export type Poll = Static<typeof Poll>;
/** Devices that could, each with the number of its cards. */
export const Candidates = Type.Array(Type.Tuple([DeviceId, Type.Integer({ minimum: 1 })]));
export type Candidates = Static<typeof Candidates>;

/** These devices are asked together. */
export const Call = Type.Object({
  sweepKind: SweepKind,
  chain: Hex32,
  length: Type.Integer({ minimum: 1 }),
  index: Type.Integer({ minimum: 1 }),
  beacon: SweepBeacon,
  /** Who lets them go. */
  by: VerifierId,
  members: Type.Array(DeviceId),
});
export type Call = Static<typeof Call>;

/** How far the members at one verifier are with a part. */
export const Progress = Type.Object({ arming: Type.Integer(), ready: Type.Integer() });
export type Progress = Static<typeof Progress>;

/** All members that are ready for a part go at `at`, on the shared clock; null where none is to go. */
export const Release = Type.Object({ at: Type.Union([Type.Number(), Type.Null()]), beacon: SweepBeacon });
export type Release = Static<typeof Release>;

/** Members at one verifier: `computeGoMs` and `memoryGoMs` are instants on the shared clock here. */
export const Roll = Type.Object({
  errorMs: Type.Number(),
  /** Longest time from a `go` to its commit, of the members here. */
  answerMs: Type.Number(),
  members: Type.Array(SweepMember),
});
export type Roll = Static<typeof Roll>;

/** A sweep that somebody asked for. */
export const Asked = Type.Object({ devices: Type.Array(DeviceId), why: Type.String() });
export type Asked = Static<typeof Asked>;

/** One entry that the one who leads a sweep makes. */
export interface Notice<T> {
  put(value: T): Promise<void>;
  get(): Promise<T | null>;
}

/** One line that each verifier writes for itself. */
export interface Lines<T> {
  put(verifier: string, value: T): Promise<void>;
  all(): Promise<ReadonlyMap<string, T>>;
}

const forms = {
  poll: Compile(Poll),
  candidates: Compile(Candidates),
  call: Compile(Call),
  progress: Compile(Progress),
  release: Compile(Release),
  roll: Compile(Roll),
  asked: Compile(Asked),
  news: Compile(SweepNews),
};

/** Where the verifiers agree on sweeps: entries of the hot state, and a channel that says that there are new ones. */
export class SweepBoard {
  readonly #state: HotState;

  constructor(state: HotState) {
    this.#state = state;
  }

  poll = (sweep: string): Notice<Poll> => this.#notice(`sweep/${sweep}/poll`, forms.poll);
  candidates = (sweep: string): Lines<Candidates> =>
    this.#lines(`sweep/${sweep}/candidates`, forms.candidates);
  call = (sweep: string): Notice<Call> => this.#notice(`sweep/${sweep}/call`, forms.call);
  progress = (sweep: string, part: ExamPart): Lines<Progress> =>
    this.#lines(`sweep/${sweep}/progress/${part}`, forms.progress);
  release = (sweep: string, part: ExamPart): Notice<Release> =>
    this.#notice(`sweep/${sweep}/release/${part}`, forms.release);
  rolls = (sweep: string): Lines<Roll> => this.#lines(`sweep/${sweep}/rolls`, forms.roll);
  /** By the id that the sweep will have. */
  asked = (): Lines<Asked> => this.#lines('sweep-asked', forms.asked);

  async dropAsked(sweep: string): Promise<void> {
    await this.#state.dropField('sweep-asked', sweep);
  }

  tell(news: SweepNews): Promise<void> {
    return this.#state.publish(channel, JSON.stringify(news));
  }

  /** @returns what ends it */
  hear(take: (news: SweepNews) => void): Promise<() => Promise<void>> {
    return this.#state.subscribe(channel, (message) => {
      const news = read(forms.news, message);
      if (news !== null) take(news);
    });
  }

  #notice<T>(key: string, form: Form<T>): Notice<T> {
    return {
      put: (value) => this.#state.put(key, JSON.stringify(value), ttlMs),
      get: async () => {
        const text = await this.#state.get(key);
        return text === null ? null : read(form, text);
      },
    };
  }

  #lines<T>(key: string, form: Form<T>): Lines<T> {
    return {
      put: (verifier, value) => this.#state.putField(key, verifier, JSON.stringify(value), ttlMs),
      all: async () => {
        const lines = new Map<string, T>();
        for (const [verifier, text] of await this.#state.fields(key)) {
          const value = read(form, text);
          if (value !== null) lines.set(verifier, value);
        }
        return lines;
      },
    };
  }
}

interface Form<T> {
  Check(value: unknown): value is T;
}

/** Null where another version of us wrote it in another form. */
function read<T>(form: Form<T>, text: string): T | null {
  const value: unknown = JSON.parse(text);
  return form.Check(value) ? value : null;
}
