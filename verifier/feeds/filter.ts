import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId } from '../../protocol/ids.js';
import { DeviceStatus } from '../../protocol/status.js';
import { type ChangeFact, changeKinds } from '../../scoring/queries/change-rows.js';
import type { PageFilter } from './change-log.js';

const Kind = Type.Enum(changeKinds);

/** Which changes somebody wants. An empty list wants all. */
export const ChangeFilter = Type.Object(
  {
    kinds: Type.Array(Kind, { maxItems: changeKinds.length, description: 'Types of changes' }),
    devices: Type.Array(DeviceId, { maxItems: 50 }),
    classes: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 50,
      description: 'Only of devices that claim a card of one of these classes',
    }),
    statuses: Type.Array(DeviceStatus, {
      maxItems: 16,
      description: 'Of `device.transition` only those into one of these; other types are left out',
    }),
  },
  { additionalProperties: false },
);
export type ChangeFilter = Static<typeof ChangeFilter>;

const filterSchema = Compile(ChangeFilter);

/** @param text each list with commas, or nothing @throws TouchstoneError `feed.filter-invalid` */
export function readFilter(text: { readonly [K in keyof ChangeFilter]?: string | undefined }): ChangeFilter {
  const filter = {
    kinds: listOf(text.kinds),
    devices: listOf(text.devices),
    classes: listOf(text.classes),
    statuses: listOf(text.statuses),
  };
  if (filterSchema.Check(filter)) return filter;
  const [first] = filterSchema.Errors(filter);
  throw new TouchstoneError('feed.filter-invalid', `${first?.instancePath} ${first?.message}.`);
}

/** What of a filter the record can look up itself. */
export const pageFilter = ({ kinds, devices, statuses }: ChangeFilter): PageFilter => ({
  kinds: statuses.length === 0 ? kinds : kinds.length === 0 ? [transition] : kinds.filter(isTransition),
  devices,
});

/** Whether a change is wanted. @param classes that its device claims */
export function isWanted(fact: ChangeFact, classes: readonly string[], filter: ChangeFilter): boolean {
  return (
    has(filter.kinds, fact.kind) &&
    has(filter.devices, fact.device) &&
    (filter.classes.length === 0 || classes.some((one) => filter.classes.includes(one))) &&
    (filter.statuses.length === 0 || (fact.kind === transition && filter.statuses.includes(fact.to)))
  );
}

const transition = 'device.transition';
const isTransition = (kind: string): boolean => kind === transition;

const has = <T>(wanted: readonly T[], one: T): boolean => wanted.length === 0 || wanted.includes(one);

/** Each once: a list may be long only where it says something. */
const listOf = (text = ''): string[] => [...new Set(text === '' ? [] : text.split(','))];
