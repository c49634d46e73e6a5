import { codes } from './code.js';

/** Refusals of maintenance windows and of quiet times. Nothing changes. */
export const maintenanceCodes = codes({
  'maintenance.too-soon': {
    kind: 'error',
    status: 422,
    title: 'Declared too late',
    detail:
      'A window begins at least 35 minutes after it is declared: before any seed of its time can be known.',
    fix: 'Declare a later window. What happens before it counts as usual.',
  },
  'maintenance.too-far': {
    kind: 'error',
    status: 422,
    title: 'Too far ahead',
    detail: 'A window ends within the next 60 days.',
    fix: 'Declare it when the time is nearer.',
  },
  'maintenance.too-short': {
    kind: 'error',
    status: 422,
    title: 'Window too short',
    detail: 'A window ends at least 15 minutes after it begins.',
    fix: 'Declare a longer window. It can be ended early when the work is done.',
  },
  'maintenance.too-much': {
    kind: 'error',
    status: 422,
    title: 'Too much maintenance',
    detail: 'With this window the device would have more maintenance within 30 days than it may.',
    fix: 'Declare a shorter window, take one back that is not needed, or wait until an older one is 30 days past.',
  },
  'maintenance.overlaps': {
    kind: 'error',
    status: 409,
    title: 'Window overlaps another',
    detail: 'The device has another window in that time.',
    fix: 'Take the other window back first, or declare one that begins after it: `touchstone maintenance list` shows all.',
  },
  'maintenance.leased': {
    kind: 'error',
    status: 409,
    title: 'Device is leased then',
    detail:
      'Somebody has the device in that time, or may have: its lease has no end before the window begins.',
    fix: 'Declare a window after the end of the lease, or ask the marketplace to end it.',
  },
  'maintenance.unknown': {
    kind: 'error',
    status: 404,
    title: 'No such window',
    detail: 'The device has no window with this id, or it was taken back.',
    fix: 'Use an id that `GET /v1/devices/:id/maintenance` shows.',
  },
  'maintenance.over': {
    kind: 'error',
    status: 409,
    title: 'Window is over',
    detail: 'The window has ended already, so there is nothing to end.',
    fix: 'Nothing has to be done.',
  },
  'quiet.invalid': {
    kind: 'error',
    status: 422,
    title: 'Quiet time not possible',
    detail: 'A quiet time begins now or within a week, and lasts up to 6 hours.',
    fix: 'Send another `from` or `to`. A longer roll-out is done in steps, each with a quiet time of its own.',
  },
});
