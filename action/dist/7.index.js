export const id = 7;
export const ids = [7];
export const modules = {

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
    return `${marker}\n${createTime(outcome)}${(0,_report_summary_js__WEBPACK_IMPORTED_MODULE_1__/* .createSummary */ .F)(outcome, TABLE_BYTES)}${commit}`;
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
