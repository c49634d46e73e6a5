import { codeTable, isCode } from '../../protocol/codes/table.js';
import type { Finding } from '../../protocol/messages/hardware.js';
import type { DeviceStatus } from '../../protocol/status.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Score } from '../../scoring/formula/v1/v1.js';
import {
  cardDocuments,
  type DeviceFacts,
  networkResult,
  pausedDocument,
  reportedDocument,
} from './device.js';
import { reasonOf, timeOf } from './reason.js';
import type { ExplainDocument, HistoryEntry, ScorePart } from './schemas.js';

/**
 * Why a device is as it is: `GET /v1/devices/:id/explain`.
 *
 * @param events the latest facts about it, newest first
 * @param beside what is found in its report beside the record of others
 */
export function explainDocument(
  facts: DeviceFacts,
  events: readonly Fact[],
  beside: readonly Finding[] = [],
): ExplainDocument {
  const { state, score, hardware, now } = facts;
  return {
    id: state.device,
    name: state.enrolment.name,
    generatedAt: timeOf(now),
    formula: score.formula,
    status: state.status,
    since: timeOf(state.statusSince),
    reasons: state.reasons.map(reasonOf),
    next: nextStep(state.status, state.reasons),
    scores: scoreParts(score, state.status),
    cards: cardDocuments(facts),
    ...reportedDocument({
      hardware: hardware && { ...hardware, findings: [...hardware.findings, ...beside] },
    }),
    network: networkResult(facts.history.network),
    ...pausedDocument(facts),
    history: events.flatMap(historyEntry),
  };
}

function nextStep(status: DeviceStatus, reasons: readonly string[]): string {
  const fixes = reasons
    .filter(isCode)
    .filter((code) => code !== 'exam.passed')
    .map((code) => codeTable[code].fix);
  switch (status) {
    case 'enrolled':
      return 'The first exam begins with the next cohort, seconds after the agent connects. Keep it running.';
    case 'examining':
      return 'An exam is due or running. Keep the agent connected; if an exam broke off, it is asked again.';
    case 'verified':
      return [
        'Exams come at random times, every six hours in the mean, and short probes in between. Keep the agent running.',
        ...fixes,
      ].join(' ');
    case 'suspended':
      return `Exams come every hour in the mean until the score is back. ${fixes.join(' ')}`;
    case 'rejected':
      return `${fixes.join(' ')} The exam is asked again by itself: first after ten minutes, then less often.`;
    case 'quarantined':
      return `A joint live exam or a person decides. ${fixes.join(' ')}`;
    case 'retired':
      return 'Enrol with a new key.';
  }
}

function scoreParts(
  { integrity, availability, performance, reputation, parts }: Score,
  status: DeviceStatus,
): ScorePart[] {
  return [
    {
      part: 'integrity',
      rule: 'Passed exams over all exams of the worst card, each older exam forgotten by two per cent.',
      value: integrity.value,
      threshold: integrity.threshold,
      verdict: integrity.value >= integrity.threshold ? 'pass' : 'fail',
      inputs: { alpha: integrity.alpha, beta: integrity.beta, card: integrity.card },
      next: integrityNext(integrity, status),
    },
    {
      part: 'availability',
      rule: 'Wilson 95 % lower bound of the share of countable minutes up; one independent probe an hour. Maintenance counts for nobody.',
      value: availability.low,
      threshold: null,
      verdict: 'not judged',
      inputs: { share: availability.value, probes: availability.probes },
      next: 'Every hour connected raises it: 0.86 after a day, 0.978 after a week.',
    },
    {
      part: 'performance',
      rule: "Median of the worst card's last ten proven rates over its class's expectation, at most 1.",
      value: performance.value,
      threshold: null,
      verdict: 'not judged',
      inputs: {
        card: performance.card,
        rates: performance.measured,
        expectedGflops: performance.expectedGflops,
      },
      next: performanceNext(performance.value),
    },
    {
      part: 'reputation',
      rule: '100 × integrity × availability (lower bound) × performance.',
      value: reputation,
      threshold: null,
      verdict: 'not judged',
      inputs: { ...parts },
      next: 'Raise the lowest of its parts.',
    },
  ];
}

function integrityNext({ value, passesNeeded }: Score['integrity'], status: DeviceStatus): string {
  if (status === 'quarantined') return 'No exam comes before the quarantine is decided.';
  if (passesNeeded > 0) return `${passesNeeded} passed exams in a row bring it back to the threshold.`;
  return value === 1 ? 'It cannot be higher.' : 'Each passed exam raises it.';
}

function performanceNext(value: number | null): string {
  if (value === null) return 'It begins with the first proven rate.';
  if (value === 1) return 'It cannot be higher.';
  return 'Stop other work on the card and check its power limit and cooling.';
}

function historyEntry(fact: Fact): HistoryEntry[] {
  const entry = {
    id: fact.id,
    at: timeOf(fact.at),
    event: fact.kind,
    inputs: {},
    thresholds: {},
    evidence: [],
  };
  switch (fact.kind) {
    case 'device.enrolled':
      return [{ ...entry, summary: `enrolled with ${fact.cards.length} card(s)`, reasons: [] }];
    case 'device.transition': {
      const { from, to, reasons, inputs, thresholds, evidence } = fact;
      return [{ ...entry, summary: `${from} → ${to}`, reasons, inputs, thresholds, evidence }];
    }
    case 'exam.finished': {
      const inputs = numbers({ gflops: fact.gflops, bandwidthGBps: fact.memory?.bandwidthGBps ?? null });
      return [{ ...entry, summary: `card ${fact.card}: ${fact.outcome}`, reasons: fact.reasons, inputs }];
    }
    case 'network.measured': {
      const { roundTripMinMs, downloadMbps, uploadMbps, checks } = fact;
      const inputs = numbers({ roundTripMinMs, downloadMbps, uploadMbps });
      const reasons = [...new Set(checks.map(({ code }) => code))];
      return [{ ...entry, summary: 'line measured', reasons, inputs }];
    }
    case 'probe.finished': {
      const { card, outcome, code, elapsedMs, deadlineMs } = fact;
      const inputs = numbers({ elapsedMs });
      const summary = `card ${card}: probe ${outcome}`;
      return [{ ...entry, summary, reasons: [code], inputs, thresholds: { deadlineMs } }];
    }
    case 'offline.shown': {
      const { from, to, links, code, cards } = fact;
      const credited = Math.max(0, ...cards.map(({ creditedMs }) => creditedMs));
      const inputs = { outageMs: to - from, creditedMs: credited, links };
      return [{ ...entry, summary: 'outage shown', reasons: [code], inputs }];
    }
    case 'lease.moved':
      return [{ ...entry, summary: `lease ${fact.from ?? 'none'} → ${fact.to}`, reasons: fact.reasons }];
    case 'maintenance.declared': {
      const inputs = { from: fact.from, to: fact.to };
      return [{ ...entry, summary: 'maintenance declared', reasons: [], inputs }];
    }
    case 'maintenance.ended':
      return [{ ...entry, summary: 'maintenance ended', reasons: [], inputs: { to: fact.to } }];
    case 'hardware.reported': {
      const reasons = [...new Set(fact.findings.map(({ code }) => code))];
      return [{ ...entry, summary: `reported ${fact.report.cards.length} card(s)`, reasons }];
    }
    case 'card.attested':
      return [
        {
          ...entry,
          summary: `card ${fact.card}: attested as ${fact.chip}`,
          reasons: ['attestation.accepted'],
        },
      ];
    // It takes no more than a stranger who writes nonsense about the device: that is for those who look after the fleet.
    case 'alarm.raised':
    case 'dispute.moved':
    case 'catalogue.learned':
    case 'sweep.chain':
    case 'sweep.reserved':
    case 'sweep.finished':
    case 'quiet.declared':
    case 'agent.oldest':
    case 'operator.acted':
    case 'webhook.set':
    case 'webhook.delivered':
    case 'table.built':
    case 'squaring.measured':
    case 'lease.witnessed':
    case 'presence':
    case 'heartbeat':
      return [];
  }
}

/** Only what was measured. */
const numbers = (values: Record<string, number | null>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null));
