import { codes } from './code.js';

/** Refusals about sweeps. */
export const sweepCodes = codes({
  'sweep.unknown': {
    kind: 'error',
    status: 404,
    title: 'No such sweep',
    detail: 'There is no sweep with this id, or it is not over.',
    fix: 'See the ids at /v1/sweeps.',
  },
  'sweep.nobody': {
    kind: 'error',
    status: 422,
    title: 'Nobody to ask',
    detail: 'None of the devices that were named is known here.',
    fix: 'Name devices by their ids, 64 hexadecimal digits each.',
  },
  'sweep.no-record': {
    kind: 'error',
    status: 503,
    title: 'No preimage could be taken',
    detail:
      'A sweep begins only when its preimage is on record as taken, and the record does not take it now.',
    fix: 'Nothing is to be done by suppliers. The next sweep tries again.',
  },
  'sweep.unreadable': {
    kind: 'error',
    title: 'The sweep cannot be read',
    detail: 'The file or address of a sweep could not be read.',
    fix: 'Name a file as a verifier sent it, or its address, such as https://verifier/v1/sweeps/sw_….',
  },
});

/** What `touchstone verify-sweep` finds in the public file of a sweep. */
export const sweepFindingCodes = codes({
  'sweep.not-a-sweep': {
    kind: 'reason',
    title: 'Not the file of a sweep',
    detail: 'It is not a sweep of this version, or a field of it is missing or of another form.',
    fix: 'Take the file from /v1/sweeps/ID as it is.',
  },
  'sweep.other-head': {
    kind: 'reason',
    title: 'Another head than the one that is known',
    detail: 'The chain of this sweep has another head than the one that you know from elsewhere.',
    fix: 'Compare with the head that was published before the sweep. Where they differ, seeds may have been chosen.',
  },
  'sweep.head-late': {
    kind: 'reason',
    title: 'The head came after the sweep began',
    detail: 'The head of a chain has to be published before the first of its preimages is used.',
    fix: 'Do not rely on this sweep: its preimage may have been chosen.',
  },
  'sweep.chain-broken': {
    kind: 'reason',
    title: 'The preimage does not lead to the head',
    detail: 'The preimage, hashed as often as its place says, is not the head that was published.',
    fix: 'Do not rely on this sweep: its seeds were not committed to beforehand.',
  },
  'sweep.preimage-used-twice': {
    kind: 'reason',
    title: 'One preimage for two sweeps',
    detail: 'Two of the sweeps have the same place in the same chain: the seeds of the second were known.',
    fix: 'Rely on the earlier of the two only.',
  },
  'sweep.wrong-seed': {
    kind: 'reason',
    title: 'A seed that does not follow',
    detail: 'A card had another seed than the preimage, its device and the beacon give.',
    fix: 'Do not rely on what this card showed: it may have been handed an easier question, or an earlier one.',
  },
  'sweep.wrong-draw': {
    kind: 'reason',
    title: 'Others were asked than were drawn',
    detail: 'The devices that were asked are not those that the preimage draws from the published list.',
    fix: 'Do not rely on the sweep being a random one.',
  },
  'sweep.wrong-list': {
    kind: 'reason',
    title: 'The list of devices is another',
    detail: 'The devices that could have been drawn are not those that the hash of the list was made of.',
    fix: 'Take the file again. Where it stays so, the list was changed afterwards.',
  },
  'sweep.wrong-spread': {
    kind: 'reason',
    title: 'The spread does not follow',
    detail: 'The stated spread of the release is not that of the members’ own times.',
    fix: 'Go by the times of the members, not by the summary.',
  },
  'sweep.not-together': {
    kind: 'reason',
    title: 'Not at one instant',
    detail: 'Ninety-nine of a hundred members should go within 250 ms, with what the clocks may be off.',
    fix: 'Do not count this sweep as an instant: a chip could have served one member after the other.',
  },
  'sweep.wrong-count': {
    kind: 'reason',
    title: 'The count does not follow',
    detail: 'The stated number of GPUs that were proven is not that of the members who passed.',
    fix: 'Count the members that passed both parts at the first asking.',
  },
});
