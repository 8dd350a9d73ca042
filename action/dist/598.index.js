export const id = 598;
export const ids = [598];
export const modules = {

/***/ 2598:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   SUMMARY_TABLE_BYTES: () => (/* binding */ SUMMARY_TABLE_BYTES),
/* harmony export */   createSummary: () => (/* binding */ createSummary)
/* harmony export */ });
/* harmony import */ var _lib_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8216);

const SUMMARY_TABLE_BYTES = 800 * 1024;
const NAMED_FIXED = 10;
function createSummary(outcome, tableBytes) {
    const { receipt, check, problem, comparison } = outcome;
    const failed = check?.flows.filter((flow) => flow.status === 'failed') ?? [];
    const parts = [
        `## ${createHeading(outcome)}`,
        createLink(receipt, check),
        problem === undefined ? undefined : `<p>${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(problem, 4000)}</p>`,
        check?.error == null ? undefined : `<p>The check could not run: ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(check.error, 4000)}</p>`,
        check === undefined ? undefined : createCountsTable(check),
        comparison && describeComparison(comparison, failed.length),
        createFailuresTable(failed, comparison, tableBytes),
    ];
    return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}
function createHeading({ receipt, conclusion, problem }) {
    const name = receipt?.app_name ? `Qassandra · ${escapeHeading(receipt.app_name)}` : 'Qassandra';
    if (conclusion === 'success') {
        return `✅ ${name}: success`;
    }
    if (conclusion !== null) {
        return `❌ ${name}: ${conclusion}`;
    }
    return problem === undefined ? `${name}: check triggered` : `❌ ${name}: result not known`;
}
function escapeHeading(text) {
    return (0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(text, 200).replace(/[\\*_~[\]()#]|!(?!-- -->)/g, (character) => `&#${character.charCodeAt(0)};`);
}
function createLink(receipt, check) {
    const url = check?.url ?? receipt?.check_url;
    return url === undefined
        ? undefined
        : `<p><a href="${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryAttribute */ .Mf)(url, 4000)}">Open the check</a></p>`;
}
function createCountsTable({ counts, started_at, finished_at }) {
    const ms = Date.parse(finished_at ?? '') - Date.parse(started_at ?? '');
    const duration = Number.isNaN(ms) ? '–' : (0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(Math.max(0, ms));
    const cells = [counts.total, counts.passed, counts.failed, counts.skipped, duration];
    return [
        '<table>',
        '<tr><th>Flows</th><th>Passed</th><th>Failed</th><th>Skipped</th><th>Duration</th></tr>',
        `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
        '</table>',
    ].join('\n');
}
function describeComparison({ branch, url, newlyFailed, fixed }, failed) {
    const named = fixed.slice(0, NAMED_FIXED).map((name) => (0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(name, 200));
    const more = fixed.length > named.length ? `, and ${fixed.length - named.length} more` : '';
    const parts = [
        newlyFailed.size === 0
            ? 'nothing new fails'
            : `<strong>${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .countOf */ .pq)(newlyFailed.size, 'new failure')}</strong>`,
        failed > newlyFailed.size ? `${failed - newlyFailed.size} that failed there too` : undefined,
        fixed.length === 0 ? undefined : `fixed: ${named.join(', ')}${more}`,
    ];
    const link = `<a href="${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryAttribute */ .Mf)(url, 4000)}">the last check of ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(branch, 255)}</a>`;
    return `<p>Since ${link}: ${parts.filter((part) => part !== undefined).join('; ')}.</p>`;
}
function createFailuresTable(failed, comparison, tableBytes) {
    if (failed.length === 0) {
        return undefined;
    }
    const isNew = (flow) => comparison?.newlyFailed.has(flow.name) === true;
    const sorted = [...failed.filter(isNew), ...failed.filter((flow) => !isNew(flow))];
    const rows = [];
    let bytes = 0;
    for (const flow of sorted) {
        const row = createFailureRow(flow, { isNew: isNew(flow) });
        bytes += Buffer.byteLength(row) + 1;
        if (bytes > tableBytes) {
            break;
        }
        rows.push(row);
    }
    const left = failed.length - rows.length;
    const table = ['<table>', '<tr><th>Failed</th><th>Why</th><th>After</th></tr>', ...rows, '</table>'].join('\n');
    return left === 0
        ? table
        : `${table}\n\n<p>${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .countOf */ .pq)(left, 'more failed flow')} left out here: see the check.</p>`;
}
function createFailureRow(flow, { isNew }) {
    const name = `${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(flow.name, 500)}${isNew ? ' <strong>(new)</strong>' : ''}`;
    const why = (0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(flow.error ?? 'no reason given', 2000);
    return `<tr><td>${name}</td><td>${why}</td><td>${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(flow.duration_ms)}</td></tr>`;
}


/***/ })

};
