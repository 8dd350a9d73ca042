export const id = 405;
export const ids = [405];
export const modules = {

/***/ 8405:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  SUMMARY_TABLE_BYTES: () => (/* binding */ SUMMARY_TABLE_BYTES),
  createSummary: () => (/* binding */ createSummary)
});

// EXTERNAL MODULE: ./build/action/action/src/core/failures.js + 2 modules
var core_failures = __webpack_require__(6600);
// EXTERNAL MODULE: ./build/action/action/src/core/verdict.js
var verdict = __webpack_require__(8822);
// EXTERNAL MODULE: ./build/action/action/src/lib/text.js
var lib_text = __webpack_require__(8216);
;// CONCATENATED MODULE: ./build/action/action/src/report/comparison.js


const NAMED_FIXED = 10;
function describeComparison(failures, comparison, { text, strong }) {
    const fixed = nameFixed(comparison);
    const added = failures.filter(({ isNew }) => isNew).length;
    const spread = failures.filter(({ isNew, newFlows }) => !isNew && newFlows > 0);
    const known = failures.length - added - spread.length;
    const flows = spread.reduce((sum, { newFlows }) => sum + newFlows, 0);
    const parts = [
        added === 0 ? undefined : strong((0,lib_text/* countOf */.pq)(added, 'new failure')),
        added === 0 && spread.length === 0 ? 'nothing new fails' : undefined,
        spread.length === 0
            ? undefined
            : strong(`${(0,lib_text/* countOf */.pq)(spread.length, 'known failure')} in ${(0,lib_text/* countOf */.pq)(flows, 'more flow')}`),
        known === 0 ? undefined : `${known} that failed there too`,
        fixed.length === 0 ? undefined : `fixed: ${(0,lib_text/* listSome */.XT)(fixed.map(text), NAMED_FIXED)}`,
    ];
    return parts.filter((part) => part !== undefined).join('; ');
}
function nameFixed(comparison) {
    return (0,core_failures/* groupFixed */.qd)(comparison).map(([first, ...others]) => others.length === 0 ? first.name : `${first.cause} (${(0,lib_text/* countOf */.pq)(others.length + 1, 'flow')})`);
}

;// CONCATENATED MODULE: ./build/action/action/src/report/summary.js




const SUMMARY_TABLE_BYTES = 800 * 1024;
const LISTED_FLOWS = 100;
const LISTED_WARNINGS = 20;
const HTML = {
    text: (value) => (0,lib_text/* toSummaryText */.ri)(value, 200),
    strong: (value) => `<strong>${value}</strong>`,
};
function createSummary(outcome, tableBytes) {
    const { receipt, check, problem, comparison } = outcome;
    const failures = (0,core_failures/* compareFailures */.hD)(check?.flows ?? [], comparison);
    const parts = [
        `## ${createHeading(outcome)}`,
        createLink(receipt, check),
        problem === undefined ? undefined : `<p>${(0,lib_text/* toSummaryText */.ri)(problem, 4000)}</p>`,
        check?.error == null ? undefined : `<p>The check could not run: ${(0,lib_text/* toSummaryText */.ri)(check.error, 4000)}</p>`,
        check?.incomplete
            ? `<p>⚠️ <strong>Incomplete:</strong> ${(0,lib_text/* toSummaryText */.ri)((0,verdict/* describeIncomplete */.mO)(check.incomplete), 4000)}</p>`
            : undefined,
        check === undefined ? undefined : createCountsTable(check),
        comparison && createComparison(failures, comparison),
        createFailuresTable(failures, tableBytes),
        createWarnings(check?.warnings ?? []),
    ];
    return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}
function createHeading({ receipt, check, conclusion, problem }) {
    const name = receipt?.app_name ? `Qassandra · ${(0,lib_text/* toHeadingText */.Pp)(receipt.app_name, 200)}` : 'Qassandra';
    if (conclusion === 'success') {
        return check?.incomplete ? `⚠️ ${name}: incomplete` : `✅ ${name}: success`;
    }
    if (conclusion !== null) {
        return `❌ ${name}: ${conclusion}`;
    }
    return problem === undefined ? `${name}: check triggered` : `❌ ${name}: result not known`;
}
function createLink(receipt, check) {
    const url = check?.url ?? receipt?.check_url;
    return url === undefined
        ? undefined
        : `<p><a href="${(0,lib_text/* toSummaryAttribute */.Mf)(url, 4000)}">Open the check</a></p>`;
}
function createCountsTable({ counts, started_at, finished_at }) {
    const ms = Date.parse(finished_at ?? '') - Date.parse(started_at ?? '');
    const duration = Number.isNaN(ms) ? '–' : (0,lib_text/* formatDuration */.a3)(Math.max(0, ms));
    const cells = [counts.total, counts.passed, counts.failed, counts.skipped, duration];
    return [
        '<table>',
        '<tr><th>Flows</th><th>Passed</th><th>Failed</th><th>Skipped</th><th>Duration</th></tr>',
        `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
        '</table>',
    ].join('\n');
}
function createComparison(failures, comparison) {
    const branch = (0,lib_text/* toSummaryText */.ri)(comparison.branch, 255);
    const link = `<a href="${(0,lib_text/* toSummaryAttribute */.Mf)(comparison.url, 4000)}">the last check of ${branch}</a>`;
    return `<p>Since ${link}: ${describeComparison(failures, comparison, HTML)}.</p>`;
}
function createFailuresTable(failures, tableBytes) {
    if (failures.length === 0) {
        return undefined;
    }
    const rows = [];
    let bytes = 0;
    for (const failure of failures) {
        const row = createFailureRow(failure);
        bytes += Buffer.byteLength(row) + 1;
        if (bytes > tableBytes) {
            break;
        }
        rows.push(row);
    }
    const left = failures.slice(rows.length).reduce((sum, { flows }) => sum + flows.length, 0);
    const table = ['<table>', '<tr><th>Failed</th><th>Why</th><th>After</th></tr>', ...rows, '</table>'].join('\n');
    return left === 0
        ? table
        : `${table}\n\n<p>${(0,lib_text/* countOf */.pq)(left, 'more failed flow')} left out here: see the check.</p>`;
}
function createFailureRow(failure) {
    const { reason, flows } = failure;
    const mark = (0,core_failures/* markNew */._b)(failure);
    const suffix = mark === undefined ? '' : ` <strong>(${mark})</strong>`;
    const name = flows.length === 1 ? (0,lib_text/* toSummaryText */.ri)(flows[0].name, 500) + suffix : listFlows(failure, suffix);
    const longest = Math.max(...flows.map(({ duration_ms }) => duration_ms));
    return `<tr><td>${name}</td><td>${(0,lib_text/* toSummaryText */.ri)(reason, 2000)}</td><td>${(0,lib_text/* formatDuration */.a3)(longest)}</td></tr>`;
}
function listFlows({ reason, flows }, suffix) {
    const names = flows.slice(0, LISTED_FLOWS).map((flow) => describeFlow(flow, reason));
    const left = flows.length - names.length;
    const more = left > 0 ? [`and ${left} more`] : [];
    const summary = `<summary>${(0,lib_text/* countOf */.pq)(flows.length, 'flow')}${suffix}</summary>`;
    return `<details>${summary}${[...names, ...more].join('<br>')}</details>`;
}
function describeFlow({ name, error }, reason) {
    const more = error === null || error === reason ? '' : `: ${(0,lib_text/* toSummaryText */.ri)(error, 300)}`;
    return (0,lib_text/* toSummaryText */.ri)(name, 200) + more;
}
function createWarnings(warnings) {
    if (warnings.length === 0) {
        return undefined;
    }
    const left = warnings.length - LISTED_WARNINGS;
    const items = warnings.slice(0, LISTED_WARNINGS).map((warning) => (0,lib_text/* toSummaryText */.ri)(warning, 1000));
    const all = left > 0 ? [...items, `and ${left} more: see the check`] : items;
    return `<p>Warnings:</p>\n<ul>\n${all.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`;
}


/***/ })

};
