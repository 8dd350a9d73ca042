export const id = 7;
export const ids = [7,598];
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


/***/ }),

/***/ 6007:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   keepComment: () => (/* binding */ keepComment)
/* harmony export */ });
/* harmony import */ var _lib_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8216);
/* harmony import */ var _report_summary_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2598);
/* harmony import */ var _octokit_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(801);



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
    timeout.addEventListener('abort', abort(`GitHub had not answered after ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_1__/* .formatDuration */ .a3)(TIMEOUT_MS)}.`));
    stop.addEventListener('abort', abort('The step was cancelled.'));
    return bound.signal;
}
function createMarker(appId) {
    return `<!-- qassandra-check app=${appId} -->`;
}
function createBody(marker, { outcome, commitSha }) {
    const commit = commitSha === undefined ? '' : `\n<sub>Of commit ${(0,_lib_text_js__WEBPACK_IMPORTED_MODULE_1__/* .toSummaryText */ .ri)(commitSha)}.</sub>\n`;
    return `${marker}\n${createTime(outcome)}${(0,_report_summary_js__WEBPACK_IMPORTED_MODULE_2__.createSummary)(outcome, TABLE_BYTES)}${commit}`;
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
    return await (0,_octokit_js__WEBPACK_IMPORTED_MODULE_0__/* .createOctokit */ .Q)({
        github,
        signal: createBound(signal),
        debug,
        options: { throttle, retry: { doNotRetry: FINAL_STATUSES } },
        plugins: [retry, throttling],
    });
}


/***/ })

};
