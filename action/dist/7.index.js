export const id = 7;
export const ids = [7,405];
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


/***/ }),

/***/ 6007:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   keepComment: () => (/* binding */ keepComment)
/* harmony export */ });
/* harmony import */ var _lib_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8216);
/* harmony import */ var _report_summary_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8405);
/* harmony import */ var _octokit_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(801);



const TABLE_BYTES = 40 * 1024;
const TIMEOUT_MS = 20_000;
const LONGEST_RATE_LIMIT_SECONDS = 10;
const PAGE_SIZE = 100;
const FINAL_STATUSES = [400, 401, 403, 404, 410, 422, 429, 451];
const STRANGERS = ['NONE', 'CONTRIBUTOR', 'FIRST_TIMER', 'FIRST_TIME_CONTRIBUTOR', 'MANNEQUIN'];
const CHECK_TIME = /^<!-- check created_at=(\S+) -->$/m;
async function keepComment(options) {
    const { github, appId, pullRequestNumber, outcome } = options;
    const octokit = await createCommentingOctokit(options);
    const marker = createMarker(appId);
    const body = createBody(marker, options);
    const { owner, repo } = github;
    const issue = { owner, repo, issue_number: Number(pullRequestNumber) };
    const thread = { ...issue, octokit, marker };
    const [kept] = await findComments(thread);
    const result = kept === undefined ? 'gone' : await rewrite(thread, kept, { body, outcome });
    if (result !== 'gone') {
        return result;
    }
    const { data: made } = await octokit.rest.issues.createComment({ ...issue, body });
    try {
        const [first = made] = await findComments(thread);
        if (first.id === made.id) {
            return 'written';
        }
        const other = await rewrite(thread, first, { body, outcome });
        if (other === 'gone') {
            return 'written';
        }
        await octokit.rest.issues.deleteComment({ owner, repo, comment_id: made.id });
        return other;
    }
    catch {
        return 'unsettled';
    }
}
async function rewrite({ octokit, owner, repo }, comment, { body, outcome }) {
    if (isOutdated(outcome, comment)) {
        return 'outdated';
    }
    try {
        await octokit.rest.issues.updateComment({ owner, repo, comment_id: comment.id, body });
        return 'written';
    }
    catch (error) {
        const { status } = Object(error);
        if (status === 404) {
            return 'gone';
        }
        throw error;
    }
}
function isOutdated({ check }, { body }) {
    const time = CHECK_TIME.exec(String(body))?.[1];
    return Date.parse(String(time)) > Date.parse(String(check?.created_at));
}
function createBound(stop) {
    const bound = new AbortController();
    const abort = (message) => () => bound.abort(new DOMException(message, 'AbortError'));
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    timeout.addEventListener('abort', abort(`GitHub had not answered after ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(TIMEOUT_MS)}.`));
    stop.addEventListener('abort', abort('The step was cancelled.'));
    return bound.signal;
}
function createMarker(appId) {
    return `<!-- qassandra-check app=${appId} -->`;
}
function createBody(marker, { outcome, commitSha }) {
    const commit = commitSha === undefined ? '' : `\n<sub>Of commit ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_0__/* .toSummaryText */ .ri)(commitSha)}.</sub>\n`;
    return `${marker}\n${createTime(outcome)}${(0,_report_summary_js__WEBPACK_IMPORTED_MODULE_1__.createSummary)(outcome, TABLE_BYTES)}${commit}`;
}
function createTime({ check }) {
    const time = Date.parse(String(check?.created_at));
    return Number.isNaN(time) ? '' : `<!-- check created_at=${new Date(time).toISOString()} -->\n`;
}
async function findComments({ octokit, marker, ...issue }) {
    const comments = await octokit.paginate(octokit.rest.issues.listComments, {
        ...issue,
        per_page: PAGE_SIZE,
    });
    return comments
        .filter(({ user, author_association }) => user?.type === 'Bot' || !STRANGERS.includes(author_association))
        .filter(({ body }) => body?.startsWith(marker));
}
async function createCommentingOctokit({ github, signal, debug }) {
    const [{ retry }, { throttling }] = await Promise.all([
        Promise.all(/* import() */[__webpack_require__.e(251), __webpack_require__.e(735)]).then(__webpack_require__.bind(__webpack_require__, 9735)),
        Promise.all(/* import() */[__webpack_require__.e(251), __webpack_require__.e(856)]).then(__webpack_require__.bind(__webpack_require__, 6856)),
    ]);
    const isShort = (seconds, _request, _octokit, tries) => seconds <= LONGEST_RATE_LIMIT_SECONDS && tries < 2;
    const throttle = { onRateLimit: isShort, onSecondaryRateLimit: isShort };
    return await (0,_octokit_js__WEBPACK_IMPORTED_MODULE_2__/* .createOctokit */ .Q)({
        github,
        signal: createBound(signal),
        debug,
        options: { throttle, retry: { doNotRetry: FINAL_STATUSES } },
        plugins: [retry, throttling],
    });
}


/***/ })

};
