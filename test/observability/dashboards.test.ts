import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricsOfAll } from './testing/metrics-of-all.js';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const folder = 'dashboards/grafana';
const runbooks = 'docs/runbooks';
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const panels = files.flatMap(
  (name) => (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { panels: Panel[] }).panels,
);
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const { groups } = parse(readFileSync(join(folder, 'alerts.yaml'), 'utf8')) as {
  groups: { rules: Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);
const pages = readdirSync(runbooks).filter((name) => name.endsWith('.md') && name !== 'README.md');

/** By name: the labels of a metric. Those that Prometheus or a histogram adds are known to all. */
const metrics = metricsOfAll();
const everywhere = ['instance', 'job', 'le'];

/** `touchstone_exam_seconds_bucket` is of the histogram `touchstone_exam_seconds`. */
function metricOf(name: string): string {
  return metrics.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
}
const metricsIn = (expr: string) => [...expr.matchAll(/touchstone_\w+/g)].map(([name]) => metricOf(name));
const labelsIn = (expr: string) => [
  ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) =>
    (list ?? '').split(',').map((each) => each.trim()),
  ),
  ...[...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)"/g)].map(([, label]) => label ?? ''),
];
const labelsOfThose = (names: readonly string[]) => [
  ...everywhere,
  ...names.flatMap((name) => metrics.get(name) ?? []),
];

describe('dashboards', () => {
  it('have a panel for every metric', () => {
    const shown = new Set(expressions.flatMap(metricsIn));
    expect([...metrics.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('show only metrics and labels that exist', () => {
    for (const { title, targets = [] } of panels) {
      for (const { expr, legendFormat } of targets) {
        const names = metricsIn(expr);
        expect(names.length, title).toBeGreaterThan(0);
        for (const name of names) expect([...metrics.keys()], title).toContain(name);
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        for (const label of [...labelsIn(expr), ...shown])
          expect(labelsOfThose(names), title).toContain(label);
      }
    }
  });
});

describe('alerts', () => {
  it('are about metrics and labels that exist', () => {
    for (const { alert, expr, annotations } of alerts) {
      const names = metricsIn(expr);
      if (!expr.startsWith('up{')) expect(names.length, alert).toBeGreaterThan(0);
      for (const name of names) expect([...metrics.keys()], alert).toContain(name);
      const told = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      for (const label of [...labelsIn(expr), ...told]) expect(labelsOfThose(names), alert).toContain(label);
    }
  });

  it('say who has to get up, and have a page that says what to do', () => {
    for (const { alert, labels, annotations } of alerts) {
      expect(['page', 'ticket'], alert).toContain(labels.severity);
      expect(existsSync(annotations.runbook), `${alert}: ${annotations.runbook}`).toBe(true);
    }
  });
});

describe('runbooks', () => {
  it('belong to an alert each, and are all in the list', () => {
    const named = new Set(alerts.map(({ annotations }) => annotations.runbook));
    const list = readFileSync(join(runbooks, 'README.md'), 'utf8');
    for (const page of pages) {
      expect(named).toContain(join(runbooks, page));
      expect(list).toContain(`(${page})`);
    }
  });

  it('lead to pages and panels that exist', () => {
    const titles = panels.map(({ title }) => title);
    for (const page of pages) {
      const text = readFileSync(join(runbooks, page), 'utf8');
      for (const [, link] of text.matchAll(/\]\(([^)]+)\)/g)) {
        expect(existsSync(join(runbooks, link ?? '')), `${page}: ${link}`).toBe(true);
      }
      for (const [, panel] of text.matchAll(/(?:^|[^*])\*([^*\n]+)\*(?!\*)/g)) {
        expect(titles, `${page}: ${panel}`).toContain(panel);
      }
    }
  });
});
